"""The demo scheme plays through the services to every stage, and leaves a record that holds."""

from __future__ import annotations

from itertools import islice

import pytest
from sqlalchemy import func, select
from sqlalchemy.pool import NullPool

from app.applications.models import Application
from app.audit.models import Event
from app.audit.verify import faults
from app.benefits.models import Benefit, Measurement
from app.cases.models import Case
from app.core.database import Database, UnitOfWork
from app.demo.cast import WEIGHTS, invented_numbers
from app.demo.play import Stage, play
from app.effects import EFFECTS
from app.facilitation.models import FacilitatorAssignment
from app.identity.models import Unit
from app.payments.reconciliation import disagreements
from app.projects.models import Project
from app.texts.i18n import LANGUAGES, texts_for
from tests.conftest import copy_of, for_sqlalchemy, world_in
from tests.servers import Servers


def test_the_organisation_numbers_of_the_demo_are_valid_and_nobodys() -> None:
    found = list(islice(invented_numbers(), 200))
    assert len(set(found)) == 200
    for number in found:
        assert len(number) == 9 and number[0] == "7"
        assert sum(int(digit) * weight for digit, weight in zip(number, (*WEIGHTS, 1), strict=True)) % 11 == 0


STATES = {
    Stage.DRAFT: ("draft", None), Stage.SUBMITTED: ("submitted", None), Stage.IN_REVIEW: ("in_review", None),
    Stage.RECOMMENDED: ("recommended", None), Stage.AWARDED: ("awarded", None), Stage.SET_UP: ("accepted", "set_up"),
    Stage.STARTED: ("accepted", "diagnose_open"), Stage.DIAMOND_1: ("accepted", "platform_open"),
    Stage.DIAMOND_2: ("accepted", "platform_close"), Stage.IMPLEMENTING: ("accepted", "implement_open"),
    Stage.CLOSING: ("accepted", "closing"), Stage.CLOSED: ("accepted", "closed"), Stage.ENDED: ("accepted", "ended"),
}  # fmt: skip


async def states(database: Database) -> list[tuple[str, str, str | None]]:
    """Each application's office and states."""
    async with database.reading() as uow:
        rows = await uow.session.execute(
            select(Unit.name, Application.state, Project.state)
            .join(Case, Case.id == Application.id)
            .join(Unit, Unit.id == Case.unit_id)
            .outerjoin(Project, Project.id == Case.id)
            .order_by(Application.reference)
        )
        return [(name, state, project) for name, state, project in rows]


@pytest.mark.parametrize("stage", list(STATES))
async def test_the_first_office_is_led_to_the_stage(own_database: Database, stage: Stage) -> None:
    await play(own_database, until=stage, world=await world_in(own_database))
    assert await states(own_database) == [("Nav Grünerløkka", *STATES[stage])]
    async with own_database.reading() as uow:
        assert (await faults(uow))[1] == []
        assert await disagreements(uow) == []


async def test_the_whole_demo_spreads_the_five_offices_over_the_life_and_is_played_once(
    servers: Servers, played_template: str
) -> None:
    own_database = Database(
        for_sqlalchemy(await copy_of(servers, played_template)), effects=EFFECTS, poolclass=NullPool
    )
    assert await states(own_database) == [
        ("Nav Grünerløkka", "accepted", "ended"),
        ("Nav Klepp-Time", "accepted", "closed"),
        ("Nav Lillestrøm", "accepted", "implement_open"),
        ("Nav Hareid-Ulstein-Sande", "accepted", "platform_close"),
        ("Nav Balsfjord-Storfjord", "accepted", "set_up"),
        ("Nav Klepp-Time", "dismissed", None),
        ("Nav Grünerløkka", "waitlisted", None),
        ("Nav Klepp-Time", "in_review", None),
        ("Nav Grünerløkka", "draft", None),
    ]
    async with own_database.reading() as uow:
        count, found = await faults(uow)
        assert found == []
        assert await disagreements(uow) == []
        bound = await uow.session.execute(
            select(Project.state, FacilitatorAssignment.state).join(
                Project, Project.id == FacilitatorAssignment.case_id
            )
        )
        assert {tuple(row) for row in bound} == {
            ("ended", "ended"), ("closed", "ended"), ("implement_open", "accepted"), ("platform_close", "accepted"),
            ("set_up", "accepted"),
        }  # fmt: skip
        assert set(await uow.session.scalars(select(Benefit.is_invented))) == {True}
        await _has_something_true_for_every_question(uow)
        told = {
            f"event.{subject}.{verb}" for subject, verb in await uow.session.execute(select(Event.subject, Event.verb))
        }
        assert [key for key in sorted(told) for language in LANGUAGES if not texts_for(language).has(key)] == []
    await play(own_database)
    async with own_database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(Event)) == count
    await own_database.close()


async def _has_something_true_for_every_question(uow: UnitOfWork) -> None:
    """What the portfolio asks about is there: every grade, a harm, a benefit given up, a deviation, and one that is late."""
    found = (await uow.session.execute(select(Benefit.sign, Benefit.state))).tuples().all()
    assert {sign for sign, _ in found} == {1, -1}
    assert "dropped" in {state for _, state in found}
    rows = (await uow.session.scalars(select(Measurement))).all()
    assert {row.confidence for row in rows if row.confirmed_at} == {"A", "B", "C", "D"}
    assert any(row.deviation for row in rows)
    assert any(row.counterfactual is not None for row in rows)
    assert any(row.state == "planned" and row.due_on < uow.now.date() for row in rows)
