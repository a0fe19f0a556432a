"""What a project has learnt and shares, and what the offices do when they succeed."""
