"""A case from its call to its project, through the pages alone: each of its people at a browser of their own."""

from __future__ import annotations

from datetime import datetime, timedelta

from playwright.async_api import Browser

from tests.applications_under_way import ALL_HOLD
from tests.journeys.conftest import Site, Visitor, visitor

ANSWERS = {
    "problem": {
        "problem_statement": "Hvordan kan vi møte ungdom slik at de blir i jobben?",
        "background": "Mange slutter.",
    },
    "need": {"whose_need": ("user",), "user_group": "Ungdom", "need": "Noen å snakke med den første tiden."},
    "basis": {"basis": ("own_experience",), "basis_experience": "Vi ser det hver uke."},
    "what_works": {"what_makes_it_work": "Vi ringer etter første arbeidsdag."},
    "do_nothing": {"do_nothing": "De slutter, og vi begynner på nytt."},
    "ambition": {"ambition": "renew", "risk": "medium"},
    "plan": {
        "plan": "Innsikt, utprøving, innføring.",
        "amount_ore": "400000",
        "hours": "60",
        "anchoring": "Lederen er med.",
    },
    "cooperation": {"has_partners": "no"},
}


def clock(days: int) -> str:
    """A moment as a field of a page takes it."""
    return f"{datetime.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


async def test_from_a_call_to_a_project(chromium: Browser, empty: Site) -> None:
    handler = await visitor(chromium, empty, "case_handler")
    call = await _write_the_call(handler)

    coordinator = await visitor(chromium, empty, "klepp_time.coordinator")
    application = await _apply(coordinator, call, empty)
    member = await visitor(chromium, empty, "klepp_time.counsellor")
    await member.go(application)
    await member.follow("Svar på om du deltar")
    await member.send("/take_part", answer="yes", expects="Svaret er lagret.")
    leader = await visitor(chromium, empty, "klepp_time.leader")
    await leader.go(application)
    await leader.send("/endorse")
    await coordinator.go(application)
    await coordinator.send("/submit", expects="Kvittering")

    await handler.go(application)
    await handler.send("/begin_screening")
    await handler.send("/judge", **ALL_HOLD)
    await handler.send("/find_complete")
    for who in ("reviewer_one", "reviewer_two"):
        await handler.go(f"{application}/assessment")
        await handler.send("/reviews/assign", reviewer_id=str(empty.world.people[who].id))
        await _review(chromium, empty, who)

    await handler.go(application)
    await handler.send("/hold_meeting")
    await _meet(handler, leader, f"{application}/meeting")
    await _decide(handler, await visitor(chromium, empty, "decision_maker"), application)

    await leader.go(application)
    await leader.send("/accept")
    project = application.replace("applications", "projects")
    await leader.go(project)
    missing = await leader.page.locator("#step-start .missing-list li").count()
    assert missing >= 5, "the start gate says all that is missing"
    await _staff(handler, await visitor(chromium, empty, "facilitator_one"), project, empty)
    await leader.go(project)
    assert await leader.page.locator("#step-start .missing-list li").count() < missing


async def _write_the_call(handler: Visitor) -> str:
    """A call in three languages, published and open; its address."""
    await handler.go("/calls/new")
    await handler.send("/calls/create", title="Innovasjonsplattformen")
    call = handler.page.url.removeprefix(handler.site.address).split("#")[0]
    await handler.send("/write_dates", opens_at=clock(20), deadline=clock(10))
    assert await handler.page.locator(".aksel-error-message").count(), "a deadline before the opening is refused"
    await handler.go(call)
    await handler.send("/write_dates", opens_at=clock(-1), deadline=clock(30))
    await handler.send("/write_frame", frame_ore="1000000", facilitation_hours="200")
    for place, title in enumerate(("Plattformen", "Plattforma", "The platform")):
        texts = {name: f"{title}: {name}." for name in ("purpose", "target_group", "attainment", "award", "follow_up")}
        await handler.send("/write_text", nth=place, title=title, **texts, evaluation=f"{title}.")
    await handler.send("/publish")
    await handler.send("/open")
    return call


