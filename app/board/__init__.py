"""Where the applications of a call are weighed against each other: ranked, tried out, recommended and decided together."""
