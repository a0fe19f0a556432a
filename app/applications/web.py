"""The pages of applications: those of the office that writes, and those of the case handlers that receive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import Parameter

from app.applications import invitation_pages, listing, queries
from app.applications.budget_pages import for_budget
from app.applications.changes import changes_of
from app.applications.checks import judgements_question
from app.applications.document import TEMPLATE, Document, application_document, receipt_document
from app.applications.facts import APPLICATION
from app.applications.forms import BENEFICIARIES, TEAM_ROLES
from app.applications.late import late_drafts
from app.applications.models import Application
from app.applications.presence import here
from app.applications.queries import ApplicationView, ReceiptRow, invitations_of
from app.applications.screening_pages import is_screened_by, screening_shown
from app.applications.similar import similar_page
from app.applications.writing import autosave, for_pages
from app.calls.queries import call_to_handle, call_to_handle_beside
from app.cases.queries import colleagues_of
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotFound
from app.core.questions import ask_together
from app.discussions.queries import Place, asked_about, discussed, place_beside, threads_question
from app.files.content import ACCEPT, KINDS
from app.files.queries import by_question, files_of, files_question
from app.files.uploading import limits_of
from app.reviews.phases import hidden_from
from app.reviews.queries import require_reading
from app.texts.pdf import pdf_from
from app.web.documents import as_pdf
from app.web.places import place
from app.web.visit import StepView, Visit
from workflows.application import (
    COMPLETE,
    ApplicationFacts,
    ApplicationState,
    advice,
    completion_is_late,
    in_time,
    leader_endorses,
)
from workflows.engine import Act
from workflows.forms.application import SECTIONS, THEMES
from workflows.forms.fields import is_empty
from workflows.forms.own import OWN
from workflows.returning import PARTS as PARTS_RETURNED
from workflows.returning import WRITTEN_IN, open_parts
from workflows.roles import Permission, permissions_of
from workflows.team import TeamMember, content_to_endorse, takes_part

PARTS = (*SECTIONS, OWN, "budget", "team", "benefits", "endorsement")
for name in (*PARTS, "steps", "unit", "extension"):
    place(f"application.{name}", f"/applications/{{case}}#{name}")


def lacking(facts: ApplicationFacts, act: Act) -> Counter[str]:
    """How many things each section lacks."""
    reasons = [reason for rule in COMPLETE for reason in rule.check(facts, act)]
    return Counter(reason.place.removeprefix("application.") for reason in reasons)


def is_asked(view: ApplicationView, facts: ApplicationFacts, part: str) -> bool:
    """Whether the call asks for that part: it may have no questions of its own, and no budget."""
    return {OWN: OWN in view.form.sections, "budget": facts.rules.budget.asked}.get(part, True)


def endorsed(facts: ApplicationFacts) -> bool:
    """Whether the leader's word covers what the application says now."""
    return not list(leader_endorses.check(facts, Act(now=facts.deadline, roles=frozenset())))


def said_by(member: TeamMember) -> str:
    """What a member has said of taking part, as it counts now: yes, no, other (to another role or other hours) or nothing."""
    if member.answer == "yes" and not takes_part(member):
        return "other"
    return member.answer or "nothing"


def endorsement_said(facts: ApplicationFacts, given: Sequence[Mapping[str, Any]], now: str) -> str:
    """How the leaders' word stands: endorsed, endorsed_by_one of several offices, or endorsement_outdated."""
    if endorsed(facts):
        return "endorsed"
    return "endorsed_by_one" if any(each["content"] == now for each in given) else "endorsement_outdated"


async def steps_shown(visit: Visit, view: ApplicationView, facts: ApplicationFacts) -> list[StepView]:
    """The steps with all that is missing for them, as far as the visitor is told of the state."""

    async def known(uow: UnitOfWork, row: Application) -> ApplicationFacts:
        return facts

    kind = replace(APPLICATION, facts=known)
    steps = await visit.steps(kind, view.application, view.case, view.roles)
    return [step for step in steps if not queries.is_masked(view) or step.verb in queries.UNMASKED_STEPS]


