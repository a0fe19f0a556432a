"""A project from its acceptance through the three diamonds to its end, one act for each gate."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.activities import service as activities
from app.activities.models import Change, Concept, Finding, Insight, InsightActivity
from app.applications.models import PositiveDeviance
from app.cases.models import Case
from app.clarifications import renewing
from app.clarifications import service as clarifications
from app.clarifications.models import Clarification
from app.conference import service as programme
from app.conference.models import ProgrammeItem
from app.demo import benefiting
from app.demo.acting import Acting
from app.demo.invented import clarification_of, marked, story
from app.demo.report import CONFERENCE, CONFERENCE_ON, TOPICAL
from app.facilitation import service as facilitation
from app.gatherings import service as gatherings
from app.gatherings.models import Gathering
from app.knowledge import service as knowledge
from app.knowledge.models import SharedExperience
from app.milestones import service as milestones
from app.milestones.models import Milestone
from app.payments import service as payments
from app.payments.models import Payment
from app.projects import service as projects
from app.projects.budget import budget_per_kind
from app.projects.models import Project
from app.projects.steps import STEPS
from app.reports import service as reports
from app.reports.models import Report
from workflows.accounts import spent_key
from workflows.authority import CHECKS
from workflows.calendar import from_oslo
from workflows.clarification_template import GIVEN
from workflows.gathering import Presence
from workflows.money import divided
from workflows.rules import DEFAULT_RULES

FACILITATOR = "facilitator_one"
SERIES_OF_TEAM = ("module_1", "gathering_1", "gathering_2", "module_2", "gathering_3", "module_3")
"""What an office signs up for as it starts."""


async def arrange_gatherings(
    act: Acting, call_id: UUID, first_on: date, conference_on: date = date(*CONFERENCE_ON)
) -> None:
    """The cohort of a call: the scheme's series, the topical gatherings beside it, and the conference."""
    (title,) = await act.rows(select(Case.title).where(Case.id == call_id))
    cohort = await act("case_handler", gatherings.begin_series, call_id=call_id, name=title, first_on=first_on)
    between = (conference_on - first_on) / (len(TOPICAL) + 1)
    days = [first_on + (between * place) for place in range(1, len(TOPICAL) + 1)]
    rows = [*zip(TOPICAL, days, strict=True), (("conference", CONFERENCE, "experiences"), conference_on)]
    for (key, name, artefact), day in rows:
        starts_at = from_oslo(datetime.combine(day, time(9)))
        is_conference = key == "conference"
        await act("case_handler", gatherings.arrange, cohort_id=cohort.id, key=key, title=name, starts_at=starts_at,
                  kind="conference" if is_conference else "gathering", ends_at=starts_at + timedelta(hours=6),
                  audience=("employee",) if is_conference else ("coordinator", "core_team"), artefact=artefact)  # fmt: skip


async def register_facilitators(act: Acting) -> None:
    """The resource group of the pilot: three facilitators with hours to give, all of them invented."""
    for who, methods in (
        ("facilitator_one", ("service_design", "positive_deviance")), ("facilitator_two", ("service_design",)),
        ("facilitator_three", ("evaluation", "benefits_realisation", "systemic_design")),
    ):  # fmt: skip
        await act("method_owner", facilitation.register, person_id=act.person(who), capacity_hours=400, methods=methods)


async def staff(act: Acting, case_id: UUID) -> None:
    """The resource group asks a facilitator, who accepts."""
    row = await act("case_handler", facilitation.assign, case_id=case_id, person_id=act.person(FACILITATOR), hours=50)
    await act(FACILITATOR, facilitation.accept, row.id)


async def clarify(act: Acting, case_id: UUID, office: str, *, gate: str = "start", agreeing: int | None = None) -> None:
    """Everybody's expectations, agreed by both sides; only the first `agreeing` of them where that is given."""
    statement = select(Clarification).where(Clarification.case_id == case_id, Clarification.gate == gate)
    rows = await act.rows(statement.order_by(Clarification.role, Clarification.id))
    if not any(row.role == "facilitator" for row in rows):
        await act(f"{office}.coordinator", clarifications.add, case_id=case_id, gate=gate, role="facilitator",
                  person_id=act.person(FACILITATOR), outside_name="")  # fmt: skip
        rows = await act.rows(statement.order_by(Clarification.role, Clarification.id))
    names = {person.id: key for key, person in act.world.people.items()}
    for row in rows[:agreeing]:
        begun = {name: getattr(row, name) for name in GIVEN}
        texts = {**begun, **clarification_of(office, row.role)}
        released = row.role in DEFAULT_RULES.clarifications.released
        more: dict[str, Any] = {"released_hours": HOURS_PER_WEEK} if released else {}
        if row.renews_id:
            more["renewal_note"] = story(office).learning
        await act(f"{office}.coordinator", clarifications.write, row.id, hours_per_week=HOURS_PER_WEEK, version=None,
                  **more, **texts)  # fmt: skip
        proposed = await act(f"{office}.coordinator", clarifications.propose, row.id)
        await act(names[row.person_id], clarifications.agree_office, row.id, text_hash=proposed.text_hash)
        if released:
            await act(f"{office}.leader", clarifications.agree_leader, row.id, text_hash=proposed.text_hash)
        await act("case_handler", clarifications.agree_scheme, row.id, text_hash=proposed.text_hash)


