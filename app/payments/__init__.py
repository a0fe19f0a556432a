"""Payments that hang on milestones, made by four eyes."""
