"""What is decided about an application, what it binds of the frame, and the letter that tells it."""
