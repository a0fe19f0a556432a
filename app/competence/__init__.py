"""What a project's people want to become better at, and how they see themselves before and after."""
