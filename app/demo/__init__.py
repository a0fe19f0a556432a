"""The demo scheme: NAV Utsiden inn, played through the services by its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.settings import Settings


async def play_with(settings: Settings, until: str = "all") -> None:
    """Play the demo scheme up to a stage; SettingsError for a stage that does not exist. Played already, it stays."""
    from app.core.database import Database
    from app.demo.play import Stage, play
    from app.effects import EFFECTS
    from app.settings import SettingsError

    if until not in set(Stage):
        raise SettingsError([f"There is no stage {until!r}: choose one of {', '.join(Stage)}."])
    database = Database(settings.sqlalchemy_url, effects=EFFECTS, pool_size=2)
    try:
        await play(database, until=Stage(until))
    finally:
        await database.close()


async def play_unless_played(settings: Settings) -> list[tuple[str, str, str]]:
    """Play the demo scheme where it has not been, and answer its people: name, title and unit."""
    from app.demo.cast import PLAYERS, UNITS

    await play_with(settings)
    return [(player.name, player.title, UNITS[player.unit].name) for player in PLAYERS.values()]
