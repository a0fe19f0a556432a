"""The single door: every change of a state goes through here, and so does every change of a case's rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, SelectBase, Text, Uuid, bindparam, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.visitors import replacement_traverse

from app.audit.service import append, record
from app.cases.models import Case, Waiver
from app.cases.queries import Standing, remember, require, roles_from, standing_columns
from app.core.clock import day_in_oslo
from app.core.database import CASE, Stated, UnitOfWork
from app.core.errors import NotAllowed, NotFound, NotYet, Stale, invalid
from app.core.ids import new_id
from app.core.settled import settled
from app.identity.actor import Actor
from app.identity.models import Unit
from workflows.engine import Act, Lifecycle, Reason, Verdict, decide, options
from workflows.roles import GRANTS, Permission, Role

Row = TypeVar("Row", bound=Stated)


@dataclass(frozen=True)
class Subject(Generic[Row]):
    """A lifecycle bound to its table and to the way its facts are read."""

    lifecycle: Lifecycle
    table: type[Row]
    facts: Callable[[UnitOfWork, Row], Awaitable[Any]]
    case_id: str = "case_id"
    gathers: Callable[[], Select[Any]] | None = None
    """Asks for what its facts are made of beside the row, as one value, by ROW and CASE; then pages read it with the row."""
    keeps: Callable[[], Select[Any]] | None = None
    """Asks for the same where it is kept, for pages alone: what is decided is decided on what is gathered anew."""

    @property
    def name(self) -> str:
        """The subject's name, as in its lifecycle."""
        return self.lifecycle.subject

    def case_of(self, row: Row) -> UUID:
        """The id of the case that the row belongs to."""
        found: UUID = getattr(row, self.case_id)
        return found


SUBJECTS: dict[str, Subject[Any]] = {}


def subject(
    lifecycle: Lifecycle,
    table: type[Row],
    *,
    case_id: str = "case_id",
    gathers: Callable[[], Select[Any]] | None = None,
    keeps: Callable[[], Select[Any]] | None = None,
) -> Callable[[Callable[[UnitOfWork, Row], Awaitable[Any]]], Subject[Row]]:
    """Bind a function that reads the facts of a row into a subject for the door."""

    def bind(facts: Callable[[UnitOfWork, Row], Awaitable[Any]]) -> Subject[Row]:
        bound = Subject(lifecycle, table, facts, case_id, gathers, keeps)
        SUBJECTS[bound.name] = bound
        return bound

    return bind


@dataclass(frozen=True)
class Held(Generic[Row]):
    """A row whose case is locked by this unit of work, with the actor's roles towards it."""

    row: Row
    case: Case
    roles: frozenset[Role]
    beside: Sequence[Any] = ()
    """What else was asked to be read with the row."""


