"""Interim, yearly and final reports: their calendar, what is written in them, and who approves them."""
