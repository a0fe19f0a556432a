"""Telling people what happened: notices in the application, and mail."""
