"""The evaluation report of a cohort, made from the data under its three headings."""