HOURS_PER_WEEK = 4


async def renew_clarifications(act: Acting, case_id: UUID, office: str) -> None:
    """Everybody in a role that is renewed clarifies anew before the implementation, from what was agreed last."""
    await act(f"{office}.coordinator", renewing.renew, case_id, gate="close_diamond_2")
    await clarify(act, case_id, office, gate="close_diamond_2")


async def date_milestones(act: Acting, case_id: UUID, office: str, days: dict[str, date]) -> None:
    """A date for every milestone."""
    for row in await act.rows(select(Milestone).where(Milestone.case_id == case_id).order_by(Milestone.key)):
        await act(f"{office}.coordinator", milestones.set_due, row.id, due_on=days[row.key])


async def plan_steps(act: Acting, case_id: UUID, office: str, start: date, days: dict[str, date]) -> None:
    """The days of each step, laid between the milestones."""
    week = timedelta(days=7)
    for name, first, last in (
        ("diagnose_open", start, days["M1"] - week), ("diagnose_close", days["M1"] - week, days["M1"]),
        ("platform_open", days["M1"], days["M2"]), ("platform_close", days["M2"], days["M4"]),
        ("implement_open", days["M4"], days["M5"] + week), ("implement_close", days["M5"] + week, days["M6"]),
    ):  # fmt: skip
        await act(f"{office}.coordinator", projects.plan_step, case_id, step=name, planned_from=first, planned_to=last)


async def reach(act: Acting, case_id: UUID, office: str, *keys: str, paid: bool = True) -> None:
    """Milestones reported with evidence and approved; what hangs on them is certified, approved and paid."""
    for row in await act.rows(
        select(Milestone).where(Milestone.case_id == case_id, Milestone.key.in_(keys)).order_by(Milestone.key)
    ):
        if row.state == "planned":
            await act("system", _fall_due, row.id)
        await act(f"{office}.coordinator", milestones.report, row.id, evidence=marked(office, "Se prosjektsiden."))
        await act("decision_maker" if row.approved_by_role == "decision_maker" else "case_handler"
                  if row.approved_by_role == "case_handler" else "method_owner", milestones.approve, row.id)  # fmt: skip
        for payment in await act.rows(select(Payment).where(Payment.milestone_id == row.id)):
            if paid:
                await act("certifier", payments.certify, payment.id)
                await act("decision_maker", payments.approve, payment.id, checks=CHECKS)
                await act("certifier", payments.register_paid, payment.id, reference=f"DEMO-{str(payment.id)[-12:]}")


async def _fall_due(uow, actor, milestone_id):  # type: ignore[no-untyped-def]
    """The clock's own step."""
    return await milestones.fall_due(uow, milestone_id)


async def sign_up(act: Acting, case_id: UUID, office: str, keys: tuple[str, ...]) -> None:
    """The office signs its team up for gatherings and modules."""
    for row in await act.rows(_gatherings(await _call_of(act, case_id), keys)):
        await act(f"{office}.coordinator", gatherings.register_team, case_id, gathering_id=row.id)


async def take_part(act: Acting, case_id: UUID, office: str, keys: tuple[str, ...]) -> None:
    """The facilitator notes who of the office came to gatherings and modules that have been."""
    for row in await act.rows(_gatherings(await _call_of(act, case_id), keys)):
        led = row.kind == "module"
        for who in ("leader", "coordinator") if led else ("coordinator", "counsellor", "job_specialist"):
            await act(FACILITATOR, gatherings.note_presence, row.id, person_id=act.person(f"{office}.{who}"),
                      presence=Presence.CAME)  # fmt: skip


