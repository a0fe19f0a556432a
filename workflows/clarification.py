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
    "new_ways", "benefits_short", "benefits_long", "release_how", "renewal_note",
)  # fmt: skip
"""What a clarification says, both sides of it (S73, S74); the hours a week stand beside."""

IN_SOME = frozenset({"release_how", "renewal_note"})
"""Texts that only some have: how the leader releases the hours, and what is new in a renewed one."""

REQUIRED_TEXTS = tuple(name for name in TEXTS if name not in {"decision_rights", "new_ways", *IN_SOME})

LATER = frozenset({"scheme_expects", "scheme_commits", "equality", *IN_SOME})
"""Texts that came after the first agreements: left empty they change no fingerprint, so that none of those is void."""


class ClarificationState(StrEnum):
    """How far a clarification has come."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    AGREED = "agreed"


class Side(StrEnum):
    """Those who agree: who holds the role, the leader who releases their hours where these are another's, the scheme."""

    OFFICE = "office"
    LEADER = "leader"
    SCHEME = "scheme"


BOTH = frozenset({Side.OFFICE, Side.SCHEME})


def asked_of(role: str, released: Sequence[str], *, has_account: bool, is_leader: bool) -> frozenset[Side]:
    """The sides that must agree: the leader too where the hours are somebody else's in the office (S73)."""
    return BOTH | {Side.LEADER} if role in released and has_account and not is_leader else BOTH


class Void(StrEnum):
    """Why an agreement holds no more."""

    TEXT = "text"
    HOLDER = "holder"
    CHANGE_ASKED = "change_asked"
    RELEASE = "release"
    ENDORSEMENT = "endorsement"


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
    sides: frozenset[Side] = BOTH
    """The sides that must agree."""
    released_hours: int = 0
    """Hours a week that the leader releases."""
    renews: bool = False
    """Whether it renews an earlier one."""


def text_hash(texts: Iterable[tuple[str, str]], hours_per_week: int, holder: object, released_hours: int = 0) -> str:
    """The fingerprint of one exact text for one holder (SHA-256): another word, hour or person gives another."""
    written: list[tuple[str, str | int]] = sorted(
        (name, text.strip()) for name, text in texts if name not in LATER or text.strip()
    )
    if released_hours:
        written.append(("released_hours", released_hours))
    said = msgspec.json.encode((written, hours_per_week, str(holder)))
    return hashlib.sha256(said).hexdigest()


def who_agrees(side: Side, role: Role) -> tuple[Role, ...]:
    """The roles that can agree for a side."""
    return {Side.SCHEME: SCHEME_SIDE, Side.LEADER: (Role.LEADER,), Side.OFFICE: (role,)}[side]


def _missing(facts: ClarificationFacts, code: str, **parameters: str | int) -> Reason:
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
def hours_are_released(facts: ClarificationFacts, act: Act) -> Iterator[Reason]:
    """Where the hours are another's than the leader's, the leader releases as many as the role takes."""
    if Side.LEADER in facts.sides and facts.released_hours < facts.hours_per_week:
        yield _missing(facts, "too_few_released", hours=facts.hours_per_week, released=facts.released_hours)


@requirement(source="S73")
def what_is_new_is_said(facts: ClarificationFacts, act: Act) -> Iterator[Reason]:
    """One that renews an earlier one says what is new, or why it stands: nothing is carried over unseen."""
    if facts.renews and not dict(facts.texts).get("renewal_note", "").strip():
        yield _missing(facts, "text_missing", text_key="clarification.renewal_note")


@requirement(source="S73")
def both_sides_agree_to_this_text(facts: ClarificationFacts, act: Act) -> Iterator[Reason]:
    """Everybody who must agree has agreed to the text as it stands: the holder, the scheme, the leader for the hours."""
    for side in Side:
        if side in facts.sides and side not in facts.agreed:
            yield msgspec.structs.replace(_missing(facts, f"{side}_has_not_agreed"), who=who_agrees(side, facts.role))


