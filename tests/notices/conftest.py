"""The servers that the tests of jobs stand on."""

from tests.outbox.surroundings import broker, clock, database, database_url, postgres, settings

__all__ = ["broker", "clock", "database", "database_url", "postgres", "settings"]
