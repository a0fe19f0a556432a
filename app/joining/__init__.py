"""Joining forces: offices that look for partners, proposals between them, and one application out of two (S76)."""