async def _apply(coordinator: Visitor, call: str, site: Site) -> str:
    """A draft with everything but the leader's word; its address."""
    await coordinator.go("/applications/new?call=" + call.rsplit("/", 1)[1])
    await coordinator.send("/applications/create")
    application = coordinator.page.url.removeprefix(site.address).split("#")[0]
    await coordinator.send("/save_answers", nth=6, **{**ANSWERS["plan"], "amount_ore": "-5"})  # type: ignore[arg-type]
    assert await coordinator.page.locator(".aksel-error-message").count(), "a negative sum is refused"
    assert await coordinator.page.locator('[name="amount_ore"]').input_value() == "-5", "what was typed is kept"
    await coordinator.go(application)
    starts_on = f"{datetime.now() + timedelta(days=120):%Y-%m-%d}"
    for place, answers in enumerate(ANSWERS.values()):
        more = {"starts_on": starts_on} if "plan" in answers else {}
        await coordinator.send("/save_answers", nth=place, **answers, **more)  # type: ignore[arg-type]
    await coordinator.send("/add_deviance", text="Vi ringer etter første arbeidsdag.")
    await coordinator.send("/add_benefit", title="Flere blir i jobben", beneficiaries=("citizen",), goal="more_in_work")
    for who, role in (("leader", "leader"), ("coordinator", "coordinator"), ("counsellor", "core_team")):
        person = str(site.world.people[f"klepp_time.{who}"].id)
        await coordinator.send("/add_member", person_id=person, role=role, weekly_hours="5")
    return application


async def _review(chromium: Browser, site: Site, who: str) -> None:
    """Declared, scored and handed in."""
    reviewer = await visitor(chromium, site, who)
    await reviewer.go("/reviews")
    await reviewer.page.locator("main table a").first.click()
    await reviewer.look()
    await reviewer.send("/declare", impartial="true")
    for place in range(await reviewer.page.locator('form[action$="/score"]').count()):
        await reviewer.send("/score", nth=place, value="4", reason="Søknaden viser dette tydelig nok.")
    await reviewer.send("/submit")
    await reviewer.page.context.close()


async def _meet(handler: Visitor, leader: Visitor, meeting: str) -> None:
    await handler.go(meeting)
    await handler.send("/add_agenda_item", question="Hvem følger opp målingene?")
    await handler.send("/propose_times", first_at=clock(3), second_at=clock(4))
    await leader.go(meeting)
    await leader.send("/answer_time", nth=1)
    await handler.go(meeting)
    await handler.send("/plan_meeting", expects="Flytt møtet")
    await leader.go(meeting)
    assert "Hvem følger opp målingene?" in await leader.page.locator("#agenda").inner_text()
    await handler.send(
        "/record_minutes", held_at=clock(0), participants="Alle", minutes="Vi snakket om tid og forankring."
    )
    await handler.send("/answer_agenda_item", answer="Koordinatoren måler hver måned.")
    await leader.go(meeting)
    await leader.send("/confirm_minutes")
    await handler.go(meeting)
    await handler.send("/confirm_minutes")


async def _decide(handler: Visitor, decider: Visitor, application: str) -> None:
    """Recommended by one, decided by another, and told in a letter."""
    await handler.go(f"{application}/assessment")
    await handler.send("/decisions/prepare")
    decision = application.replace("/applications/", "/decisions/")
    await handler.go(decision)
    await handler.send("/declare_impartial", impartial="true")
    await handler.send(
        "/recommend", outcome="awarded", amount_ore="400000", hours="60", reasons="Åpen problemstilling."
    )
    await decider.go(decision)
    await decider.send("/declare_impartial", impartial="true")
    await decider.send("/decide", checks=("authority", "cover", "prudence"))
    await handler.go(decision)
    await handler.send("/release")
    await handler.go(f"{application}/letter")


async def _staff(handler: Visitor, facilitator: Visitor, project: str, site: Site) -> None:
    """A facilitator asked, who says yes."""
    person = str(site.world.people["facilitator_one"].id)
    await handler.go("/facilitation")
    await handler.send("/facilitators/register", person_id=person, capacity_hours="300", methods=("service_design",))
    await handler.go(f"{project}/facilitators")
    await handler.send("/facilitator-assignments/assign", person_id=person, hours="60")
    await facilitator.go(project)
    await facilitator.send("/accept")