S = ClarificationState
WHOLE = (somebody_holds_the_role, every_text_written, hours_are_released, what_is_new_is_said)

CLARIFICATION = Lifecycle(
    subject="clarification",
    states=ClarificationState,
    initial=S.DRAFT,
    final=frozenset(),
    moves=(
        move("propose", S.DRAFT, S.PROPOSED, Permission.CLARIFICATION_WRITE, *WHOLE),
        move("answer", S.DRAFT, S.PROPOSED, Permission.CLARIFICATION_AGREE_OFFICE, *WHOLE),
        move("agree_all", S.PROPOSED, S.AGREED, Permission.CASE_SEE, both_sides_agree_to_this_text),
        move("reopen", (S.PROPOSED, S.AGREED), S.DRAFT, Permission.CLARIFICATION_WRITE),
        move(
            "ask_change",
            (S.PROPOSED, S.AGREED),
            S.DRAFT,
            Permission.CLARIFICATION_AGREE_OFFICE,
            needs_why=True,
            aside=True,
        ),
        move("withdraw", S.AGREED, S.PROPOSED, Permission.CLARIFICATION_RELEASE, needs_why=True, aside=True),
    ),
)


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """One clarification that a gate asks for, as far as it has come."""

    clarification_id: UUID | None
    role: Role
    holder: str
    agreed: frozenset[Side]
    sides: frozenset[Side] = BOTH
    gate: str = "start"
    in_role: bool = True
    """Whether its holder still holds the role."""
    holder_key: str = ""
    """What tells its holder apart from others of the same name."""

    @property
    def stands(self) -> bool:
        """Whether everybody who must agree does, and its holder is there."""
        return self.in_role and self.sides <= self.agreed


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who holds a role towards the project now."""

    role: Role
    key: str
    name: str


def _reason(each: Needed, code: str, who: tuple[Role, ...]) -> Reason:
    return Reason(
        code=f"project.clarification_{code}",
        parameters={"role_key": f"role.{each.role}", "holder": each.holder, "id": str(each.clarification_id)},
        place="project.clarification",
        who=who,
    )


def _not_agreed(each: Needed) -> Iterator[Reason]:
    for side in Side:
        if side in each.sides and side not in each.agreed:
            yield _reason(each, f"{side}_has_not_agreed", who_agrees(side, each.role))


ARRANGES = (Role.COORDINATOR, Role.CASE_HANDLER)


def _absent(role: Role, code: str = "missing", **parameters: str) -> Reason:
    return Reason(
        code=f"project.clarification_{code}", parameters={"role_key": f"role.{role}", **parameters},
        place="project.clarifications", who=ARRANGES,
    )  # fmt: skip


def missing_agreements(
    required: Sequence[Role], found: Sequence[Needed], holders: Sequence[Holder] = ()
) -> Iterator[Reason]:
    """Every side that has not agreed, every holder without a clarification, and every role whose holder has left (S73)."""
    for role in required:
        of_role = [each for each in found if each.role == role]
        present = [each for each in of_role if each.in_role]
        if not of_role:
            yield _absent(role)
        elif not present:
            yield _reason(of_role[-1], "holder_left", ARRANGES)
        else:
            known = {each.holder_key for each in present}
            for holder in holders:
                if holder.role == role and holder.key not in known:
                    yield _absent(role, "missing_for", holder=holder.name)
    for each in found:
        if each.role in required and each.in_role:
            yield from _not_agreed(each)


def no_longer_standing(required: Sequence[Role], found: Sequence[Needed]) -> Iterator[Reason]:
    """What was agreed at the start and holds no more: an agreement that is void, or a role whose holder has left (S73).

    A later renewal that is agreed by everybody makes up for an earlier one.
    """
    for role in required:
        of_role = [each for each in found if each.role == role]
        present = [each for each in of_role if each.in_role]
        if of_role and not present:
            yield _reason(of_role[-1], "holder_left", ARRANGES)
        standing = {each.holder_key for each in present if each.stands}
        for each in present:
            if each.gate == "start" and each.holder_key not in standing:
                yield from _not_agreed(each)
