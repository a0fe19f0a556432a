"""What the rules must know about an application, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, column, func, or_, select, table

from app.applications.models import (
    Application,
    BudgetLine,
    Endorsement,
    ExpectedBenefit,
    Judgement,
    PositiveDeviance,
    TeamMember,
)
from app.calls.models import Call, CallForm
from app.cases.models import CaseUnit
from app.core.database import CASE, TODAY, Instant, UnitOfWork
from app.core.listed import listed
from app.core.questions import told
from app.files.queries import answered_by_files
from app.identity.models import Unit
from app.moves import gathered_for, subject
from workflows import application as rules_of
from workflows import budget, reconsideration
from workflows.application import ApplicationFacts, ApplicationState
from workflows.forms.own import form_of
from workflows.judging import Judged, counts
from workflows.roles import Role
from workflows.rules import Rules
from workflows.team import Partner
from workflows.team import TeamMember as TeamMemberFact

# named here without their rooms, which come after this one
REVIEWS = table("reviews", column("case_id"), column("state"))
JOINED = "joined"
"""The part that an office has in a case that it joined."""
DECISIONS = table("decisions", column("id"), column("case_id"), column("state"), column("outcome"))
LETTERS = table(
    "letters", column("id"), column("case_id"), column("released_at", Instant), column("reconsideration_id"),
    column("replaces_id"),
)  # fmt: skip
REQUESTS = table(
    "reconsiderations", column("id"), column("case_id"), column("state"), column("letter_id"),
    column("told_at", Instant),
)  # fmt: skip


def latest_outcome(case_id: Any, what: Any = LETTERS.c.id) -> Any:
    """The first letter about the latest outcome of an application: not its corrections, nor answers to a request."""
    return (
        select(what)
        .where(LETTERS.c.case_id == case_id, LETTERS.c.reconsideration_id.is_(None), LETTERS.c.replaces_id.is_(None))
        .order_by(LETTERS.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def letter_released_at(case_id: Any) -> Any:
    """When the letter about the latest outcome of an application was released; nothing while it waits or there is none."""
    return latest_outcome(case_id, LETTERS.c.released_at)


class Gathered(msgspec.Struct, frozen=True):
    """What the statement brings."""

    call_state: str
    opens_at: datetime
    deadline: datetime
    unit_eligible: bool
    deviances: list[Any]
    team: list[Any]
    benefits: list[Any]
    endorsed_content: str | None
    partners: list[Any]
    judged: list[Any]
    reviews_submitted: int
    recommended: bool
    decided_outcome: str | None
    letter_released_at: datetime | None
    request_open: bool
    request_granted: bool
    request_answered_at: datetime | None
    questions: list[Any] | None
    files: list[Any]
    budget: list[Any]
    cost_kinds: list[str]


def questions_of(call_id: Any, version: Any) -> Any:
    """The questions of a call's own in one version, as they are kept; nothing where it has none."""
    return select(CallForm.questions).where(CallForm.call_id == call_id, CallForm.number == version).scalar_subquery()


