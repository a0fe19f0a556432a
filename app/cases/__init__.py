"""The case: what an application and its project have in common, and who stands in which relation to it."""
