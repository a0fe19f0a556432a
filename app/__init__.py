"""Drivkraft as an application: the rooms, the pages, the interface for programs and the jobs."""
