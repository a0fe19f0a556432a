"""Good stories of projects: sent in, moderated, and shown to every employee with the role only."""
