"""Benefits: what is hoped for, who answers for it, and what was measured."""
