"""What must follow from a change, kept with the change until it has been done."""
