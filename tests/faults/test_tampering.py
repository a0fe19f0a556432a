"""Events cannot be changed, and where somebody with power over the database does so all the same, it is found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit.verify import faults
from app.core.database import Database
from tests.applications_under_way import Led
from tests.conftest import MovingClock, world_in

ROOT = Path(__file__).resolve().parent.parent.parent
HIDDEN_CHANGES = {
    "altered": "UPDATE events SET why = 'noe annet' WHERE id = (SELECT min(id) FROM events WHERE case_id = :case)",
    "renamed": "UPDATE events SET actor_name = 'En annen' WHERE id = (SELECT max(id) FROM events WHERE case_id = :case)",
    "left out": "DELETE FROM events WHERE case_id = :case AND sequence = 2",
    "cut short": "DELETE FROM events WHERE id = (SELECT max(id) FROM events WHERE case_id = :case)",
    "emptied": "DELETE FROM events WHERE case_id = :case",
}


def verify(database: Database) -> subprocess.CompletedProcess[str]:
    """What the command says of a database."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "audit", "verify"], cwd=ROOT, env={**os.environ, "DATABASE_URL": url},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


async def test_a_hidden_change_is_found(own_database: Database, clock: MovingClock) -> None:
    led = Led(own_database, await world_in(own_database))
    case_id = await led.call()
    sound = verify(own_database)
    assert (sound.returncode, sound.stdout.splitlines()[-1].split(", ")[1]) == (0, "0 faults.")
    for change in HIDDEN_CHANGES.values():
        with pytest.raises(DBAPIError, match="append-only"):
            async with own_database.unit_of_work() as uow:
                await uow.session.execute(text(change), {"case": case_id})
    for name, change in HIDDEN_CHANGES.items():
        async with own_database.unit_of_work() as uow:
            await uow.session.execute(text("CREATE TABLE kept AS SELECT * FROM events"))
            await uow.session.execute(text("ALTER TABLE events DISABLE TRIGGER events_append_only"))
            await uow.session.execute(text(change), {"case": case_id})
        async with own_database.reading() as uow:
            assert {fault.case_id for fault in (await faults(uow))[1]} == {str(case_id)}, name
        if name == "altered":
            found = verify(own_database)
            assert found.returncode == 1
            assert f"case {case_id}, number 1: says something else than when it was written" in found.stdout
        async with own_database.unit_of_work() as uow:
            await uow.session.execute(text("DELETE FROM events"))
            await uow.session.execute(text("INSERT INTO events OVERRIDING SYSTEM VALUE SELECT * FROM kept"))
            await uow.session.execute(text("DROP TABLE kept"))
    async with own_database.reading() as uow:
        assert (await faults(uow))[1] == []
