"""Sending good stories in, moderating them, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from app.applications.models import PositiveDeviance
from app.benefits.models import Benefit
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.queries import people_with_role
from app.moves import Held, begin, hold, make
from app.notices.service import tell
from app.projects.facts import PROJECT
from app.stories import queries
from app.stories.facts import STORY
from app.stories.models import EvaluationTheme, Story
from workflows.roles import Permission, Role
from workflows.story import against_story, signed_as


async def _about(uow: UnitOfWork, case_id: UUID, about: UUID) -> tuple[UUID | None, UUID | None]:
    """The benefit or the positive deviance of the project with that id; Invalid where it has none such."""
    benefit = select(Benefit.id).where(Benefit.id == about, Benefit.case_id == case_id, Benefit.is_practice.is_(False))
    deviance = select(PositiveDeviance.id).where(PositiveDeviance.id == about, PositiveDeviance.case_id == case_id)
    found = (await uow.session.scalar(benefit), await uow.session.scalar(deviance))
    if found == (None, None):
        raise invalid("about", "form.unknown")
    return found


def _refuse(title: str, text: str, linked: int, names_people: bool, consent: str) -> None:
    faults = dict(against_story(linked=linked, names_people=names_people, consent=consent))
    if faults:
        raise Invalid(faults)
    refuse_identity_numbers(title=title, text=text, consent=consent)


async def send_story(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, title: str, text: str, about: UUID, names_people: bool = False,
    consent: str = "",
) -> Story:  # fmt: skip
    """Send in a good story; it is signed with one's role in the project, and read by the resource group first (S36, S60)."""
    held = await hold(uow, actor, PROJECT, case_id, Permission.STORY_SEND)
    role = signed_as(held.roles)
    if role is None or actor.person_id is None:
        raise NotAllowed
    benefit_id, deviance_id = await _about(uow, case_id, about)
    _refuse(title, text, 1, names_people, consent)
    row = Story(
        case_id=case_id, written_by=actor.person_id, role=role, sent_at=uow.now, title=title, text=text,
        benefit_id=benefit_id, deviance_id=deviance_id, names_people=names_people, themes=[],
        consent=consent.strip() if names_people else "",
    )  # fmt: skip
    await begin(uow, actor, STORY, held.case, row, verb="send", changes={"title": title})
    await tell(
        uow, await people_with_role(uow, Role.CASE_HANDLER), "story_sent", case_id=case_id, parameters={"title": title},
        link=f"/stories/{row.id}", mail=False,
    )  # fmt: skip
    return row


async def resend(
    uow: UnitOfWork, actor: Actor, story_id: UUID, *, title: str, text: str, about: UUID, names_people: bool = False,
    consent: str = "", version: int | None = None,
) -> Story:  # fmt: skip
    """Send a story in again, as it reads after it was returned."""
    held = await hold(uow, actor, STORY, story_id, Permission.STORY_SEND, version=version)
    benefit_id, deviance_id = await _about(uow, held.case.id, about)
    _refuse(title, text, 1, names_people, consent)
    row = await make(uow, actor, STORY, held, "resend", changes={"title": title})
    row.title, row.text, row.benefit_id, row.deviance_id = title, text, benefit_id, deviance_id
    row.names_people, row.consent = names_people, consent.strip() if names_people else ""
    row.sent_at, row.why_returned = uow.now, ""
    await uow.session.flush()
    return row


async def publish(
    uow: UnitOfWork, actor: Actor, story_id: UUID, *, themes: Sequence[str] = (), version: int | None = None
) -> Story:
    """Publish a story, coded with themes: every employee can read it from now on, with the role only."""
    held = await hold(uow, actor, STORY, story_id, Permission.STORY_MODERATE, version=version)
    known = {theme.key for theme in await queries.themes(uow)}
    if unknown := set(themes) - known:
        raise invalid("themes", "form.not_a_choice", unknown=len(unknown))
    if not themes:
        raise invalid("themes", "story.theme_missing")
    held.row.themes = sorted(set(themes))
    row = await make(uow, actor, STORY, held, "publish", changes={"title": held.row.title, "themes": held.row.themes})
    row.published_at = uow.now
    await _tell_writer(uow, held, "story_published")
    return row


async def return_story(
    uow: UnitOfWork, actor: Actor, story_id: UUID, *, version: int | None = None, why: str = ""
) -> Story:
    """Send a story back to whoever wrote it, with the reason."""
    return await _back(uow, actor, story_id, "return", version, why)


async def take_down(
    uow: UnitOfWork, actor: Actor, story_id: UUID, *, version: int | None = None, why: str = ""
) -> Story:
    """Take a published story down, with the reason; its writer may send it in again."""
    return await _back(uow, actor, story_id, "take_down", version, why)


async def _back(uow: UnitOfWork, actor: Actor, story_id: UUID, verb: str, version: int | None, why: str) -> Story:
    held = await hold(uow, actor, STORY, story_id, Permission.STORY_MODERATE, version=version)
    refuse_identity_numbers(why=why)
    row = await make(uow, actor, STORY, held, verb, why=why, changes={"title": held.row.title})
    row.why_returned, row.published_at = why, None
    await _tell_writer(uow, held, "story_returned", why=why)
    return row


async def _tell_writer(uow: UnitOfWork, held: Held[Story], code: str, **parameters: str) -> None:
    await tell(
        uow, [held.row.written_by], code, case_id=held.case.id, parameters={"title": held.row.title, **parameters},
        link=f"/stories/{held.row.id}",
    )  # fmt: skip


async def withdraw(
    uow: UnitOfWork, actor: Actor, story_id: UUID, *, version: int | None = None, why: str = ""
) -> Story:
    """Take a story back for good, as when somebody who is named in it no longer consents; nobody can read it any more."""
    held = await hold(uow, actor, STORY, story_id, Permission.STORY_SEND, version=version)
    refuse_identity_numbers(why=why)
    row = await make(uow, actor, STORY, held, "withdraw", why=why, changes={"title": held.row.title})
    row.published_at = None
    return row


async def add_theme(uow: UnitOfWork, actor: Actor, *, nb: str, nn: str, en: str) -> EvaluationTheme:
    """Add a theme to the coding list, in three languages (S61)."""
    if actor.person_id is None or not actor.may(Permission.STORY_MODERATE):
        raise NotAllowed
    taken = select(EvaluationTheme.id).where(func.lower(EvaluationTheme.nb) == nb.lower())
    if await uow.session.scalar(taken):
        raise invalid("nb", "story.theme_taken")
    row = EvaluationTheme(nb=nb, nn=nn, en=en, added_by=actor.person_id, added_at=uow.now)
    uow.session.add(row)
    await uow.session.flush()
    return row
