"""The verbs of assessing: give an application to somebody, declare, score, hand in, step aside, discuss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, update

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.calls.models import Criterion
from app.cases.models import CaseRole
from app.cases.queries import require
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import Held, begin, hold, make, note
from app.notices.service import tell
from app.reviews.facts import REVIEW, candidate, title_in
from app.reviews.group import in_the_group
from app.reviews.models import Discussion, Review, ReviewOpinion, Score
from app.reviews.phases import course_in, own_reviews
from app.reviews.queries import sight_towards
from app.reviews.veil import veil_over
from workflows.engine import Act, Reason
from workflows.review import REVIEW as LIFECYCLE
from workflows.review import ReviewState, against_assigning, may_have_an_opinion
from workflows.roles import Permission, Role
from workflows.rules import Rules


async def assign(uow: UnitOfWork, actor: Actor, *, case_id: UUID, reviewer_id: UUID) -> Review:
    """Give an application to somebody of the resource group to assess.

    Raises NotYet with each tie to the applicant, and where the application is not to be assessed now (G12).
    """
    held = await hold(uow, actor, APPLICATION, case_id, Permission.REVIEW_ASSIGN)
    if reviewer_id not in await in_the_group(uow, [reviewer_id]):
        raise invalid("reviewer_id", "reviews.not_in_the_group")
    return await give(uow, actor, held, reviewer_id, assigned_by=_person(actor))


async def give(
    uow: UnitOfWork,
    actor: Actor,
    held: Held[Application],
    reviewer_id: UUID,
    *,
    assigned_by: UUID,
    about: Mapping[str, Any] | None = None,
) -> Review:
    """Give a held application to somebody to assess; `assigned_by` hears how it goes. NotYet with what is against it.

    The event says `about` too, such as whom they come in place of.
    """
    case_id = held.case.id
    reasons = against_assigning(await candidate(uow, actor, held.row, reviewer_id))
    if reasons:
        raise NotYet(reasons, subject="review", step="assign", case_id=case_id)
    review = Review(case_id=case_id, reviewer_id=reviewer_id, assigned_by=assigned_by, assigned_at=uow.now)
    await begin(
        uow, actor, REVIEW, held.case, review, verb="assign", changes={"reviewer": reviewer_id, **(about or {})}
    )
    uow.session.add(CaseRole(case_id=case_id, person_id=reviewer_id, role=Role.REVIEWER, valid_from=uow.now))
    await tell(
        uow, [reviewer_id], "review_assigned", case_id=case_id, parameters={"reference": held.case.reference},
        link=f"/reviews/{review.id}",
    )  # fmt: skip
    return review


async def declare(
    uow: UnitOfWork,
    actor: Actor,
    review_id: UUID,
    *,
    impartial: bool,
    declaration: str = "",
    version: int | None = None,
) -> Review:
    """Declare that one is impartial; only then does the application open (G11)."""
    held = await hold(uow, actor, REVIEW, review_id, Permission.REVIEW_WRITE, version=version)
    if not impartial:
        raise invalid("impartial", "reviews.not_ticked")
    review = held.row
    review.declaration, review.declared_at, review.declared_by = declaration, uow.now, actor.person_id
    return await make(uow, actor, REVIEW, held, "declare", changes={"declaration": declaration})


async def end(uow: UnitOfWork, actor: Actor, held: Held[Review], verb: str, why: str) -> Review:
    """Let a review end before or after its time; its reviewer takes no part in the case from now on."""
    review = await make(uow, actor, REVIEW, held, verb, why=why)
    review.ended_why, review.ended_at = why, uow.now
    await uow.session.execute(
        update(CaseRole)
        .where(
            CaseRole.case_id == review.case_id, CaseRole.person_id == review.reviewer_id,
            CaseRole.role == Role.REVIEWER, CaseRole.valid_to.is_(None),
        )
        .values(valid_to=uow.now)
    )  # fmt: skip
    await uow.session.flush()
    return review


async def recuse(uow: UnitOfWork, actor: Actor, review_id: UUID, *, why: str, version: int | None = None) -> Review:
    """Step aside from a case one cannot assess, with the reason; one sees no more of it (G14)."""
    held = await hold(uow, actor, REVIEW, review_id, Permission.REVIEW_WRITE, version=version)
    review = await end(uow, actor, held, "recuse", why)
    held.case.stepped_aside = [*held.case.stepped_aside, review.reviewer_id]
    await tell(
        uow, [review.assigned_by], "review_recused", case_id=review.case_id,
        parameters={"reference": held.case.reference, "name": actor.name},
        link=f"/applications/{review.case_id}/assessment",
    )  # fmt: skip
    return review


async def void(uow: UnitOfWork, actor: Actor, review_id: UUID, *, why: str, version: int | None = None) -> Review:
    """Let a review count no more, for something found out late; somebody else can be given the application."""
    held = await hold(uow, actor, REVIEW, review_id, Permission.REVIEW_ASSIGN, version=version)
    review = await end(uow, actor, held, "void", why)
    if any(each.names_hidden for each in (await course_in(uow, review.case_id)).phases):
        why = (await veil_over(uow, review.case_id)).text(why)
    await tell(
        uow, [review.reviewer_id], "review_voided", case_id=review.case_id,
        parameters={"reference": held.case.reference, "why": why}, link="/reviews",
    )  # fmt: skip
    return review


async def _held_for_scoring(uow: UnitOfWork, actor: Actor, review_id: UUID, verb: str) -> Held[Review]:
    """A review that is being written: begun now if it has not been; NotYet with what keeps one from scoring.

    One's own that has ended meanwhile is said to have ended, rather than to be nowhere: what was typed is one's own.
    """
    held = await hold(uow, actor, REVIEW, review_id)
    if held.row.state in LIFECYCLE.final and held.row.reviewer_id == actor.person_id:
        ended = Reason(code="review.wrong_state", parameters={"state": held.row.state, "move": verb})
        raise NotYet([ended], subject="review", step=verb, case_id=held.case.id)
    require(held.case, held.roles, Permission.REVIEW_WRITE)
    if held.row.state == ReviewState.DECLARED:
        await make(uow, actor, REVIEW, held, "start")
        return held
    facts = await REVIEW.facts(uow, held.row)
    act = Act(now=uow.now, roles=held.roles, person_id=actor.person_id)
    missing = [reason for rule in LIFECYCLE.move("start").requires for reason in rule.check(facts, act)]
    if held.row.state != ReviewState.STARTED and not missing:
        missing.append(Reason(code="review.wrong_state", parameters={"state": held.row.state, "move": verb}))
    if missing:
        raise NotYet(missing, subject="review", step=verb, case_id=held.case.id)
    return held


async def score(
    uow: UnitOfWork, actor: Actor, review_id: UUID, *, criterion_id: UUID, value: int | None = None, reason: str = "",
    typed_on: int | None = None,
) -> Review:  # fmt: skip
    """Give a criterion a score and a reason, as often as one likes until the review is handed in (G9).

    Raises Stale where something else has been written since the version that it was typed on.
    """
    held = await _held_for_scoring(uow, actor, review_id, "score")
    criterion, rules = await _criterion(uow, held.case.id, criterion_id)
    limits = rules.reviews
    if value is not None and not limits.lowest <= value <= limits.highest:
        title = title_in(criterion.texts, criterion.key, actor.language)
        about: dict[str, str | int] = {"name": title, "lowest": limits.lowest, "highest": limits.highest}
        raise Invalid({"value": Reason(code="review.score_off_scale", parameters=about)})
    refuse_identity_numbers(reason=reason)
    row = await uow.session.scalar(
        select(Score).where(Score.review_id == review_id, Score.criterion_id == criterion_id)
    )
    if row is None:
        row = Score(case_id=held.case.id, review_id=review_id, criterion_id=criterion_id, reason="", version=0)
    if (row.value, row.reason) == (value, reason):
        return held.row
    _refuse_stale(typed_on, row.version)
    uow.session.add(row)
    row.value, row.reason, row.version = value, reason, row.version + 1
    changes = {"criterion": criterion.key, "value": value, "reason": reason}
    return await note(uow, actor, REVIEW, held, "score", changes=changes)


async def _criterion(uow: UnitOfWork, case_id: UUID, criterion_id: UUID) -> tuple[Criterion, Rules]:
    row = (
        await uow.session.execute(
            select(Criterion, Application.rules)
            .join(Application, Application.call_id == Criterion.call_id)
            .where(Application.id == case_id, Criterion.id == criterion_id)
        )
    ).first()
    if row is None:
        raise NotFound
    return row[0], msgspec.convert(row[1], Rules)


def _refuse_stale(typed_on: int | None, now_at: int) -> None:
    if typed_on is not None and typed_on != now_at:
        raise Stale(typed_on=typed_on, now_at=now_at)


async def write_summary(
    uow: UnitOfWork, actor: Actor, review_id: UUID, *, typed_on: int | None = None, **answers: str
) -> Review:
    """Say something about the application as a whole; Stale where it was written in another window meanwhile."""
    held = await _held_for_scoring(uow, actor, review_id, "write_summary")
    refuse_identity_numbers(**answers)
    summary = {key: text for key, text in answers.items() if text}
    if summary == held.row.summary:
        return held.row
    _refuse_stale(typed_on, held.row.summary_version)
    held.row.summary, held.row.summary_version = summary, held.row.summary_version + 1
    return await note(uow, actor, REVIEW, held, "write_summary", changes=summary)


async def submit(
    uow: UnitOfWork, actor: Actor, review_id: UUID, *, version: int | None = None, why: str = ""
) -> Review:
    """Hand the review in; from now on it stands, and others' can be read."""
    held = await hold(uow, actor, REVIEW, review_id, Permission.REVIEW_WRITE)
    if held.row.state == ReviewState.SUBMITTED and held.row.reviewer_id == actor.person_id:
        return held.row  # a double click hands in once
    if version is not None and version != held.row.version:
        raise Stale(typed_on=version, now_at=held.row.version)
    held.row.submitted_at = uow.now
    return await make(uow, actor, REVIEW, held, "submit", why=why)


