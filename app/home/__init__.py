"""The front pages: what each kind of user must do next, and by when."""
