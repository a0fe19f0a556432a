"""The exact solver behind every proposal of who should be given which work."""
