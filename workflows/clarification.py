"""An expectation clarification: written, proposed, and agreed by both sides to one exact text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.engine import Act, Lifecycle, Reason, move, requirement
from workflows.roles import OFFICE, Permission, Role

SCHEME_SIDE = (Role.CASE_HANDLER, Role.METHOD_OWNER)

TEXTS = (
    "expects", "commits", "scheme_expects", "scheme_commits", "responsibility", "decision_rights", "equality", "learning",
    "new_ways", "benefits_short", "benefits_long",
)  # fmt: skip
"""What a clarification says, both sides of it (S73, S74); the hours a week stand beside."""

REQUIRED_TEXTS = tuple(name for name in TEXTS if name not in ("decision_rights", "new_ways"))

LATER = frozenset({"scheme_expects", "scheme_commits", "equality"})
"""Texts that came after the first agreements: left empty they change no fingerprint, so that none of those is void."""


class ClarificationState(StrEnum):
    """How far a clarification has come."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    AGREED = "agreed"


class Side(StrEnum):
    """The two who agree: the one who holds the role, and the scheme."""

    OFFICE = "office"
    SCHEME = "scheme"


class ClarificationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules must know about one clarification."""

    clarification_id: UUID
    role: Role
    holder_id: UUID | None
    """The person with an account who holds the role; None for an outsider."""
    holder: str
    """The holder's name; "" while the role is vacant."""
    hours_per_week: int
    texts: tuple[tuple[str, str], ...]
    """Each of TEXTS with what is written under it."""
    text_hash: str
    """The fingerprint of the text as it stands."""
    agreed: frozenset[Side]
    """The sides that have agreed to the text as it stands."""


def text_hash(texts: Iterable[tuple[str, str]], hours_per_week: int, holder: object) -> str:
    """The fingerprint of one exact text for one holder (SHA-256): another word, hour or person gives another."""
    written = sorted((name, text.strip()) for name, text in texts if name not in LATER or text.strip())
    said = msgspec.json.encode((written, hours_per_week, str(holder)))
    return hashlib.sha256(said).hexdigest()


def _missing(facts: ClarificationFacts, code: str, **parameters: str) -> Reason:
    return Reason(
        code=f"clarification.{code}",
        parameters={
            "id": str(facts.clarification_id),
            "holder": facts.holder,
            "role_key": f"role.{facts.role}",
            **parameters,
        },
        place="project.clarification",
        who=tuple(sorted(OFFICE)),
    )


@requirement(source="S73")
def somebody_holds_the_role(facts: ClarificationFacts, act: Act) -> Iterator[Reason]:
    """A named person holds the role."""
    if not facts.holder:
        yield _missing(facts, "nobody_holds_the_role")


@requirement(source="S73, S74")
def every_text_written(facts: ClarificationFacts, act: Act) -> Iterator[Reason]:
    """Expectation, commitment, responsibility, learning and benefits are written, with the time they take."""
    written = dict(facts.texts)
    for name in REQUIRED_TEXTS:
        if not written.get(name, "").strip():
            yield _missing(facts, "text_missing", text_key=f"clarification.{name}")
    if facts.hours_per_week <= 0:
        yield _missing(facts, "hours_missing")


@requirement(source="S73")
def both_sides_agree_to_this_text(facts: ClarificationFacts, act: Act) -> Iterator[Reason]:
    """The holder of the role and the scheme have both agreed to the text as it stands."""
    for side in Side:
        if side not in facts.agreed:
            yield msgspec.structs.replace(
                _missing(facts, f"{side}_has_not_agreed"), who=SCHEME_SIDE if side is Side.SCHEME else (facts.role,)
            )


S = ClarificationState

CLARIFICATION = Lifecycle(
    subject="clarification",
    states=ClarificationState,
    initial=S.DRAFT,
    final=frozenset(),
    moves=(
        move(
            "propose", S.DRAFT, S.PROPOSED, Permission.CLARIFICATION_WRITE, somebody_holds_the_role, every_text_written
        ),
        move("agree_all", S.PROPOSED, S.AGREED, Permission.CASE_SEE, both_sides_agree_to_this_text),
        move("reopen", (S.PROPOSED, S.AGREED), S.DRAFT, Permission.CLARIFICATION_WRITE),
    ),
)


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """One clarification that a gate asks for, as far as it has come."""

    clarification_id: UUID | None
    role: Role
    holder: str
    agreed: frozenset[Side]


def missing_agreements(required: Sequence[Role], found: Sequence[Needed]) -> Iterator[Reason]:
    """Every side that has not agreed, and every required role without a clarification (S73)."""
    roles = {each.role for each in found}
    for role in required:
        if role not in roles:
            yield Reason(
                code="project.clarification_missing",
                parameters={"role_key": f"role.{role}"},
                place="project.clarifications",
                who=(Role.COORDINATOR, Role.CASE_HANDLER),
            )
    for each in found:
        if each.role not in required:
            continue
        for side in Side:
            if side not in each.agreed:
                yield Reason(
                    code=f"project.clarification_{side}_has_not_agreed",
                    parameters={
                        "role_key": f"role.{each.role}",
                        "holder": each.holder,
                        "id": str(each.clarification_id),
                    },
                    place="project.clarification",
                    who=SCHEME_SIDE if side is Side.SCHEME else (each.role,),
                )
