"""The command line: everything together, or each process by itself."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings


def _web(settings: Settings) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    Granian(
        "app.main:create_app", factory=True, address=settings.bind_address, port=settings.port,
        interface=Interfaces.ASGI, workers=settings.web_workers, log_level=LogLevels.warning, log_access=False,
        workers_kill_timeout=25, respawn_failed_workers=True, backpressure=256, websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
    ).serve()  # fmt: skip
    return 0


def _worker(settings: Settings) -> int:
    from app.worker import run

    run(settings)
    return 0


def _migrate(settings: Settings) -> int:
    from app.core.migrate import migrate

    asyncio.run(migrate(settings.sqlalchemy_url))
    return 0


def _demo(settings: Settings, until: str) -> int:
    from app.demo import play_with

    asyncio.run(play_with(settings, until))
    return 0


def _verify(settings: Settings) -> int:
    from app.audit.verify import faults
    from app.core.database import Database
    from app.effects import EFFECTS

    async def walk() -> int:
        database = Database(settings.sqlalchemy_url, effects=EFFECTS, pool_size=2)
        async with database.reading() as uow:
            count, found = await faults(uow)
        await database.close()
        for fault in found:
            print(f"case {fault.case_id}, number {fault.sequence}: {fault.what}")
        print(f"{count} events read, {len(found)} faults.")
        return 1 if found else 0

    return asyncio.run(walk())


def _verify_money(settings: Settings) -> int:
    from app.core.database import Database
    from app.effects import EFFECTS
    from app.payments.lists import broken_lists
    from app.payments.reconciliation import disagreements, misbooked

    async def compare() -> int:
        database = Database(settings.sqlalchemy_url, effects=EFFECTS, pool_size=2)
        async with database.reading() as uow:
            found = await disagreements(uow)
            accounts = await misbooked(uow)
            broken = await broken_lists(uow)
        await database.close()
        for each in found:
            print(
                f"project {each.project_id}: award {each.award_ore}, application {each.application_ore}, "
                f"ledger {each.ledger_ore}, payments {each.payments_ore} øre"
            )
        for line in accounts:
            about = f"payment {line.payment_id}" if line.payment_id else "the award"
            print(
                f"project {line.project_id}, {about}, {line.account}: {line.booked_ore} booked, "
                f"{line.said_ore} øre said"
            )
        for number in broken:
            print(f"payment list {number} is not what it was sent as")
        print(f"{len(found)} projects whose sums are not one, {len(accounts)} accounts that are not what is said.")
        return 1 if found or accounts or broken else 0

    return asyncio.run(compare())


def _verify_projects(settings: Settings) -> int:
    from app.core.database import Database
    from app.effects import EFFECTS
    from app.projects.oversight import differences

    async def compare() -> int:
        database = Database(settings.sqlalchemy_url, effects=EFFECTS, pool_size=2)
        async with database.unit_of_work() as uow:
            # one moment for all of it, while others go on changing projects
            await uow.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            count, found = await differences(uow)
        await database.close()
        for each in found:
            print(f"project {each.case_id}, {each.column}: kept {each.kept!r}, taken anew {each.anew!r}")
        print(f"{count} running projects taken anew, {len(found)} differences.")
        return 1 if found else 0

    return asyncio.run(compare())


def _verify_portfolio(settings: Settings) -> int:
    from app.core.database import Database
    from app.effects import EFFECTS
    from app.portfolio.keeping import Difference, differences
    from app.portfolio.waiting import waiting

    async def compare() -> int:
        database = Database(settings.sqlalchemy_url, effects=EFFECTS, pool_size=2)
        projects = count = 0
        async with database.unit_of_work() as uow:
            # one moment for all of it, while others go on changing projects
            await uow.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            left = await waiting(uow)
            async for found in differences(uow):
                if isinstance(found, Difference):
                    count += 1
                    print(f"{found.where}: kept {found.kept}, taken anew {found.anew}")
                else:
                    projects = found
        await database.close()
        if left:
            print(
                f"{left} projects wait to be written by the worker and are not proved yet: run this again afterwards."
            )
        print(f"{projects} projects taken anew, {count} differences.")
        return 1 if count or left else 0

    return asyncio.run(compare())


def _up(settings: Settings) -> int:
    from app.up import up

    up(settings)
    return 0


def parser() -> argparse.ArgumentParser:
    """What can be typed."""
    found = argparse.ArgumentParser(prog="drivkraft", description="Runs a stimulation scheme, from call to benefit.")
    commands = found.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="run everything on this machine until Ctrl-C")
    commands.add_parser("web", help="answer requests")
    commands.add_parser("worker", help="run jobs")
    commands.add_parser("migrate", help="bring the database to the version of this code")
    demo = commands.add_parser("demo", help="play the demo scheme")
    demo.add_argument("--until", default="all", metavar="STAGE", help="stop at a stage (see docs/demo.md)")
    audit = commands.add_parser("audit", help="look after the record of events")
    audit.add_argument("verb", choices=["verify"], help="walk every chain and say whether it holds")
    money = commands.add_parser("money", help="look after what is bound and paid")
    money.add_argument("verb", choices=["verify"], help="compare awards, ledger and payments")
    projects = commands.add_parser("projects", help="look after what is kept of running projects")
    projects.add_argument("verb", choices=["verify"], help="take it anew from each project and compare")
    portfolio = commands.add_parser("portfolio", help="look after the portfolio's sums")
    portfolio.add_argument("verb", choices=["verify"], help="take every sum anew from its sources and compare")
    return found


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.command == "up":
        return _up(settings)
    missing = [
        f"{name} is not set: set it to one like {example}, or run `drivkraft up`, which starts its own."
        for name, value, example in (
            ("DATABASE_URL", settings.database_url, "postgresql://user:password@host:5432/name"),
            ("REDIS_URL", settings.redis_url, "redis://host:6379/0"),
        )
        if value is None and (name == "DATABASE_URL" or arguments.command in ("web", "worker"))
    ]
    if missing:
        from app.settings import SettingsError

        raise SettingsError(missing)
    if arguments.command == "demo":
        return _demo(settings, arguments.until)
    runs = {"web": _web, "worker": _worker, "migrate": _migrate, "audit": _verify, "money": _verify_money,
            "projects": _verify_projects, "portfolio": _verify_portfolio}  # fmt: skip
    return runs[arguments.command](settings)


def main() -> int:
    """Run the command; what keeps it from running is said in a sentence, with 1 as the answer."""
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # Ctrl-C ends it without a traceback, until a command takes care itself
    arguments = parser().parse_args()
    from app.core.logging import set_up
    from app.core.migrate import CannotMigrate
    from app.embedded import CannotStart
    from app.settings import Settings, SettingsError

    try:
        settings = Settings.read(os.environ)
        set_up(settings.log_level)
        return _run(arguments, settings)
    except SettingsError as error:
        print("The settings cannot be used:", *error.faults, sep="\n  ", file=sys.stderr)
    except (CannotStart, CannotMigrate) as error:
        print(error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
