"""Gatherings, competence modules and the conference: when they are, who takes part, and who came."""
