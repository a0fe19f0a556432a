"""Declared questions: one entry gives the input, what is missing, the page that shows it and the export."""
