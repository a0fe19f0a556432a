"""A file that belongs to a case: taken in, looked through for viruses, read by those who may, and taken away again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import Permission, Role

WRITERS = (Role.COORDINATOR, Role.LEADER, Role.CORE_TEAM)


class FileState(StrEnum):
    """What is known of a file."""

    UPLOADED = "uploaded"
    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"
    REMOVED = "removed"


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about a file."""

    is_written: bool
    """Whether what the file belongs to may still be changed by those who write it."""
    is_locked: bool = False
    """Whether what it belongs to came back for other parts than its files."""
    part: str = "attachments"
    """The part of the application that it belongs to: its files, or the questions of the call that asks for it."""
    answers_question: bool = False
    most_answers: int | None = None
    """How many files the question that it answers takes; None where no such question asks for files."""
    milestone_id: str = ""
    """The milestone that it shows is reached; empty for other files."""
    report_id: str = ""
    """The report whose accounts it bears out; empty for other files."""
    measurement_id: str = ""
    """The measurement that it shows; empty for other files."""
    last_sent_at: datetime | None = None
    """When what the file belongs to was last sent, with the files it had then."""


def _at(
    milestone_id: str, part: str = "attachments", report_id: str = "", measurement_id: str = "", **parameters: int
) -> dict[str, Any]:
    """Where the files of a milestone, of a report, or of an application, are mended, as a reason names it."""
    if measurement_id:
        return {"place": "benefit.measurement", "parameters": {"id": measurement_id, **parameters}}
    if milestone_id:
        return {"place": "project.milestone", "parameters": {"id": milestone_id, **parameters}}
    if report_id:
        return {"place": "report", "parameters": {"id": report_id, **parameters}}
    return {"place": f"application.{part}", "parameters": parameters}


@requirement(source="G6, DESIGN 2.1")
def still_written(facts: FileFacts, act: Act) -> Iterator[Reason]:
    """What has been sent stands as it was sent, with its files, unless it came back for them."""
    if facts.measurement_id:
        if not facts.is_written:
            yield Reason(code="measurement.files_stand", **_at("", measurement_id=facts.measurement_id))
    elif facts.milestone_id:
        if not facts.is_written:
            yield Reason(code="file.evidence_stands", **_at(facts.milestone_id))
    elif facts.report_id:
        yield from _accounts_still_written(facts)
    elif not facts.is_written:
        yield Reason(code="application.sent_already", place="application.steps")
    elif facts.is_locked:
        yield Reason(
            code="application.part_locked", parameters={"part_key": f"section.application.{facts.part}"},
            place="application.steps",
        )  # fmt: skip


def _accounts_still_written(facts: FileFacts) -> Iterator[Reason]:
    where = {"id": facts.report_id}
    if not facts.is_written:
        yield Reason(code="report.sent_already", parameters=where, place="report")
    elif facts.is_locked:
        locked = {**where, "section_key": f"section.report.{facts.part}"}
        yield Reason(code="report.section_locked", parameters=locked, place="report")


S = FileState

FILE = Lifecycle(
    subject="file",
    states=FileState,
    initial=S.UPLOADED,
    final=frozenset({S.REMOVED}),
    moves=(
        move("pass_unscanned", S.UPLOADED, S.UNSCANNED, Permission.CLOCK),
        move("find_clean", (S.UPLOADED, S.UNSCANNED), S.CLEAN, Permission.CLOCK),
        move("find_infected", (S.UPLOADED, S.UNSCANNED), S.INFECTED, Permission.CLOCK),
        move("remove", (S.UPLOADED, S.UNSCANNED, S.CLEAN, S.INFECTED), S.REMOVED, Permission.FILE_REMOVE,
             still_written),
    ),
)  # fmt: skip


def keeps_from_adding(
    facts: FileFacts, act: Act, *, held: int, most: int, held_for_question: int = 0
) -> Iterator[Reason]:
    """Why no file can be added now, nothing where one can: `held` files are there already, `most` may be."""
    yield from still_written.check(facts, act)
    if held >= most:
        where = _at(facts.milestone_id, facts.part, facts.report_id, facts.measurement_id, most=most)
        yield Reason(code="file.too_many", who=WRITERS, **where)
    if facts.answers_question and facts.most_answers is None:
        yield Reason(code="file.not_asked_for", who=WRITERS, **_at("", facts.part))
    elif facts.answers_question and held_for_question >= (facts.most_answers or 0):
        yield Reason(code="form.too_many_files", who=WRITERS, **_at("", facts.part, most=facts.most_answers or 0))


def keeps_from_reading(
    state: str, *, is_own: bool, milestone_id: str = "", report_id: str = "", measurement_id: str = ""
) -> Iterator[Reason]:
    """Why somebody who may read the case cannot have one of its files now; nothing where they can.

    A file that waits to be scanned is given to nobody but whoever uploaded it, an infected one to nobody.
    """
    where = _at(milestone_id, report_id=report_id, measurement_id=measurement_id)
    if state == S.INFECTED:
        yield Reason(code="file.was_infected", who=WRITERS, **where)
    elif state == S.UPLOADED and not is_own:
        yield Reason(code="file.waits_for_scan", **where)


def may_be_erased(facts: FileFacts, uploaded_at: datetime) -> bool:
    """Whether the content of a removed file may go: what a receipt confirms is kept as it was sent (G6)."""
    return facts.last_sent_at is None or uploaded_at > facts.last_sent_at
