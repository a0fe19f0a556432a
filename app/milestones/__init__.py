"""Milestones that the workflow enforces, and the changes that an award may undergo."""
