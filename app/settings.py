"""The settings, read once from the environment and checked all at once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = ("postgres", "postgresql", "postgresql+asyncpg")
BROKERS = ("redis", "rediss", "unix", "valkey")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(Exception):
    """The environment cannot be used; `faults` names every setting at fault, what is wrong and what to set."""

    def __init__(self, faults: list[str]):
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs from one installation to the next; the name in brackets is that of the variable."""

    port: int = 8000
    """Where the web answers (PORT)."""
    bind_address: str = "127.0.0.1"
    """On which of the machine's addresses (BIND_ADDRESS)."""
    database_url: str | None = None
    """PostgreSQL 15 or newer (DATABASE_URL); without it one is started under `var`."""
    redis_url: str | None = None
    """Valkey or Redis (REDIS_URL); without it one is started under `var`."""
    var: Path = ROOT / "var"
    """The folder of data (DRIVKRAFT_VAR)."""
    demo: bool = False
    """Whether the demo scheme is played, and anyone may step in as its people (DRIVKRAFT_DEMO)."""
    smtp_url: str | None = None
    """Where mail is handed over (SMTP_URL); without it mail is written to var/mail."""
    mail_from: str = "drivkraft@nav.example"
    """Who mail comes from (MAIL_FROM)."""
    base_url: str = "http://localhost:8000"
    """The address that people open: links in mails begin with it, and cookies go over https where it does
    (DRIVKRAFT_BASE_URL)."""
    web_workers: int = 2
    """How many processes `drivkraft web` starts (WEB_CONCURRENCY)."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR (LOG_LEVEL)."""
    secret: str | None = None
    """What tokens are signed with, the same in every process (DRIVKRAFT_SECRET); without it one is kept under `var`."""
    database_pool_size: int = 10
    """Connections that one process keeps (DATABASE_POOL_SIZE)."""
    database_lock_seconds: int = 10
    """How long a request waits for a row that something else holds, before somebody is told to try again
    (DATABASE_LOCK_SECONDS); 0 waits for ever."""
    database_idle_seconds: int = 300
    """How long a transaction may stand open and do nothing before the database ends it (DATABASE_IDLE_SECONDS); 0 lets it
    stand."""
    files_url: str | None = None
    """The S3-compatible store of files (FILES_URL); without it they lie in `var`/files."""
    files_most_mib: int = 20
    """How large one file may be, in MiB (FILES_MOST_MIB)."""
    files_per_case: int = 20
    """How many files one case may have (FILES_PER_CASE)."""
    clamav_url: str | None = None
    """The virus scanner (CLAMAV_URL); without it files are marked as not scanned."""
    open_awards: bool = False
    """Whether anybody may fetch the list of awards, without signing in (DRIVKRAFT_OPEN_AWARDS)."""

    @property
    def is_https(self) -> bool:
        """Whether people come over https, whatever a proxy in between speaks."""
        return self.base_url.startswith("https://")

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address with the driver's name; "" where none is set."""
        _, _, rest = (self.database_url or "").partition("://")
        return f"postgresql+asyncpg://{rest}" if rest else ""

    @property
    def csrf_secret(self) -> str:
        """What the forms' tokens are signed with; made and kept under `var` where no secret is set."""
        if self.secret:
            return self.secret
        file = self.var / "secret"
        if not file.is_file():
            self.var.mkdir(parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
                    new.write(secrets.token_hex(32))
            except FileExistsError:
                pass  # another process was first
        return file.read_text()

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """The settings of an environment; SettingsError with every fault at once. Variables that are empty count as unset."""
        values = {name: value.strip() for name, value in environment.items() if value.strip()}
        faults: list[str] = []
        port = _number(values, "PORT", 8000, 1, 65535, faults)
        settings = cls(
            port=port,
            bind_address=values.get("BIND_ADDRESS", "127.0.0.1"),
            database_url=_url(values, "DATABASE_URL", POSTGRES, "postgresql://user:password@host:5432/name", faults),
            redis_url=_url(values, "REDIS_URL", BROKERS, "redis://host:6379/0", faults),
            var=Path(values.get("DRIVKRAFT_VAR", ROOT / "var")).expanduser().resolve(),
            demo=_truth(values, "DRIVKRAFT_DEMO", faults),
            smtp_url=_url(values, "SMTP_URL", ("smtp", "smtps"), "smtp://user:password@host:587", faults),
            mail_from=values.get("MAIL_FROM", "drivkraft@nav.example"),
            base_url=(_url(values, "DRIVKRAFT_BASE_URL", ("http", "https"), "https://drivkraft.example", faults)
                      or f"http://localhost:{port}").rstrip("/"),
            web_workers=_number(values, "WEB_CONCURRENCY", 2, 1, 64, faults),
            log_level=_choice(values, "LOG_LEVEL", "INFO", LEVELS, faults),
            secret=_secret(values, faults),
            database_pool_size=_number(values, "DATABASE_POOL_SIZE", 10, 2, 200, faults),
            database_lock_seconds=_number(values, "DATABASE_LOCK_SECONDS", 10, 0, 600, faults),
            database_idle_seconds=_number(values, "DATABASE_IDLE_SECONDS", 300, 0, 86_400, faults),
            files_url=_url(values, "FILES_URL", ("s3",), "s3://bucket?endpoint=https://s3.example&region=eu-north-1", faults),
            files_most_mib=_number(values, "FILES_MOST_MIB", 20, 1, 200, faults),
            files_per_case=_number(values, "FILES_PER_CASE", 20, 1, 500, faults),
            clamav_url=_url(values, "CLAMAV_URL", ("tcp", "unix"), "tcp://host:3310", faults),
            open_awards=_truth(values, "DRIVKRAFT_OPEN_AWARDS", faults),
        )  # fmt: skip
        if faults:
            raise SettingsError(faults)
        return settings


def _number(values: Mapping[str, str], name: str, default: int, least: int, most: int, faults: list[str]) -> int:
    text = values.get(name, str(default))
    if text.isdigit() and least <= int(text) <= most:
        return int(text)
    faults.append(f"{name} is {text!r}: set it to a whole number from {least} to {most}.")
    return default


def _truth(values: Mapping[str, str], name: str, faults: list[str]) -> bool:
    text = values.get(name, "0").lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text not in ("0", "false", "no", "off"):
        faults.append(f"{name} is {text!r}: set it to 1 or 0.")
    return False


def _choice(values: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...], faults: list[str]) -> str:
    text = values.get(name, default).upper()
    if text not in allowed:
        faults.append(f"{name} is {text!r}: set it to one of {', '.join(allowed)}.")
    return text


def _url(values: Mapping[str, str], name: str, schemes: tuple[str, ...], example: str, faults: list[str]) -> str | None:
    text = values.get(name)
    if text is None:
        return None
    parts = urlsplit(text)
    if parts.scheme not in schemes or not (parts.netloc or parts.query or parts.path):
        # the value is not repeated: it may hold a password
        faults.append(f"{name} is not an address that can be used: set it to one like {example}.")
        return None
    return text


def _secret(values: Mapping[str, str], faults: list[str]) -> str | None:
    text = values.get("DRIVKRAFT_SECRET")
    if text is not None and len(text) < 32:
        faults.append("DRIVKRAFT_SECRET is too short: set it to at least 32 characters that nobody can guess.")
    return text
