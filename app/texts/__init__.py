"""What is said to people: the texts in nb, nn and en, and sums, numbers and days as each language writes them."""
