"""The funded project: its steps through the three diamonds, its sign-offs, its report."""