async def shown(visit: Visit, view: ApplicationView) -> dict[str, Any]:
    """What the pages of an application show beside the application itself; its facts are read once for all of it."""
    permissions = permissions_of(view.roles)
    facts = await APPLICATION.facts(visit.uow, view.application)
    steps = await steps_shown(visit, view, facts)
    open_to_change = view.application.state in WRITTEN_IN
    may_write = open_to_change and Permission.APPLICATION_WRITE in permissions
    named = view.application.returned_parts
    returned = {part: named[part] for part in PARTS_RETURNED if part in named}
    act = Act(now=visit.uow.now, roles=view.roles, person_id=visit.actor.person_id)
    missing = lacking(facts, act)
    to_endorse = content_to_endorse(facts.answers, facts.team, facts.partners, facts.budget)
    endorsements = queries.standing(view.endorsements, to_endorse)
    files = await files_of(visit.uow, visit.actor, view.case.id)
    return {
        **for_budget(visit.texts, facts.rules.budget, view.budget, view.team, view.cost_kinds),
        "view": view,
        "facts": facts,
        "row": view.application,
        "answers": facts.answers,
        "form_of": view.form,
        "asked": view.form.asked(facts.answers),
        "sections": view.form.sections,
        "parts": [(part, missing.get(part, 0)) for part in PARTS if is_asked(view, facts, part)],
        "may_write": may_write,
        "writes": may_write,
        "open_parts": open_parts(view.application.state, returned) if may_write else (),
        "parts_returned": returned,
        "returnable": [part for part in PARTS_RETURNED if is_asked(view, facts, part)],
        "was_returned": view.was_returned and not visit.uow.veils,
        "veiled": bool(visit.uow.veils),
        "partners": [] if visit.uow.veils else [partner.name for partner in facts.partners],
        "handles": Permission.APPLICATION_SCREEN in permissions,
        "may_ask_extension": Permission.APPLICATION_SUBMIT in permissions
        and (
            view.application.state == ApplicationState.RETURNED
            or (view.application.state == ApplicationState.DRAFT and bool(list(in_time.check(facts, act))))
        ),
        "completion_late": completion_is_late(facts.completion_until, act.now) and facts.is_returned,
        "may_endorse": open_to_change and Permission.APPLICATION_ENDORSE in permissions,
        "endorsed": endorsed(facts),
        "said": {str(member.id): said_by(member) for member in facts.team},
        "to_endorse": to_endorse,
        "endorsements": endorsements,
        "endorsement_said": f"applications.{endorsement_said(facts, endorsements, to_endorse)}",
        "own_place": next((each for each in view.team if each["person_id"] == str(visit.actor.person_id)), None),
        "sends": Permission.APPLICATION_SUBMIT in permissions and open_to_change,
        "invited": await invitations_of(visit.uow, view.case.id) if may_write else {},
        "advice": visit.missing(advice(facts), view.case.id),
        "steps": steps,
        "screens": Permission.APPLICATION_SCREEN in permissions
        and view.application.state == ApplicationState.SCREENING,
        "team_roles": TEAM_ROLES,
        "beneficiaries": BENEFICIARIES,
        "goals": facts.rules.benefits.goals,
        "completion_days": facts.rules.deadlines.completion_days,
        "colleagues": await colleagues_of(visit.uow, view.case.id) if may_write else [],
        "is_empty": is_empty,
        "of_office": Permission.APPLICATION_WRITE in permissions,
        **for_pages(visit, view),
        "files": [each for each in files if not each.key],
        "attached": by_question(files),
        "kinds": ", ".join(KINDS),
        "accept": ACCEPT,
        "file_limits": limits_of(visit.request.app.state.settings),
    }