async def _call_of(act: Acting, case_id: UUID) -> UUID:
    (call_id,) = await act.rows(select(Project.call_id).where(Project.id == case_id))
    found: UUID = call_id
    return found


def _gatherings(call_id: UUID, keys: tuple[str, ...]) -> Select[Any]:
    statement = select(Gathering).where(Gathering.call_id == call_id, Gathering.key.in_(keys))
    return statement.order_by(Gathering.starts_at)


async def step(act: Acting, case_id: UUID, office: str, name: str) -> None:
    """One step of the project, by the one who takes it."""
    await act("case_handler" if name in ("close", "end") else f"{office}.coordinator", STEPS[name], case_id)


async def explore_diagnosis(act: Acting, case_id: UUID, office: str) -> None:
    """Insight from all three parties, and what we do when we succeed, in rank."""
    by = f"{office}.coordinator"
    told = story(office)
    for party, method, count, heard in (
        ("user", "in_depth_interview", 3, told.from_users), ("employee", "in_depth_interview", 3, told.from_employees),
        ("partner", "workshop", 8, told.from_partners),
    ):  # fmt: skip
        row = await act(by, activities.add_insight_activity, case_id, method=method, party=party,
                        held_on=act.at.date() - timedelta(days=1), participants=count, about=told.need)  # fmt: skip
        await act(by, activities.add_insight, case_id, activity_id=row.id, kind="need", text=heard)
    for deviance in await act.rows(
        select(PositiveDeviance).where(PositiveDeviance.case_id == case_id).order_by(PositiveDeviance.rank)
    ):
        await act(by, activities.add_success_statement, case_id, text=deviance.text)


async def define_diagnosis(act: Acting, case_id: UUID, office: str) -> None:
    """Findings validated, the challenge picture, the statement confirmed on the insight, and everybody behind it."""
    by = f"{office}.coordinator"
    insights = await act.rows(select(Insight.id).where(Insight.case_id == case_id))
    held = (await act.rows(select(InsightActivity.id).where(InsightActivity.case_id == case_id)))[0]
    told = story(office)
    finding = await act(by, activities.add_finding, case_id, text=told.finding, insight_ids=tuple(insights))
    await act(by, activities.validate_finding, case_id, finding_id=finding.id, activity_id=held, status="validated")
    await act(by, projects.write_text, case_id, kind="challenge_picture", text=told.challenge)
    async with act.database.reading() as uow:
        statement = (await uow.session.get_one(Case, case_id)).title
    await act(by, projects.rewrite_statement, case_id, text=statement, basis_text=told.finding, insight_ids=tuple(insights),
              why="Bekreftet etter innsiktsarbeidet")  # fmt: skip
    await sign(act, case_id, office, ("team", "leader", "affected_party"))


async def sign(act: Acting, case_id: UUID, office: str, sides: tuple[str, ...]) -> None:
    """The sides stand behind the close of a diamond."""
    who = {"team": f"{office}.coordinator", "leader": f"{office}.leader", "affected_party": f"{office}.coordinator"}
    for side in sides:
        await act(who[side], projects.sign_off, case_id, side=side, text="Vi står bak dette")


async def explore_platform(act: Acting, case_id: UUID, office: str) -> None:
    """The team has been at gatherings 1 and 2; ideas, and a concept checked against each positive deviance."""
    by = f"{office}.coordinator"
    await take_part(act, case_id, office, ("gathering_1", "gathering_2"))
    told = story(office)
    for text in told.ideas:
        await act(by, activities.add_idea, case_id, text=text)
    finding = (await act.rows(select(Finding.id).where(Finding.case_id == case_id)))[0]
    concept = await act(by, activities.add_concept, case_id, title=told.concept,
                        description=told.concept_text, kinds=("service", "organisation"), finding_ids=(finding,))  # fmt: skip
    await act(by, activities.choose_concept, case_id, concept_id=concept.id, why_chosen=told.works_because)
    for deviance in await act.rows(select(PositiveDeviance).where(PositiveDeviance.case_id == case_id)):
        await act(by, activities.check_deviance, case_id, concept_id=concept.id, deviance_id=deviance.id, answer="yes",
                  comment="")  # fmt: skip


async def place_concept(act: Acting, case_id: UUID, office: str) -> None:
    """The three questions of the system map answered for the concept."""
    (concept,) = await act.rows(select(Concept.id).where(Concept.case_id == case_id))
    told = story(office)
    for kind, category, sign, text in (
        ("location", "procedure", 1, told.practice), ("benefit", "competence", 1, told.learning),
        ("consequence", "partner_cooperation", -1, told.consequence),
    ):  # fmt: skip
        await act(f"{office}.coordinator", activities.place_concept, case_id, concept_id=concept, kind=kind,
                  category=category, sign=sign, node_id=None, text=text)  # fmt: skip


