"""Who assesses which application: by hand, or as a proposal that is solved, explained, changed and accepted."""