def _identifier(text: str | None) -> UUID | None:
    """An identifier out of a filter; nothing where all were asked for, or for what is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


Words = Annotated[str, Parameter(query="q", max_length=100)]
Standing = Annotated[str | None, Parameter(query="state")]


@get("/applications", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def applications_page(
    visit: Visit, words: Words = "", standing: Standing = None, after: UUID | None = None
) -> Response[Any]:
    """Every application that the visitor may see."""
    inside = bool(visit.actor.scheme_roles & queries.INSIDE)  # to others the scheme's own states are not told
    chosen = standing if inside and standing in set(ApplicationState) else None
    hidden = await hidden_from(visit.uow, visit.actor)
    page = await listing.applications(visit.uow, visit.actor, state=chosen, words=words, after=after, hidden=hidden)
    return visit.render(
        "applications/applications.html", applications=page.rows, next=page.after, first=after, state=chosen,
        words=words, states=list(ApplicationState) if inside else [],
        may_apply=visit.actor.may(Permission.APPLICATION_CREATE),
    )  # fmt: skip


@get("/calls/{call_id:uuid}/applications", permission=Permission.APPLICATION_SCREEN, include_in_schema=False)
async def applications_of_call_page(
    visit: Visit, call_id: UUID, words: Words = "", standing: Standing = None, county: str | None = None,
    theme: str | None = None, handler: str | None = None, after: UUID | None = None,
) -> Response[Any]:  # fmt: skip
    """What has come in to one call, for those who handle it."""
    case, (counties, handlers) = await call_to_handle_beside(
        visit.uow, visit.actor, call_id, Permission.APPLICATION_SCREEN, *listing.choices()
    )
    chosen = standing if standing in set(ApplicationState) else None
    county_id, theme = _identifier(county), theme if theme in THEMES else None
    on_it: UUID | Literal["nobody"] | None = "nobody" if handler == "nobody" else _identifier(handler)
    page = await listing.applications(
        visit.uow, visit.actor, call_id=call_id, state=chosen, county_id=county_id, theme=theme, handler=on_it,
        words=words, after=after,
    )  # fmt: skip
    narrowed = {"q": words, "state": chosen, "county": county_id, "theme": theme, "handler": on_it}
    return visit.render(
        "applications/of_call.html", call=case, applications=page.rows, next=page.after, first=after, state=chosen,
        county=county_id, theme=theme, handler=on_it, words=words, themes=THEMES,
        states=[each for each in ApplicationState if each != ApplicationState.DRAFT],
        now=visit.uow.now, counties=counties, handlers=handlers,
        query=urlencode({name: value for name, value in narrowed.items() if value}),
    )  # fmt: skip


@get("/calls/{call_id:uuid}/late-drafts", permission=Permission.APPLICATION_SCREEN, include_in_schema=False)
async def late_drafts_page(visit: Visit, call_id: UUID) -> Response[Any]:
    """The drafts of a call that are late, for those who may give an office more time; nothing of what they say."""
    case = await call_to_handle(visit.uow, visit.actor, call_id, Permission.APPLICATION_SCREEN)
    drafts = await late_drafts(visit.uow, call_id)
    return visit.render(
        "applications/late_drafts.html", call=case, drafts=drafts,
        choices=[(row.id, f"{row.reference} {row.unit}") for row in drafts],
    )  # fmt: skip


@get("/applications/new", permission=Permission.APPLICATION_CREATE, include_in_schema=False)
async def new_application_page(visit: Visit, call: UUID | None = None) -> Response[Any]:
    """The form that begins an application."""
    if not visit.actor.may(Permission.APPLICATION_CREATE):
        raise NotAllowed
    return visit.render(
        "applications/new.html", calls=await queries.open_calls(visit.uow, visit.texts.language), chosen=call,
        units=await queries.unit_choices(visit.uow, visit.actor),
    )  # fmt: skip


@get("/applications/{application_id:uuid}", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def application_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """An application: its sections with what each lacks, and its steps with everything missing for them."""
    view = await queries.application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    await require_reading(visit.uow, visit.actor, view.case, view.roles)
    place = await place_beside(visit.uow, visit.actor, view.case, view.roles)
    await _ask(visit, view, place)
    context = await shown(visit, view)
    return visit.render(
        "applications/application.html", **context, events=await queries.events_shown(visit.uow, view),
        now=visit.uow.now,
        **await screening_shown(visit, view, context["facts"]),
        discussed=await discussed(visit.uow, visit.actor, place, visit.texts.language) if place else None,
    )  # fmt: skip


async def _ask(visit: Visit, view: ApplicationView, place: Place | None) -> None:
    """Have everything answered that the page of an application will ask about it for whoever reads; one statement."""
    questions = [files_question("application"), queries.events_question(visit.uow, view)]
    asked = {"case_id": view.case.id, "person_id": visit.actor.person_id}
    if is_screened_by(view):
        questions.append(judgements_question())
    if place is not None:
        questions.append(threads_question())
        asked |= asked_about(visit.actor, place)
    await ask_together(visit.uow, asked, *questions)


@get("/applications/{application_id:uuid}/print", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def print_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """An application to read from one end to the other, or on paper."""
    view = await queries.application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    await require_reading(visit.uow, visit.actor, view.case, view.roles)
    return visit.render("applications/print.html", **await shown(visit, view))


@get(
    "/applications/{application_id:uuid}/application.pdf",
    permission=Permission.APPLICATION_SEE,
    include_in_schema=False,
)
async def application_pdf(visit: Visit, application_id: UUID) -> Response[Any]:
    """The same as a PDF, without the names that are hidden from the visitor."""
    view = await queries.application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    await require_reading(visit.uow, visit.actor, view.case, view.roles)
    document = application_document(visit, await shown(visit, view))
    return await _on_paper(visit, document, f"{view.application.reference}.pdf")


async def _on_paper(visit: Visit, document: Document, name: str) -> Response[Any]:
    content = await pdf_from(TEMPLATE, visit.veiled(document), day_in_oslo(visit.uow.now))
    return as_pdf(content, name, document.language)


@get("/applications/{application_id:uuid}/changes", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def changes_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """What was changed since an application came back, old beside new; NotFound for one that never did."""
    view = await queries.application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    await require_reading(visit.uow, visit.actor, view.case, view.roles)
    found = await changes_of(visit.uow, view.application, view.form)
    if found is None or visit.uow.veils:  # who was in the team before would say who applies
        raise NotFound
    return visit.render(
        "applications/changes.html", row=view.application, found=found, form_of=view.form, is_empty=is_empty,
        questions={question.key: question for question in view.form.questions},
    )  # fmt: skip


@get("/applications/{application_id:uuid}/receipt", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def receipt_page(visit: Visit, application_id: UUID) -> Response[Any]:
    """What was received when, with the fingerprint of its content; NotFound before anything was sent."""
    view, receipts = await _received(visit, application_id)
    return visit.render("applications/receipt.html", view=view, row=view.application, receipts=receipts)


@get("/applications/{application_id:uuid}/receipt.pdf", permission=Permission.APPLICATION_SEE, include_in_schema=False)
async def receipt_pdf(visit: Visit, application_id: UUID) -> Response[Any]:
    """The receipt as a PDF; NotFound before anything was sent."""
    view, receipts = await _received(visit, application_id)
    facts = await APPLICATION.facts(visit.uow, view.application)
    partners = [partner.name for partner in facts.partners]
    name = f"{view.application.reference}-{visit.t('applications.receipt').lower()}.pdf"
    return await _on_paper(visit, receipt_document(visit, view, partners, receipts), name)


async def _received(visit: Visit, application_id: UUID) -> tuple[ApplicationView, list[ReceiptRow]]:
    view = await queries.application_view(visit.uow, visit.actor, application_id, visit.texts.language)
    await require_reading(visit.uow, visit.actor, view.case, view.roles)
    if not (receipts := await queries.receipts(visit.uow, application_id)):
        raise NotFound
    return view, receipts


ROUTES = [
    applications_page, applications_of_call_page, late_drafts_page, new_application_page, application_page, print_page,
    application_pdf, receipt_page, receipt_pdf, changes_page, similar_page, autosave, here, *invitation_pages.ROUTES,
]  # fmt: skip