def with_files(answers: Mapping[str, Any], files: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """The answers with those that are files: the ids of the files under the keys of their questions."""
    found = dict(answers)
    for each in files:
        found.setdefault(each["key"], []).append(each["id"])
    return found


def deviances_of(case_id: Any) -> Any:
    """The positive deviances of an application by rank, as one value."""
    row = PositiveDeviance
    return listed(
        select(row.id).where(row.case_id == case_id),
        {"id": row.id, "rank": row.rank, "text": row.text},
        row.rank,
        row.id,
    )


def team_of(case_id: Any) -> Any:
    """The team of an application in the order it was made, as one value."""
    row = TeamMember
    columns = {
        "id": row.id, "person_id": row.person_id, "name": row.name, "email": row.email, "role": row.role,
        "weekly_hours": row.weekly_hours, "answer": row.answer, "answered_at": row.answered_at,
        "answered_for": row.answered_for,
    }  # fmt: skip
    return listed(select(row.id).where(row.case_id == case_id), columns, row.id)


def benefits_of(case_id: Any) -> Any:
    """The expected benefits of an application in the order they were written, as one value."""
    row = ExpectedBenefit
    columns = {
        "id": row.id, "title": row.title, "description": row.description, "beneficiaries": row.beneficiaries,
        "goal": row.goal, "how_noticed": row.how_noticed,
    }  # fmt: skip
    return listed(select(row.id).where(row.case_id == case_id), columns, row.id)


def budget_of(case_id: Any) -> Any:
    """The lines of an application's budget in the order they were written, as one value."""
    row = BudgetLine
    columns = {
        "id": row.id, "cost_kind": row.cost_kind, "description": row.description, "amount_ore": row.amount_ore,
        "bearer": row.bearer, "year": row.year,
    }  # fmt: skip
    return listed(select(row.id).where(row.case_id == case_id), columns, row.id)


def budget_fact(lines: Iterable[Any]) -> tuple[budget.BudgetLine, ...]:
    """The lines of a budget as the rules know them."""
    return tuple(msgspec.convert(each, budget.BudgetLine) for each in lines)


def judged_of(case_id: Any) -> Any:
    """The latest answer to each thing that is judged of an application, and when it was given, as one value."""
    later = Judgement.__table__.alias("later_judgement")
    newer = (
        select(later.c.id)
        .where(later.c.case_id == Judgement.case_id, later.c.key == Judgement.key, later.c.number > Judgement.number)
        .correlate(Judgement)
        .exists()
    )
    columns = {"key": Judgement.key, "holds": Judgement.holds, "judged_at": Judgement.judged_at}
    return listed(select(Judgement.id).where(Judgement.case_id == case_id, ~newer), columns, Judgement.key)


PartnerUnit = Unit.__table__.alias("partner_unit")


def partners_of(case_id: Any) -> Any:
    """The offices that joined an application, by name, each with what its leader last endorsed, as one value."""
    endorsed = (
        select(Endorsement.content)
        .where(Endorsement.case_id == CaseUnit.case_id, Endorsement.unit_id == PartnerUnit.c.id)
        .order_by(Endorsement.id.desc())
        .limit(1)
        .correlate(PartnerUnit, CaseUnit)
        .scalar_subquery()
    )
    joined = select(PartnerUnit.c.id).join(CaseUnit, CaseUnit.unit_id == PartnerUnit.c.id)
    columns = {"unit_id": PartnerUnit.c.id, "name": PartnerUnit.c.name, "content": endorsed}
    return listed(joined.where(CaseUnit.case_id == case_id, CaseUnit.part == JOINED), columns, PartnerUnit.c.name)


def partner_fact(row: Any) -> Partner:
    """An office that joined an application as the rules know one."""
    return Partner(unit_id=UUID(str(row["unit_id"])), name=row["name"], endorsed_content=row["content"])


def gathered_columns(case_id: Any, call_id: Any, form_version: Any, today: Any) -> tuple[Any, ...]:
    """What the facts of an application are made of, beside its own row; the statement joins its call and its unit."""
    endorsed = (
        select(Endorsement.content)
        .where(Endorsement.case_id == case_id, or_(Endorsement.unit_id.is_(None), Endorsement.unit_id == Unit.id))
        .order_by(Endorsement.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    submitted = (
        select(func.count())
        .select_from(REVIEWS)
        .where(REVIEWS.c.case_id == case_id, REVIEWS.c.state == "submitted")
        .scalar_subquery()
    )
    decisions = select(DECISIONS.c.outcome).where(DECISIONS.c.case_id == case_id)
    recommended = decisions.where(DECISIONS.c.state == "recommended").exists()
    outcome = (
        decisions.where(DECISIONS.c.state.in_(("decided", "released")))
        .order_by(DECISIONS.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    eligible = and_(
        Unit.kind == "office", Unit.valid_from <= today, or_(Unit.valid_to.is_(None), Unit.valid_to > today)
    )
    requests = select(REQUESTS.c.id).where(REQUESTS.c.case_id == case_id)
    request_open = requests.where(REQUESTS.c.state.in_(list(reconsideration.OPEN))).exists()
    granted = requests.where(
        REQUESTS.c.state.in_(list(reconsideration.GRANTED)), REQUESTS.c.letter_id == latest_outcome(REQUESTS.c.case_id)
    ).exists()
    answered_at = select(func.max(REQUESTS.c.told_at)).where(REQUESTS.c.case_id == case_id).scalar_subquery()
    return (
        Call.state, Call.opens_at, Call.deadline, eligible, deviances_of(case_id), team_of(case_id),
        benefits_of(case_id), endorsed, partners_of(case_id), judged_of(case_id), submitted, recommended, outcome,
        letter_released_at(case_id), request_open, granted, answered_at,
        questions_of(call_id, form_version), answered_by_files(case_id),
        budget_of(case_id), Call.cost_kinds,
    )  # fmt: skip


@cache
def _gathers() -> Select[Any]:
    """The one statement behind the facts; building it takes longer than running it, so it is built once."""
    columns = gathered_columns(CASE, Application.call_id, Application.call_form_version, TODAY)
    gathered = told(Gathered, dict(zip(Gathered.__struct_fields__, columns, strict=True)))
    return (
        select(gathered)
        .select_from(Application)
        .join(Call, Call.id == Application.call_id)
        .join(Unit, Unit.id == Application.unit_id)
        .where(Application.id == CASE)
    )


def member_fact(row: Any) -> TeamMemberFact:
    """A member of the team as the rules know one."""
    return TeamMemberFact(
        id=UUID(str(row["id"])),
        name=row["name"],
        role=Role(row["role"]) if row["role"] else None,
        weekly_hours=row["weekly_hours"],
        person_id=UUID(str(row["person_id"])) if row["person_id"] else None,
        answer=row["answer"] or "",
        answered_for=row["answered_for"] or "",
    )


@subject(rules_of.APPLICATION, Application, case_id="id", gathers=_gathers)
async def APPLICATION(uow: UnitOfWork, row: Application) -> ApplicationFacts:
    """The facts of an application."""
    return facts_of(row, await gathered_for(uow, APPLICATION, row))


def judged_fact(row: Application, each: Any) -> Judged:
    """An answer as the rules know one."""
    still_counts = counts(datetime.fromisoformat(each["judged_at"]), row.submitted_at, row.treated_anew_at)
    return Judged(key=each["key"], holds=each["holds"], still_counts=still_counts)


def facts_of(row: Application, found: Gathered) -> ApplicationFacts:
    """The facts of an application out of its row and what was gathered beside it."""
    return ApplicationFacts(
        rules=msgspec.convert(row.rules, Rules),
        call_state=found.call_state,
        opens_at=found.opens_at,
        deadline=found.deadline,
        unit_eligible=found.unit_eligible,
        answers=with_files(row.answers, found.files),
        form=form_of(found.questions),
        deviances=tuple(rules_of.PositiveDeviance(rank=each["rank"], text=each["text"]) for each in found.deviances),
        team=tuple(map(member_fact, found.team)),
        benefits=tuple(
            rules_of.ExpectedBenefit(
                id=UUID(each["id"]),
                title=each["title"],
                beneficiary=", ".join(each["beneficiaries"]),
                goal=each["goal"],
            )
            for each in found.benefits
        ),
        endorsed_content=found.endorsed_content,
        budget=budget_fact(found.budget),
        cost_kinds=tuple(found.cost_kinds),
        extended_until=row.extended_until,
        completion_until=row.completion_until,
        is_returned=row.state == ApplicationState.RETURNED,
        returned_parts=tuple(row.returned_parts),
        partners=tuple(map(partner_fact, found.partners)),
        judged=tuple(judged_fact(row, each) for each in found.judged),
        is_joined=row.joined_into is not None,
        reviews_submitted=found.reviews_submitted,
        recommended=found.recommended,
        decided_outcome=found.decided_outcome,
        letter_released_at=found.letter_released_at,
        request_open=found.request_open,
        request_granted=found.request_granted,
        request_answered_at=found.request_answered_at,
        first_round=frozenset(row.first_round),
    )
