"""What the scheme gives, over all projects: planned, forecast, measured, and what is missing."""
