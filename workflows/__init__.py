"""The scheme's rules: who may take which step, and what must hold first."""
