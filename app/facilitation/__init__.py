"""Who can facilitate, how much they have to give, and which projects they give it to."""
