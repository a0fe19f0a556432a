"""Texts of a call, sending together, and correcting what has been sent, through the services."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import func, select

from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.decisions import service as decisions
from app.decisions.models import Decision, Letter
from app.identity.models import UnitMembership
from app.letters import service, together
from app.letters.jobs import JOBS
from app.letters.making import Fields, default_wording
from app.letters.models import LetterRelease
from app.letters.queries import letters_of, release_view, waiting_letters
from app.notices.models import Notice
from tests.applications_under_way import Led
from tests.conftest import MovingClock, world_in
from workflows.letter import LetterKind

REJECTION = default_wording(LetterKind.REJECTION, "nb")
OURS = REJECTION.body.replace(
    "Dere får ikke støtte", "Vi kan dessverre ikke støtte dere denne gangen. Dere får ikke støtte"
)
REJECTED: dict[str, Any] = {"outcome": "rejected", "amount_ore": None, "hours": None}


async def letter_about(led: Led, decision_id: UUID) -> Letter:
    async with led.database.reading() as uow:
        return (
            await uow.session.scalars(
                select(Letter).where(Letter.decision_id == decision_id).order_by(Letter.id.desc()).limit(1)
            )
        ).one()


def text_of(letter: Letter) -> str:
    return str(msgspec.convert(letter.fields, Fields).parts)


async def write(led: Led, call_id: UUID, body: str = OURS, **more: Any) -> Any:
    fields = {"kind": LetterKind.REJECTION, "language": "nb", "subject": "Svar: {call}", "body": body} | more
    return await led("case_handler", service.write_text, call_id, **fields)


async def notices(led: Led) -> int:
    async with led.database.reading() as uow:
        return (
            await uow.session.scalar(select(func.count()).select_from(Notice).where(Notice.code == "letter_released"))
            or 0
        )


async def sent(led: Led, who: str, **chosen: Any) -> LetterRelease:
    """An act of sending letters, begun and then done by its job."""
    act = await led(who, together.release_chosen, **chosen)
    assert {result for _, result in act.results} == {"waiting"}, "nothing is sent while the page waits"
    async with led.database.unit_of_work() as uow:
        await JOBS["send_letters"](uow, {"release_id": str(act.id)})
    async with led.database.reading() as uow:
        return await uow.session.get_one(LetterRelease, act.id)


def became(act: LetterRelease) -> dict[str, str]:
    """What became of each letter of an act."""
    return {letter_id: result for letter_id, result, *_ in act.results}


async def moved(led: Led, office: str) -> None:
    """Give an office another name, which its letters say."""
    async with led.database.unit_of_work() as uow:
        unit = await uow.session.get_one(type(led.world.units[office]), led.world.units[office].id)
        unit.name = f"{unit.name} og omegn"


async def test_a_call_has_its_own_text_and_a_letter_keeps_the_version_it_was_made_from(led: Led, call_id: UUID) -> None:
    first = await led.decided(call_id, "lillestrom", **REJECTED)
    await write(led, call_id)
    second = await led.decided(call_id, "klepp_time", **REJECTED)
    await led("case_handler", service.use_default_text, call_id, kind=LetterKind.REJECTION, language="nb")
    third = await led.decided(call_id, "grunerlokka", **REJECTED)
    found = [await letter_about(led, each) for each in (first, second, third)]
    assert ["dessverre" in text_of(each) for each in found] == [False, True, False]
    assert [each.subject.startswith("Svar:") for each in found] == [False, True, False]
    await led("case_handler", decisions.release, second)
    assert "dessverre" in text_of(await letter_about(led, second)), "a later text changes no letter that is made"


async def test_a_text_with_faults_is_refused_with_all_of_them(led: Led, call_id: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        await write(led, call_id, "Hei {navn}", subject="")
    assert {name: reason.code for name, reason in refused.value.fields.items()} == {
        "subject": "form.empty", "body": "letter.unknown_placeholder", "body_lacks": "letter.placeholder_missing",
    }  # fmt: skip


async def test_a_text_typed_on_an_older_version_is_not_kept(led: Led, call_id: UUID) -> None:
    await write(led, call_id, number=0)
    with pytest.raises(Stale):
        await write(led, call_id, OURS + "\n\nHilsen oss", number=0)
    with pytest.raises(NotAllowed):
        await led(
            "decision_maker",
            service.write_text,
            call_id,
            kind=LetterKind.REJECTION,
            language="nb",
            subject="x",
            body=OURS,
        )


async def test_letters_are_sent_together_once_each(led: Led, call_id: UUID) -> None:
    offices = ("lillestrom", "klepp_time", "hareid_ulstein_sande")
    made = [await letter_about(led, await led.decided(call_id, office, **REJECTED)) for office in offices]
    ids = [each.id for each in made]
    before = await notices(led)
    act = await sent(led, "decision_maker", letters=ids[:2])
    assert sorted(result for _, result in act.results) == ["released", "released"]
    again = await sent(led, "case_handler", shown=ids, every=True)
    assert sorted(result for _, result in again.results) == ["before", "before", "released"]
    assert await notices(led) - before == 2 * len(offices), "leader and coordinator of each, once"
    async with led.database.reading() as uow:
        states = list(await uow.session.scalars(select(Decision.state).where(Decision.call_id == call_id)))
        actor = await led.world.actor(uow, "case_handler")
        view = await release_view(uow, actor, again.id)
        assert not await waiting_letters(uow, actor, call_id=call_id)
        with pytest.raises(NotFound):
            await release_view(uow, await led.world.actor(uow, "grunerlokka.leader"), again.id)
    assert states == ["released"] * 3
    assert (view.count("released"), view.count("before")) == (1, 2)


@pytest.mark.parametrize("all_or_none", [True, False])
async def test_a_letter_whose_case_has_changed_is_made_anew_and_held_back(
    led: Led, call_id: UUID, all_or_none: bool
) -> None:
    first = await led.decided(call_id, "lillestrom", **REJECTED)
    second = await led.decided(call_id, "klepp_time", **REJECTED)
    ids = [(await letter_about(led, each)).id for each in (first, second)]
    await moved(led, "lillestrom")
    with pytest.raises(NotYet) as refused:
        await led("case_handler", decisions.release, first)
    assert [reason.code for reason in refused.value.reasons] == ["letter.case_changed"]
    act = await sent(led, "case_handler", letters=ids, together=all_or_none)
    assert became(act) == {str(ids[0]): "changed", str(ids[1]): "held" if all_or_none else "released"}
    changed, other = await letter_about(led, first), await letter_about(led, second)
    assert changed.released_at is None and changed.remade_at is not None
    assert "og omegn" in str(changed.fields)
    assert (other.released_at is None) == all_or_none
    act = await sent(led, "case_handler", letters=ids, together=all_or_none)
    assert became(act) == {str(ids[0]): "released", str(ids[1]): "released" if all_or_none else "before"}


@pytest.mark.parametrize("all_or_none", [True, False])
async def test_what_cannot_be_sent_any_longer_is_refused_and_its_reason_kept(
    led: Led, call_id: UUID, all_or_none: bool
) -> None:
    first = await letter_about(led, await led.decided(call_id, "lillestrom", **REJECTED))
    second = await letter_about(led, await led.decided(call_id, "klepp_time", **REJECTED))
    act = await led("decision_maker", together.release_chosen, letters=[first.id, second.id], together=all_or_none)
    person, unit = led.world.people["decision_maker"], led.world.units["lillestrom"]
    async with led.database.unit_of_work() as uow:
        uow.session.add(UnitMembership(person_id=person.id, unit_id=unit.id, role="employee", valid_from=uow.now))
    for _ in range(2):  # a job may be run again
        async with led.database.unit_of_work() as uow:
            await JOBS["send_letters"](uow, {"release_id": str(act.id)})
    async with led.database.reading() as uow:
        view = await release_view(uow, await led.world.actor(uow, "case_handler"), act.id)
        told = list(await uow.session.scalars(select(Notice.parameters).where(Notice.code == "letters_sent")))
    found = {row.id: (result, [each.code for each in reasons]) for row, result, reasons in view.results}
    assert found == {
        first.id: ("refused", ["letter.not_to_be_sent"]), second.id: ("held" if all_or_none else "released", []),
    }  # fmt: skip
    assert told == [{"sent": 0 if all_or_none else 1, "back": 2 if all_or_none else 1}]


async def test_nothing_is_sent_to_nobody_and_a_stranger_sends_nothing(led: Led, call_id: UUID) -> None:
    with pytest.raises(Invalid):
        await led("case_handler", together.release_chosen)
    letter = await letter_about(led, await led.decided(call_id, "lillestrom", **REJECTED))
    for who, refusal in (("lillestrom.leader", NotAllowed), ("klepp_time.leader", NotFound), ("auditor", NotAllowed)):
        with pytest.raises(refusal):
            await led(who, together.release_chosen, letters=[letter.id])
    async with led.database.reading() as uow:
        assert await uow.session.scalar(select(func.count()).select_from(LetterRelease)) == 0


async def test_what_has_been_sent_is_corrected_by_a_letter_that_names_it(
    led: Led, call_id: UUID, clock: MovingClock
) -> None:
    decision_id = await led.decided(call_id, "lillestrom", **REJECTED)
    letter = await letter_about(led, decision_id)
    with pytest.raises(NotYet):
        await led("case_handler", service.correct, letter.id, correction="x", reasons="y")
    await led("case_handler", service.release, letter.id)
    sent = await letter_about(led, decision_id)
    clock.moved += timedelta(days=3)
    new = await led(
        "case_handler",
        service.correct,
        letter.id,
        correction="Summen var skrevet feil.",
        reasons="Dere viser et behov.",
    )
    with pytest.raises(NotYet):
        await led("case_handler", service.correct, letter.id, correction="x", reasons="y")
    with pytest.raises(NotYet):
        await led("case_handler", service.remake, letter.id)
    await led("case_handler", service.release, new.id)
    async with led.database.reading() as uow:
        before = await uow.session.get_one(Letter, letter.id)
        after = await uow.session.get_one(Letter, new.id)
        rows = await letters_of(uow, letter.case_id, released_only=True)
    assert (before.content_hash, before.fields) == (sent.content_hash, sent.fields), "the first stands as it was sent"
    first_part = msgspec.convert(after.fields, Fields).parts[0]
    assert first_part.heading == "Retting" and "Summen var skrevet feil." in first_part.paragraphs
    assert msgspec.convert(sent.fields, Fields).dated in first_part.paragraphs[0]
    assert "Dere viser et behov." in text_of(after)
    assert [row.corrects for row in rows] == [True, False]


async def test_a_letter_is_sent_as_it_was_read_or_not_at_all_while_its_case_changes(
    own_database: Database, clock: MovingClock
) -> None:
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    decision_id = await led.decided(call_id, "lillestrom", **REJECTED)
    letter = await letter_about(led, decision_id)
    one, two, _ = await asyncio.gather(
        sent(led, "case_handler", letters=[letter.id]),
        sent(led, "decision_maker", letters=[letter.id]),
        moved(led, "lillestrom"),
        return_exceptions=True,
    )
    found = await letter_about(led, decision_id)
    results = sorted(became(each)[str(letter.id)] for each in (one, two))
    if "released" in results:
        assert results in (["before", "released"], ["changed", "released"])
    else:
        assert found.released_at is None
    assert ("og omegn" in str(found.fields["recipient"])) == ("changed" in results)
    assert await notices(led) == (2 if found.released_at else 0)
