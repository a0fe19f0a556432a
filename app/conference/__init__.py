"""The programme of the experience conference, with each project's presentation in it."""
