"""Load at size, each page beside two yardsticks on the same server."""