async def plan_implementation(act: Acting, case_id: UUID, office: str, target_on: date) -> None:
    """Everything that closes diamond 2."""
    await place_concept(act, case_id, office)
    await benefiting.describe(act, case_id, office, baseline_on=act.at.date() - timedelta(days=20))
    await benefiting.target(act, case_id, office, target_on)
    await benefiting.approve_plan(act, case_id, office)
    await benefiting.forecast(act, case_id, office, target_on)
    await renew_clarifications(act, case_id, office)
    await act(
        f"{office}.coordinator", projects.write_text, case_id, kind="anchoring_plan", text=story(office).anchoring
    )
    await take_part(act, case_id, office, ("module_2",))
    await sign(act, case_id, office, ("team", "leader"))


async def implement(act: Acting, case_id: UUID, office: str) -> None:
    """A pilot tried, the change gone live, the first measurement in."""
    by = f"{office}.coordinator"
    (concept,) = await act.rows(select(Concept.id).where(Concept.case_id == case_id))
    today = act.at.date()
    await act(by, activities.add_pilot, case_id, concept_id=concept, from_on=today - timedelta(days=15), to_on=today,
              participants=12, outcome=story(office).pilot)  # fmt: skip
    (change,) = await act.rows(select(Change.id).where(Change.case_id == case_id))
    await act(by, activities.go_live, case_id, change_id=change, live_on=today)


async def share(act: Acting, case_id: UUID, office: str) -> None:
    """The presentation at the experience conference, and what was learnt."""
    (call_id,) = await act.rows(select(Project.call_id).where(Project.id == case_id))
    conference = (
        await act.rows(select(Gathering.id).where(Gathering.call_id == call_id, Gathering.kind == "conference"))
    )[0]
    by = f"{office}.coordinator"
    await act(by, knowledge.share_experience, case_id, title="Arbeidet vårt, erfaringer og læring",
              text=story(office).learning, gathering_id=conference)  # fmt: skip
    (experience,) = await act.rows(select(SharedExperience.id).where(SharedExperience.case_id == case_id))
    (held,) = await act.rows(select(Gathering).where(Gathering.id == conference))
    placed = await act.rows(select(ProgrammeItem.id).where(ProgrammeItem.gathering_id == conference))
    await act("case_handler", programme.place_presentation, conference, experience_id=experience,
              starts_at=held.starts_at + timedelta(minutes=20 * len(placed)), lasts_minutes=20)  # fmt: skip
    await act(by, knowledge.add_learning_point, case_id, text=story(office).learning, for_whom="Veiledere",
              conditions=story(office).conditions)  # fmt: skip
    await sign(act, case_id, office, ("team", "leader"))


async def report(act: Acting, case_id: UUID, office: str, *, spent_ore: int, returned_ore: int) -> None:
    """The final report with accounts per kind of cost, approved by two; what is left comes back and is registered."""
    told = story(office)
    async with act.database.reading() as uow:
        budget = await budget_per_kind(uow, case_id)
    spent = divided(spent_ore, [each.awarded_ore for each in budget])
    (final,) = await act.rows(select(Report.id).where(Report.case_id == case_id, Report.kind == "final"))
    said: dict[str, dict[str, Any]] = {
        "results": {"results": told.pilot, "changed_practice": told.pilot},
        "learning": {"what_worked": told.learning, "for_whom": "Veiledere", "conditions": told.conditions},
        "deviations": {"as_planned": "yes"},
        "accounts": {
            **{spent_key(each.cost_kind): ore for each, ore in zip(budget, spent, strict=True)},
            "own_hours": 260,
            "returned_ore": returned_ore,
        },
    }
    for section, answers in said.items():
        await act(f"{office}.coordinator", reports.save, final, section=section, **answers)
    await act(f"{office}.leader", reports.submit, final)
    await act("case_handler", reports.approve, final)
    await act("decision_maker", projects.approve_accounts, case_id)
    (payment, *_) = await act.rows(
        select(Payment.id)
        .where(Payment.case_id == case_id, Payment.state == "paid")
        .order_by(Payment.amount_ore.desc())
    )
    await act("certifier", payments.register_return, payment, amount_ore=returned_ore,
              why="Ubrukt ved sluttrapporten")  # fmt: skip
