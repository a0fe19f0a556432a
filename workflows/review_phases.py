"""The phases of reviewing: who may see and do what from when, as rows of a call's rules (pretalx 2.4; G9, G11)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from workflows.engine import Reason
from workflows.roles import Role
from workflows.wording import Wording

MOST_PHASES = 8
OVERSEERS = frozenset({Role.CASE_HANDLER, Role.DECISION_MAKER, Role.AUDITOR})
"""Those who know the applicant by their office: from them no phase hides it."""

BEFORE_HANDING_IN = frozenset({"declared", "started"})
UNDER_WAY = frozenset({"assigned"}) | BEFORE_HANDING_IN
READING = BEFORE_HANDING_IN | {"submitted"}


class ReviewPhase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of reviewing; its days are whole days in Norway, the first and the last included.

    Without `begins_on` it follows on the one before. Without `ends_on` it lasts until all reviews of an application are
    in, and the last phase until the case is decided.
    """

    key: str
    name: Wording
    begins_on: date | None = None
    ends_on: date | None = None
    may_score: bool = True
    applications: Literal["assigned", "unfinished", "none"] = "assigned"
    """Which applications reviewers read: those they are given, of these only the ones they have not handed in, or none."""
    names_hidden: bool = False
    """Whether the names of the applicant's units and people are hidden from reviewers."""
    others_reviews: Literal["never", "after_own", "always"] = "after_own"
    discussion_open: bool = True
    may_change: bool = False
    """Whether a review that is handed in may be taken back and changed."""


PHASES = (ReviewPhase(key="review", name=Wording(nb="Vurdering", nn="Vurdering", en="Review")),)
"""The scheme's own: one phase in which one reads, scores, and sees others' reviews after one's own is in."""


class Standing(StrEnum):
    """How a phase stands at a moment."""

    WAITING = "waiting"
    RUNNING = "running"
    OVER = "over"


class Moment(msgspec.Struct, frozen=True):
    """The phase that an application is in on a day, and how it stands."""

    phase: ReviewPhase
    standing: Standing


def moment(phases: Sequence[ReviewPhase], today: date, *, all_in: bool) -> Moment:
    """The phase on a day: the first that is not over; `all_in` says that every review of the application is in."""
    for phase in phases[:-1]:
        is_over = phase.ends_on < today if phase.ends_on else all_in
        if not is_over:
            return Moment(phase, _standing(phase, today))
    return Moment(phases[-1], _standing(phases[-1], today))


def _standing(phase: ReviewPhase, today: date) -> Standing:
    if phase.begins_on and today < phase.begins_on:
        return Standing.WAITING
    return Standing.OVER if phase.ends_on and phase.ends_on < today else Standing.RUNNING


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What one person may see of one application, and do about it, at a moment."""

    reads: bool
    """The application itself."""
    names: bool
    """The names of the applicant's units and people."""
    others: bool
    """What other reviewers have handed in."""
    writes: bool
    """Scores and reasons of their own."""
    changes: bool
    """A review of their own that is handed in, by taking it back."""
    discusses: bool
    """Threads that are for reviewers."""


NOTHING = Sight(reads=False, names=False, others=False, writes=False, changes=False, discusses=False)


def sight(
    phases: Sequence[ReviewPhase], today: date, *, all_in: bool, roles: Collection[Role], own_state: str | None,
    tied: bool = False,
) -> Sight:  # fmt: skip
    """What a person may see and do, by their own review of the application; None for those who were never asked.

    Whoever stepped aside, or is tied to the applicant, sees nothing of it whatever the phases say; and one who has not
    handed in sees no discussion, for it would tell what others think (G9, G12).
    """
    oversees = not OVERSEERS.isdisjoint(roles)
    if own_state is None:
        return Sight(reads=True, names=True, others=oversees, writes=False, changes=False, discusses=oversees)
    if own_state not in READING | UNDER_WAY or tied:
        return msgspec.structs.replace(NOTHING, names=oversees or not any(each.names_hidden for each in phases))
    now = moment(phases, today, all_in=all_in)
    phase, running = now.phase, now.standing is Standing.RUNNING
    reads = Role.CASE_HANDLER in roles or (own_state in READING and _is_visible(now, own_state))
    knows = own_state in READING and now.standing is not Standing.WAITING
    others = reads and knows and _sees_others(phase, own_state)
    return Sight(
        reads=reads,
        names=oversees or not hides_names(phases, today, all_in=all_in),
        others=others,
        writes=reads and running and phase.may_score and own_state in BEFORE_HANDING_IN,
        changes=reads and running and phase.may_score and phase.may_change and own_state == "submitted",
        discusses=others and phase.discussion_open and own_state == "submitted",
    )


def _is_visible(now: Moment, own_state: str) -> bool:
    if now.standing is Standing.WAITING or now.phase.applications == "none":
        return False
    return now.phase.applications == "assigned" or own_state in BEFORE_HANDING_IN


def _sees_others(phase: ReviewPhase, own_state: str) -> bool:
    if phase.others_reviews == "after_own":
        return own_state == "submitted"
    return phase.others_reviews == "always"


def hides_names(phases: Sequence[ReviewPhase], today: date, *, all_in: bool) -> bool:
    """Whether the applicant is hidden from reviewers; a phase that has not begun tells no more than the one before it."""
    now = moment(phases, today, all_in=all_in)
    place = list(phases).index(now.phase)
    before = phases[place - 1].names_hidden if place and now.standing is Standing.WAITING else False
    return now.phase.names_hidden or before


PLACE = "call.phases"
WHO = (Role.CASE_HANDLER,)


