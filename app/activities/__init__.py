"""What a project does in its three diamonds: insight, findings, concepts, pilots; and what it takes part in."""
