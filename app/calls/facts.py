"""What the rules must know about a call, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import column, select, table

from app.calls.models import Call, Criterion
from app.calls.models import CallText as CallTextRow
from app.core.database import UnitOfWork
from app.core.listed import listed
from app.moves import subject
from workflows.call import CALL as LIFECYCLE
from workflows.call import TEXT_FIELDS, CallCriterion, CallFacts, CallText
from workflows.forms.own import read
from workflows.rules import LANGUAGES, Rules

# named here without their rooms, which come after this one
APPLICATIONS = table("applications", column("id"), column("call_id"), column("reference"), column("state"))
LETTERS = table("letters", column("case_id"), column("released_at"))
UNDECIDED = (
    "submitted",
    "screening",
    "returned",
    "in_review",
    "clarification_meeting",
    "recommended",
    "reconsidered",
)
TOLD_BY_LETTER = (
    "awarded",
    "provisionally_awarded",
    "waitlisted",
    "rejected",
    "dismissed",
)


def levels_of(rules: Rules) -> range:
    """The scores that a reviewer may give."""
    return range(rules.reviews.lowest, rules.reviews.highest + 1)


def incomplete_in(texts: Mapping[str, Any], rules: Rules) -> tuple[str, ...]:
    """The languages in which a criterion lacks its title or the description of a level."""
    lacking = []
    for language in LANGUAGES:
        written = texts.get(language) or {}
        levels = written.get("levels") or {}
        complete = str(written.get("title", "")).strip() and all(
            str(levels.get(str(level), "")).strip() for level in levels_of(rules)
        )
        if not complete:
            lacking.append(language)
    return tuple(lacking)


def title_of(criterion: Criterion, language: str = "nb") -> str:
    """A criterion's title in a language, in another where that is missing, else its key."""
    for code in (language, *LANGUAGES):
        if title := str((criterion.texts.get(code) or {}).get("title", "")).strip():
            return title
    return criterion.key


def _references(references: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(row["reference"] for row in references)


@subject(LIFECYCLE, Call, case_id="id")
async def CALL(uow: UnitOfWork, row: Call) -> CallFacts:
    """The facts of a call."""
    texts, criteria = CallTextRow, Criterion
    sent = select(APPLICATIONS.c.reference).where(APPLICATIONS.c.call_id == row.id)
    reference = {"reference": APPLICATIONS.c.reference}
    waiting = (
        select(LETTERS.c.case_id)
        .where(LETTERS.c.case_id == APPLICATIONS.c.id, LETTERS.c.released_at.is_(None))
        .exists()
    )
    found = (
        await uow.session.execute(
            select(
                listed(
                    select(texts.language).where(texts.call_id == row.id),
                    {
                        "language": texts.language,
                        **{name: getattr(texts, name) for name in TEXT_FIELDS},
                    },
                ),
                listed(
                    select(criteria.id).where(criteria.call_id == row.id),
                    {
                        "id": criteria.id,
                        "key": criteria.key,
                        "weight": criteria.weight,
                        "texts": criteria.texts,
                    },
                    criteria.position,
                ),
                listed(
                    sent.where(APPLICATIONS.c.state.in_(UNDECIDED)),
                    reference,
                    APPLICATIONS.c.reference,
                ),
                listed(
                    sent.where(
                        APPLICATIONS.c.state.in_(TOLD_BY_LETTER),
                        waiting,
                    ),
                    reference,
                    APPLICATIONS.c.reference,
                ),
            )
        )
    ).one()
    rules = msgspec.convert(row.rules, Rules)
    return CallFacts(
        rules=rules,
        texts=tuple(msgspec.convert(found[0], list[CallText])),
        owner_unit_id=row.owner_unit_id,
        owner_person_id=row.owner_person_id,
        opens_at=row.opens_at,
        deadline=row.deadline,
        frame_ore=row.frame_ore,
        facilitation_hours=row.facilitation_hours,
        criteria=tuple(
            CallCriterion(
                id=each["id"],
                title=title_of(Criterion(key=each["key"], texts=each["texts"])),
                weight=each["weight"],
                incomplete_in=incomplete_in(each["texts"], rules),
            )
            for each in found[1]
        ),
        undecided=_references(found[2]),
        unreleased=_references(found[3]),
        questions=read(row.questions),
    )
