"""Who works with the same challenge."""