async def take_back(
    uow: UnitOfWork, actor: Actor, review_id: UUID, *, version: int | None = None, why: str = ""
) -> Review:
    """Take one's review back to change it, where the phase allows it; until it is in again others' are closed to one."""
    held = await hold(uow, actor, REVIEW, review_id, Permission.REVIEW_WRITE, version=version)
    held.row.submitted_at = None
    return await make(uow, actor, REVIEW, held, "take_back", why=why)


async def give_opinion(uow: UnitOfWork, actor: Actor, review_id: UUID, *, opinion: str, why: str) -> Review:
    """Say whether one agrees with another's review, and why; later it may be said otherwise.

    NotFound for a review that one may not see, one's own among them: on that nobody has an opinion.
    """
    held = await hold(uow, actor, REVIEW, review_id)
    own = (await own_reviews(uow, actor)).get(held.case.id)
    seen = await sight_towards(uow, actor, held.case, held.roles)
    if own is None or not may_have_an_opinion(
        is_own=held.row.reviewer_id == actor.person_id, own_state=own.state, review_state=held.row.state,
        sees_others=seen.others,
    ):  # fmt: skip
        raise NotFound
    require(held.case, held.roles, Permission.REVIEW_WRITE)
    refuse_identity_numbers(why=why)
    row = await uow.session.get(ReviewOpinion, (review_id, actor.person_id))
    if row is None:
        row = ReviewOpinion(review_id=review_id, person_id=_person(actor))
        uow.session.add(row)
    row.agrees, row.why, row.given_at = opinion == "agree", why, uow.now
    await tell(
        uow, [held.row.reviewer_id], "review_opinion", case_id=held.case.id, link=f"/reviews/{review_id}",
        parameters={"reference": held.case.reference},
    )  # fmt: skip
    return await note(uow, actor, REVIEW, held, "give_opinion", changes={"opinion": opinion})


async def write_discussion(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, criterion_id: UUID, text: str
) -> Discussion:
    """Write down what the reviewers came to about a criterion they disagreed on (G10)."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_MEET)
    criterion, _ = await _criterion(uow, application_id, criterion_id)
    refuse_identity_numbers(text=text)
    row = await uow.session.scalar(
        select(Discussion).where(Discussion.case_id == application_id, Discussion.criterion_id == criterion_id)
    )
    if row is None:
        row = Discussion(case_id=application_id, criterion_id=criterion_id)
        uow.session.add(row)
    row.text, row.written_by, row.written_at = text, _person(actor), uow.now
    await note(uow, actor, APPLICATION, held, "write_discussion", changes={"criterion": criterion.key, "text": text})
    return row


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


async def hold_meeting(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Call the applicant to a clarification meeting, once as many reviews are in as the rules ask for."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_MEET, version=version)
    return await make(uow, actor, APPLICATION, held, "hold_meeting", why=why)


async def reopen_review(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None, why: str = ""
) -> Application:
    """Go back to assessing, with the reason."""
    held = await hold(uow, actor, APPLICATION, application_id, Permission.APPLICATION_MEET, version=version)
    return await make(uow, actor, APPLICATION, held, "reopen_review", why=why)
