"""Trying an outcome again: requests for a new assessment and appeals, and how they are answered."""
