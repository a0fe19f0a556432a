"""Letters: their texts for each call, how they are made from a case, and how they are sent."""
