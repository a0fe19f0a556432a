"""People, the units they work in, what they may do in the scheme, and signing in."""
