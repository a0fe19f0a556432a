"""The settings, read once from the environment and checked all at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """PLACEHOLDER until the set-up room lands."""

    port: int = 8000
    bind_address: str = "127.0.0.1"
    database_url: str | None = None
    redis_url: str | None = None
    var: Path = Path("var")
    demo: bool = False
    smtp_url: str | None = None
    mail_from: str = "drivkraft@nav.example"
    base_url: str = "http://localhost:8000"
    web_workers: int = 2
    log_level: str = "INFO"
    secret: str | None = None
    database_pool_size: int = 10

    @property
    def sqlalchemy_url(self) -> str:
        return (self.database_url or "").replace("postgresql://", "postgresql+asyncpg://")

    @property
    def csrf_secret(self) -> str:
        return self.secret or "x" * 32

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        return cls(database_url=environment.get("DATABASE_URL"), redis_url=environment.get("REDIS_URL"), demo=True)
