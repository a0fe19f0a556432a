"""The trace of a project: from insight over finding, concept and change to benefit, walked both ways, and where it breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from workflows.engine import Reason
from workflows.project import STEPS, ProjectState
from workflows.project_gates import TEAM

S = ProjectState


class Layer(StrEnum):
    """What a trace is made of, each resting on the one before (S46)."""

    INSIGHT = "insight"
    FINDING = "finding"
    CONCEPT = "concept"
    CHANGE = "change"
    BENEFIT = "benefit"


LAYERS = tuple(Layer)

DUE_AFTER = {
    Layer.INSIGHT: S.DIAGNOSE_CLOSE, Layer.FINDING: S.PLATFORM_OPEN, Layer.CONCEPT: S.PLATFORM_CLOSE,
    Layer.CHANGE: S.PLATFORM_CLOSE,
}  # fmt: skip
"""The step in which what follows from a layer is made; when it is left, what leads nowhere is missed."""

MENDED_AT = {
    Layer.INSIGHT: "project.findings", Layer.FINDING: "project.concepts", Layer.CONCEPT: "project.changes",
    Layer.CHANGE: "project.benefits", Layer.BENEFIT: "benefit",
}  # fmt: skip


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a project has written down, with what it rests on in the layer before."""

    id: UUID
    layer: Layer
    text: str
    kind: str = ""
    """The kind of an insight, how well a finding is shown to hold, the state of a benefit."""
    rests_on: tuple[UUID, ...] = ()
    is_dropped: bool = False
    """Left behind: a concept that is not carried on, a benefit that was dropped. Nothing is missed of it."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the trace breaks: what is missing, and whether it should have been there by now."""

    entry_id: UUID
    reason: Reason
    is_due: bool


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of a project, each layer in the order it was written, with what follows from each."""

    entries: tuple[Entry, ...]
    follows: Mapping[UUID, tuple[UUID, ...]]
    gaps: tuple[Gap, ...]

    def around(self, entry_id: UUID) -> frozenset[UUID]:
        """An entry with all that it rests on and all that follows from it, however far; LookupError for an unknown one."""
        before = {entry.id: entry.rests_on for entry in self.entries}
        if entry_id not in before:
            raise LookupError(entry_id)
        return frozenset((*_reached(entry_id, before), *_reached(entry_id, self.follows)))

    def narrowed(self, entry_id: UUID) -> Trace:
        """The part of the trace that one entry stands in; LookupError for an unknown one."""
        kept = self.around(entry_id)

        def within(ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
            return tuple(each for each in ids if each in kept)

        return Trace(
            entries=tuple(
                msgspec.structs.replace(entry, rests_on=within(entry.rests_on))
                for entry in self.entries
                if entry.id in kept
            ),
            follows={each: within(self.follows[each]) for each in kept},
            gaps=tuple(gap for gap in self.gaps if gap.entry_id in kept),
        )


def _reached(start: UUID, steps: Mapping[UUID, tuple[UUID, ...]]) -> set[UUID]:
    found, ahead = {start}, [start]
    while ahead:
        for each in steps.get(ahead.pop(), ()):
            if each not in found:
                found.add(each)
                ahead.append(each)
    return found


def traced(entries: Sequence[Entry], state: str) -> Trace:
    """The trace that entries make, and its gaps as a project in that state has them.

    What an entry says it rests on counts only where it is there, and in the layer just before.
    """
    layer_of = {entry.id: LAYERS.index(entry.layer) for entry in entries}
    whole = [
        msgspec.structs.replace(
            entry,
            rests_on=tuple(
                dict.fromkeys(each for each in entry.rests_on if layer_of.get(each) == layer_of[entry.id] - 1)
            ),
        )
        for entry in sorted(entries, key=lambda entry: layer_of[entry.id])
    ]
    follows: dict[UUID, tuple[UUID, ...]] = {entry.id: () for entry in whole}
    for entry in whole:
        for each in entry.rests_on:
            follows[each] = (*follows[each], entry.id)
    return Trace(entries=tuple(whole), follows=follows, gaps=tuple(_gaps(whole, follows, state)))


def _gaps(entries: Sequence[Entry], follows: Mapping[UUID, tuple[UUID, ...]], state: str) -> Iterator[Gap]:
    known = {entry.id: entry for entry in entries}
    for entry in entries:
        if entry.is_dropped:
            continue
        if entry.layer != Layer.INSIGHT and not entry.rests_on:
            yield _gap(entry, "rests_on_nothing", is_due=True)
        if entry.layer == Layer.CONCEPT and entry.rests_on and _all_proposed(entry, known):
            yield _gap(entry, "rests_on_unproved", is_due=_is_left(S.DIAGNOSE_CLOSE, state))
        if entry.layer in DUE_AFTER and all(known[each].is_dropped for each in follows[entry.id]):
            yield _gap(entry, "leads_nowhere", is_due=_is_left(DUE_AFTER[entry.layer], state))


def _all_proposed(entry: Entry, known: Mapping[UUID, Entry]) -> bool:
    return all(known[each].kind == "proposed" for each in entry.rests_on)


def _gap(entry: Entry, what: str, *, is_due: bool) -> Gap:
    # what rests on nothing is tied where it stands in the trace, but for a benefit, whose profile names its change
    tied = what == "rests_on_nothing" and entry.layer != Layer.BENEFIT
    mended = (
        "project.trace_entry" if tied else "project.findings" if what == "rests_on_unproved" else MENDED_AT[entry.layer]
    )
    reason = Reason(code=f"trace.{entry.layer}_{what}", parameters={"id": str(entry.id)}, place=mended, who=TEAM)
    return Gap(entry_id=entry.id, reason=reason, is_due=is_due)


def _is_left(step: ProjectState, state: str) -> bool:
    """Whether a project in a state has left a step behind; in one that is stopped nothing is due any more."""
    after = {*STEPS[STEPS.index(step) + 1 :], S.CLOSING, S.CLOSED, S.ENDED}
    return state in after
