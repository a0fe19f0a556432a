"""What is said of the scheme's way of working, what is changed for it, and telling it back."""
