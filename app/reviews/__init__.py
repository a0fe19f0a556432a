"""Who assesses an application, and what they found."""
