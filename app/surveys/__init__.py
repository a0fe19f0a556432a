"""Short surveys after gatherings and closed steps, whose answers nothing ties to those who gave them."""
