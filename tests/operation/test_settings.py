"""The environment is read once, and everything wrong with it is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Settings, SettingsError


def faults(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        Settings.read(environment)
    return refused.value.faults


def test_without_anything_set_the_defaults_stand() -> None:
    settings = Settings.read({})
    assert (settings.port, settings.database_url, settings.demo) == (8000, None, False)
    assert settings.base_url == "http://localhost:8000"
    assert settings.var.is_absolute()


def test_every_fault_is_said_at_once_with_what_to_set() -> None:
    found = faults(
        PORT="eighty", DATABASE_URL="mysql://x/y", REDIS_URL="http://x", SMTP_URL="nowhere", WEB_CONCURRENCY="0",
        LOG_LEVEL="loud", DRIVKRAFT_DEMO="perhaps", DRIVKRAFT_SECRET="short",
    )  # fmt: skip
    assert [fault.split()[0] for fault in found] == [
        "PORT", "DATABASE_URL", "REDIS_URL", "DRIVKRAFT_DEMO", "SMTP_URL", "WEB_CONCURRENCY", "LOG_LEVEL",
        "DRIVKRAFT_SECRET",
    ]  # fmt: skip
    assert all("set it to" in fault for fault in found)


def test_a_password_in_an_address_is_never_repeated() -> None:
    assert "hemmelig" not in " ".join(faults(DATABASE_URL="mysql://anna:hemmelig@host/db"))


def test_a_variable_that_is_empty_counts_as_unset() -> None:
    assert Settings.read({"SMTP_URL": "", "PORT": " "}).smtp_url is None


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_the_usual_ways_to_write_the_databases_address_are_taken(scheme: str) -> None:
    settings = Settings.read({"DATABASE_URL": f"{scheme}://user:word@host:5432/name?sslmode=require"})
    assert settings.sqlalchemy_url == "postgresql+asyncpg://user:word@host:5432/name?sslmode=require"


def test_the_base_address_follows_the_port() -> None:
    assert Settings.read({"PORT": "8123"}).base_url == "http://localhost:8123"
    assert Settings.read({"DRIVKRAFT_BASE_URL": "https://x.example/"}).base_url == "https://x.example"


def test_a_secret_that_is_not_set_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path / "var")
    assert len(settings.csrf_secret) == 64
    assert Settings(var=tmp_path / "var").csrf_secret == settings.csrf_secret
    assert (tmp_path / "var" / "secret").stat().st_mode & 0o077 == 0