async def lock_case(uow: UnitOfWork, case_id: UUID) -> Case:
    """Be alone with a case until the transaction ends; a call before its applications, so that nobody waits in a ring."""
    case = await uow.session.scalar(
        select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFound
    uow.locked.add(case_id)
    return case


async def lock_register(uow: UnitOfWork, reference: str) -> Case | None:
    """Be alone with the case that holds the events of a register, made where there is none; None before any unit is."""
    case_id = await uow.session.scalar(select(Case.id).where(Case.reference == reference))
    if case_id is None:
        unit_id = await uow.session.scalar(select(Unit.id).order_by(Unit.kind != "directorate", Unit.number).limit(1))
        if unit_id is None:
            return None
        row = {"id": new_id(), "kind": "register", "reference": reference, "title": reference, "unit_id": unit_id}
        statement = insert(Case).values(**row, created_at=uow.now).on_conflict_do_nothing(index_elements=["reference"])
        await uow.session.execute(statement)
        case_id = await uow.session.scalar(select(Case.id).where(Case.reference == reference))
    assert case_id is not None
    return await lock_case(uow, case_id)


async def hold(
    uow: UnitOfWork,
    actor: Actor,
    kind: Subject[Row],
    row_id: UUID,
    permission: Permission | None = None,
    *,
    version: int | None = None,
    beside: tuple[ColumnElement[Any], ...] = (),
) -> Held[Row]:
    """Lock the row's case, read the row afresh, and check that the actor may see it, and do what `permission` names.

    Two statements: what is read must be read after the lock. `beside` are columns of the row's table, built once, that are
    read with it. Raises NotFound, NotAllowed, and Stale where `version` is not the row's.
    """
    case = await uow.session.scalar(_locking(kind), {"row_id": row_id})
    if case is None:
        raise NotFound
    uow.locked.add(case.id)
    asked = {"row_id": row_id, "case_id": case.id, "person_id": actor.person_id, "now": uow.now}
    found = (await uow.session.execute(_holding(kind, beside), asked)).first()
    if found is None:
        raise NotFound
    row: Row = found[0]
    read = len(found) - len(beside)
    roles = roles_from(actor, case, Standing(*found[1:read]))
    if permission is not None:
        require(case, roles, permission)
    if version is not None and version != row.version:
        raise Stale(typed_on=version, now_at=row.version)
    return Held(row, case, roles, found[read:])


ROW = bindparam("row_id", type_=Uuid())


@cache
def _locking(kind: Subject[Any]) -> Select[Case]:
    """The case of a row, locked; which case a row belongs to never changes."""
    belongs_to: Any = ROW
    if kind.case_id != "id":
        belongs_to = select(getattr(kind.table, kind.case_id)).where(kind.table.id == ROW).scalar_subquery()
    return select(Case).where(Case.id == belongs_to).with_for_update().execution_options(populate_existing=True)


@cache
def _holding(kind: Subject[Any], beside: tuple[ColumnElement[Any], ...]) -> Select[Any]:
    """A row with how the actor stands to its case."""
    statement = select(kind.table, *standing_columns(), *beside).where(kind.table.id == ROW)
    return statement.execution_options(populate_existing=True)


@dataclass(frozen=True)
class Seen(Generic[Row]):
    """The row of a case on a page, with the roles of whoever looks at it, and what else was read with it."""

    row: Row
    case: Case
    roles: frozenset[Role]
    gathered: Any
    """What its facts are made of."""
    beside: Sequence[Any]


async def see(
    uow: UnitOfWork, actor: Actor, kind: Subject[Row], row_id: UUID, permission: Permission, *beside: SelectBase
) -> Seen[Row]:
    """A row with its case, for a page that shows its steps; one statement.

    What the steps must know is read with it, and so is the one row of each of `beside`: statements that are built once,
    about ROW, its CASE, PERSON and NOW. Raises NotFound and NotAllowed as `require` does.
    """
    found = (await uow.session.execute(_seeing(kind, beside), _asked(uow, actor, row_id, row_id))).first()
    if found is None:
        raise NotFound
    case, row, gathered, *read = found
    roles = roles_from(actor, case, remember(uow, actor, case.id, read[:STANDING]))
    require(case, roles, permission)
    if uow.remembered is not None:
        uow.remembered[kind.name, row_id] = gathered
    return Seen(row, case, roles, gathered, read[STANDING:])


STANDING = len(Standing._fields)


def _asked(uow: UnitOfWork, actor: Actor | None, row_id: UUID, case_id: UUID) -> dict[str, Any]:
    person_id = actor.person_id if actor is not None else None
    today = day_in_oslo(uow.now)
    return {"row_id": row_id, "case_id": case_id, "person_id": person_id, "now": uow.now, "today": today}


@cache
def _seeing(kind: Subject[Any], beside: tuple[SelectBase, ...]) -> Select[Any]:
    """Each part is a table of one row: what it asks is not mixed up with what the others do."""
    gathers = kind.keeps or kind.gathers
    assert gathers is not None
    gathered, *others = (each.subquery() for each in (gathers(), *beside))
    belongs = getattr(kind.table, kind.case_id) == Case.id
    statement = select(Case, kind.table, *gathered.c, *standing_columns()).join(kind.table, belongs)
    for each in (gathered, *others):
        statement = statement.join(each, true())
    statement = statement.add_columns(*(column for each in others for column in each.c))
    if kind.case_id == "id":
        return settled(statement.where(Case.id == CASE))
    return _of_its_case(kind, settled(statement.where(kind.table.id == ROW)))


def _of_its_case(kind: Subject[Any], statement: Select[Any]) -> Select[Any]:
    """The statement about a ROW whose case is not known before it is read: what asks about CASE looks it up, once each."""
    row = aliased(kind.table)
    its_case = select(getattr(row, kind.case_id)).where(row.id == ROW).correlate(None).scalar_subquery()

    def looked_up(element: Any, **_: Any) -> Any:
        return its_case if isinstance(element, BindParameter) and element.key == CASE.key else None

    found: Any = replacement_traverse(statement, {}, looked_up)
    return cast(Select[Any], found)


async def gathered_for(uow: UnitOfWork, kind: Subject[Row], row: Row) -> Any:
    """What the facts of a row are made of; one statement, and none where a page has read it with the row."""
    known = uow.remembered.get((kind.name, row.id)) if uow.remembered is not None else None
    if known is not None:
        return known
    assert kind.gathers is not None
    return (await uow.session.execute(kind.gathers(), _asked(uow, None, row.id, kind.case_of(row)))).scalar_one()


async def waived_for(uow: UnitOfWork, kind: Subject[Row], row: Row) -> frozenset[str]:
    """The requirements that have been waived for the row."""
    known = uow.remembered.get(getattr(row, kind.case_id)) if uow.remembered is not None else None
    if known is not None:
        return frozenset(name for subject, about, name in known.waivers if (subject, about) == (kind.name, str(row.id)))
    return frozenset(await uow.session.scalars(_waived(), {"subject": kind.name, "subject_id": row.id}))


@cache
def _waived() -> Select[str]:
    return select(Waiver.requirement).where(
        Waiver.subject == bindparam("subject", type_=Text()), Waiver.subject_id == bindparam("subject_id", type_=Uuid())
    )


async def make(
    uow: UnitOfWork,
    actor: Actor,
    kind: Subject[Row],
    held: Held[Row],
    name: str,
    *,
    why: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Row:
    """Make a move: decide on fresh facts, write the state and the event, and let its effects follow.

    Raises NotAllowed where no role grants it, NotYet with everything that is missing.
    """
    row = held.row
    await uow.session.flush()
    facts = await kind.facts(uow, row)
    act = Act(now=uow.now, roles=held.roles, person_id=actor.person_id, why=why)
    verdict = decide(kind.lifecycle, name, row.state, facts, act, await waived_for(uow, kind, row))
    if not verdict.permitted:
        raise NotAllowed
    if verdict.unmet:
        raise NotYet(verdict.unmet, waivable=verdict.waivable, subject=kind.name, step=name, case_id=held.case.id)
    before, row.state = row.state, verdict.target
    row.version += 1
    await record(
        uow, actor, held.case, kind.name, row.id, name, from_state=before, to_state=verdict.target, why=why,
        changes={**(changes or {}), **({"waived": list(verdict.waived)} if verdict.waived else {})},
    )  # fmt: skip
    for effect in kind.lifecycle.move(name).effects:
        await uow.effects[effect](uow, actor, row)
    await uow.session.flush()
    return row


async def begin(
    uow: UnitOfWork,
    actor: Actor,
    kind: Subject[Row],
    case: Case,
    row: Row,
    *,
    verb: str = "create",
    changes: Mapping[str, Any] | None = None,
) -> Row:
    """Store a new row in its lifecycle's first state, with its event; the case must be locked."""
    row.state = kind.lifecycle.initial
    row.version = 1
    uow.session.add(row)
    await uow.session.flush()
    await record(uow, actor, case, kind.name, row.id, verb, to_state=row.state, changes=changes)
    return row


def begin_many(uow: UnitOfWork, kind: Subject[Row], rows: Sequence[Row]) -> None:
    """Begin many rows that make their first move at once (`make_many`), which writes the event of each."""
    for row in rows:
        row.state, row.version = kind.lifecycle.initial, 1
    uow.session.add_all(rows)


async def make_many(
    uow: UnitOfWork,
    actor: Actor,
    kind: Subject[Row],
    held: Held[Any],
    rows: Sequence[tuple[Row, Any, Mapping[str, Any]]],
    name: str,
) -> None:
    """Make the same move of many rows of a case, each with its facts and what its event says; a few statements for all.

    Every row is decided on by itself, as `make` does; the first that is refused takes all back. What was written is
    forgotten by the session, so that memory stays the same for any number. Moves with effects are made one by one.
    """
    if kind.lifecycle.move(name).effects:
        raise ValueError(f"what follows from {name!r} follows from each row by itself")
    act = Act(now=uow.now, roles=held.roles, person_id=actor.person_id)
    written: list[Any] = []
    for row, facts, changes in rows:
        verdict = decide(kind.lifecycle, name, row.state, facts, act, frozenset())
        if not verdict.permitted:
            raise NotAllowed
        if verdict.unmet:
            raise NotYet(verdict.unmet, subject=kind.name, step=name, case_id=held.case.id)
        before, row.state = row.state, verdict.target
        row.version += 1
        event = append(
            uow, actor, held.case, kind.name, row.id, name, from_state=before, to_state=verdict.target, changes=changes
        )
        written += (row, event)
    await uow.session.flush()
    for each in written:
        uow.session.expunge(each)


async def note(
    uow: UnitOfWork,
    actor: Actor,
    kind: Subject[Row],
    held: Held[Row],
    verb: str,
    *,
    why: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Row:
    """Record a change that leaves the state as it is: the version goes up and the event says what changed."""
    held.row.version += 1
    await uow.session.flush()
    await record(uow, actor, held.case, kind.name, held.row.id, verb, why=why, changes=changes)
    return held.row


async def touch(uow: UnitOfWork, held: Held[Row]) -> Row:
    """Let the version go up for a change whose event is recorded later, together with others of the same hand."""
    held.row.version += 1
    await uow.session.flush()
    return held.row


async def verdicts(
    uow: UnitOfWork, actor: Actor, kind: Subject[Row], row: Row, roles: frozenset[Role]
) -> tuple[Verdict, ...]:
    """The verdict on every move that leaves the row's state: what pages draw buttons and lists of missing things from.

    Where none does, nothing is asked: the facts of a row whose life is over are no matter.
    """
    if not any(row.state in each.sources for each in kind.lifecycle.moves):
        return ()
    act = Act(now=uow.now, roles=roles, person_id=actor.person_id)
    return options(kind.lifecycle, row.state, await kind.facts(uow, row), act, await waived_for(uow, kind, row))


async def waive(uow: UnitOfWork, actor: Actor, kind: Subject[Row], row_id: UUID, *, requirement: str, why: str) -> Row:
    """Waive a requirement for one row, with the reason; only where the rule is declared waivable by a role one holds.

    Whoever may see the case but not waive this is told whose it is, and that they tried is kept among the case's events.
    """
    held = await hold(uow, actor, kind, row_id, Permission.CASE_SEE)
    rules = {rule.name: rule for each in kind.lifecycle.moves for rule in each.requires}
    rule = rules.get(requirement)
    granted = not GRANTS[Permission.REQUIREMENT_WAIVE].isdisjoint(held.roles)
    if granted and (rule is None or rule.waivable_by is None):
        raise invalid("requirement", "waiver.not_waivable")
    if not granted or rule is None or rule.waivable_by not in held.roles:
        whose = rule.waivable_by if rule else None
        reason = Reason(code="waiver.not_waivable_by_you")
        if whose is not None:
            reason = Reason(code="waiver.not_yours", parameters={"role_key": f"role.{whose}"}, who=(whose,))
        changes = {"requirement": requirement if rule else ""}
        await record(uow, actor, held.case, kind.name, row_id, "waive_refused", why=why, changes=changes)
        uow.said_after = NotAllowed(reason)
        return held.row
    if not why.strip():
        raise invalid("why", "step.why_missing", move="waive")
    uow.session.add(
        Waiver(
            case_id=held.case.id, subject=kind.name, subject_id=row_id, requirement=requirement, why=why,
            given_by=actor.person_id, given_at=uow.now,
        )
    )  # fmt: skip
    return await note(uow, actor, kind, held, "waive", why=why, changes={"requirement": requirement})
