"""How the scheme works, told from its declared rules."""
