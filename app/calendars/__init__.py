"""Feeds that calendars subscribe to: one's own, and a project's, behind an address that can be taken back."""