def _fault(code: str, phase: ReviewPhase | None = None, **parameters: str | int) -> Reason:
    named = {"phase": phase.name.nb} if phase else {}
    return Reason(code=code, parameters={**named, **parameters}, place=PLACE, who=WHO)


def phase_faults(phases: Sequence[ReviewPhase]) -> Iterator[Reason]:
    """What keeps phases from holding together: none at all, out of order, unnamed, or such that nobody could score."""
    if not phases:
        yield _fault("phases.none")
        return
    if len(phases) > MOST_PHASES:
        yield _fault("phases.too_many", most=MOST_PHASES)
    if any(count > 1 for count in Counter(each.key for each in phases).values()):
        yield _fault("phases.key_twice")
    if not any(each.may_score and each.applications != "none" for each in phases):
        yield _fault("phases.nobody_scores")
    latest: date | None = None
    for phase in phases:
        yield from _faults_of(phase, latest)
        latest = max(filter(None, (latest, phase.begins_on, phase.ends_on)), default=None)


def _faults_of(phase: ReviewPhase, latest: date | None) -> Iterator[Reason]:
    if phase.name.lacks():
        yield _fault("phases.name_missing", phase)
    if phase.begins_on and phase.ends_on and phase.ends_on < phase.begins_on:
        yield _fault("phases.ends_before_it_begins", phase)
    elif latest and any(day and day <= latest for day in (phase.begins_on, phase.ends_on)):
        yield _fault("phases.out_of_order", phase)
    if phase.may_change and not phase.may_score:
        yield _fault("phases.change_without_scoring", phase)


def _is_coming(phase: ReviewPhase, today: date) -> bool:
    return phase.begins_on is not None and phase.begins_on > today


def against_changing(before: Sequence[ReviewPhase], after: Sequence[ReviewPhase], today: date) -> Iterator[Reason]:
    """What keeps the phases of a published call from being changed so: it must harm nobody (G3).

    What has begun is what reviewers and offices rely on: it may last longer and show less, never the other way. What
    has a first day that is still to come is free.
    """
    begun = [each for each in before if not _is_coming(each, today)]
    kept = list(after)[: len(begun)]
    if [each.key for each in kept] != [each.key for each in begun]:
        yield _fault("phases.begun_must_stay")
        return
    for old, new in zip(begun, kept, strict=True):
        if new.begins_on != old.begins_on or _ends_sooner(old, new) or (old.may_score and not new.may_score):
            yield _fault("phases.only_longer", old)
        if _shows_more(old, new):
            yield _fault("phases.only_narrower", old)
    for phase in list(after)[len(begun) :]:
        if not _is_coming(phase, today):
            yield _fault("phases.new_must_come", phase)


def _ends_sooner(old: ReviewPhase, new: ReviewPhase) -> bool:
    if old.ends_on is None or new.ends_on is None:
        return old.ends_on != new.ends_on
    return new.ends_on < old.ends_on


_WIDTH = {"never": 0, "after_own": 1, "always": 2, "none": 0, "unfinished": 1, "assigned": 2}


def _shows_more(old: ReviewPhase, new: ReviewPhase) -> bool:
    return (
        (old.names_hidden and not new.names_hidden)
        or _WIDTH[new.others_reviews] > _WIDTH[old.others_reviews]
        or _WIDTH[new.applications] > _WIDTH[old.applications]
        or (new.may_change and not old.may_change)
    )


HIDDEN = "[…]"
"""What stands where a name is hidden, if nothing better is said."""

LEAST_PART = 3
"""Letters that a part of a name has at least to be taken for one."""


def parts_of(name: str) -> tuple[str, ...]:
    """The words of a name that tell who it is by themselves, as "Storfjord" in "Nav Balsfjord-Storfjord"."""
    return tuple(each for each in re.split(r"[\s\-–,./]+", name) if len(each) >= LEAST_PART and each != "Nav")


class Veil:
    """Puts HIDDEN in the place of names wherever they stand in a text."""

    def __init__(self, names: Iterable[str] = (), words: Iterable[str] = ()):
        """`names` are hidden wherever their letters stand, `words` where they stand as words with their capital."""
        whole = sorted({" ".join(each.split()) for each in names if each.strip()}, key=len, reverse=True)
        single = sorted({each for each in words if len(each) >= LEAST_PART} - {"Nav"}, key=len, reverse=True)
        parts = [rf"(?i:{_spaced(each)})" for each in whole]
        if single:
            parts.append(rf"(?<!\w)(?:{'|'.join(map(re.escape, single))})(?:s|’s|'s)?(?!\w)")
        self._pattern = re.compile("|".join(parts)) if parts else None

    @property
    def hides(self) -> bool:
        """Whether there is anything to hide."""
        return self._pattern is not None

    def text(self, text: str, instead: str = HIDDEN) -> str:
        """The text with these words instead of each name."""
        return self._pattern.sub(lambda _: instead, text) if self._pattern else text


def _spaced(name: str) -> str:
    return r"\s+".join(map(re.escape, name.split()))


def veil_for(units: Iterable[str], team: Iterable[str], others: Iterable[str] = (), *, own: str = "") -> Veil:
    """The veil over an applicant: its units and team by every part of their names, others of its people by their whole.

    Parts that the reader's `own` name has too are left: to hide them in it would tell what they share.
    """
    known = [*units, *team]
    bare = [each.removeprefix("Nav ") for each in units]
    words = {part for name in known for part in parts_of(name)} - set(parts_of(own))
    return Veil([*known, *bare, *others], words)
