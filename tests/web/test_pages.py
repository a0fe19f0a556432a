"""The frame and the pieces of the pages, as HTML."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

import html5lib
import pytest

from app.identity.actor import Actor
from app.texts.i18n import LANGUAGES
from app.web.forms import FormState
from app.web.templates import FOLDER, environment_for
from tests.web import samples

Draw = Callable[..., str]
NOBODY = Actor(person_id=None, name="")
STATUSES = (400, 401, 403, 404, 409, 413, 422, 429, 500, 503)


def parsed(page: str) -> Element:
    """The page as a tree; a fault in its HTML raises."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(page)
    return root


def words(element: Element) -> str:
    """All the text in an element, its spaces as one."""
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("refused", [False, True], ids=["fresh", "refused"])
def test_the_examples_are_valid_in_every_language(draw: Draw, language: str, refused: bool) -> None:
    more = {"form": samples.refused()} if refused else {}
    root = parsed(draw("layout/examples.html", language=language, **more))
    assert root.get("lang") == language
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids)), "every id once"
    for each in root.iter():
        for name in ("aria-labelledby", "aria-describedby", "for"):
            for target in (each.get(name) or "").split():
                assert target in ids, f"{name} points to {target}, which is not there"
    assert len(list(root.iter("h1"))) == 2, "the page's own and the letter's"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_refused_is_told_where_its_form_stands_no_longer(draw: Draw, language: str) -> None:
    told = {"gone": ("gone", False), "here": ("write", True)}
    for verb, stands in told.values():
        state = FormState(verb, {"why": ["Kontoen finnes <ikke>"], "version": ["3"]}, message="…", stale=True)
        root = parsed(draw("layout/examples.html", language=language, form=state))
        found = [each for each in root.iter("section") if each.get("id") == "not-taken"]
        assert bool(found) is not stands
        if found:
            assert "Kontoen finnes <ikke>" in words(found[0]), "it can be copied"
            assert not any(each.text == "3" for each in found[0].iter()), "what no person typed is not shown"
            assert "…" not in words(found[0]), "nobody is told to save again what cannot be saved"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
def test_every_error_says_what_to_do(draw: Draw, status: int, language: str) -> None:
    root = parsed(
        draw(
            f"errors/{status}.html", language=language, actor=NOBODY, missing=samples.MISSING, request_id="r-1", most=20
        )
    )
    main = next(root.iter("main"))
    assert "r-1" in words(main)
    assert len(list(main.iter("a"))) >= 1
    assert all(each.sentence in words(main) for each in samples.MISSING)


def test_a_blocked_step_shows_everything_that_is_missing_and_who_can_mend_it(draw: Draw) -> None:
    root = parsed(draw("layout/examples.html"))
    card = next(each for each in root.iter("article") if each.get("id") == "step-submit")
    links = {words(link): link.get("href") for link in card.iter("a")}
    assert links == {each.sentence: each.link for each in samples.MISSING}
    assert "Kan gjøres av koordinator." in words(card) and "Kan gjøres av leder." in words(card)
    assert not list(card.iter("form")), "a step that cannot be taken has no button"
    assert "Steget tas av saksbehandler." in words(root)


def test_an_open_step_sends_its_version_and_token(draw: Draw) -> None:
    root = parsed(draw("layout/examples.html"))
    card = next(each for each in root.iter("article") if each.get("id") == "step-withdraw")
    form = next(card.iter("form"))
    fields = {each.get("name"): each.get("value") for each in form.iter("input")}
    assert form.get("action") == f"/applications/{samples.ROW}/withdraw"
    assert fields["version"] == "3" and "_csrf_token" in fields
    assert fields["_page"] == "/applications?sort=office"
    assert next(form.iter("textarea")).get("name") == "why"


def test_a_refused_form_keeps_what_was_typed_and_says_why_beside_each_field(draw: Draw) -> None:
    root = parsed(draw("layout/examples.html", form=samples.refused()))
    by_id = {each.get("id"): each for each in root.iter() if each.get("id")}
    summary = next(each for each in root.iter("section") if "aksel-error-summary" in (each.get("class") or ""))
    links = [link.get("href") for link in summary.iter("a")]
    assert links == ["#title", "#parties", "#asked_ore"]  # the order of the page
    assert all(link and link[1:] in by_id for link in links)
    assert "Søkt beløp: Skriv et tall." in words(summary)
    assert by_id["asked_ore"].get("value") == "mange"
    assert by_id["asked_ore"].get("aria-invalid") == "true"
    assert "asked_ore-error" in (by_id["asked_ore"].get("aria-describedby") or "")
    assert "Skriv et tall." in words(by_id["asked_ore-error"])
    assert (by_id["problem"].text or "").strip() == "<b>Korleis</b>", "markup that was typed is text"
    ticked = {each.get("value") for each in by_id["parties"].iter("input") if each.get("checked") is not None}
    assert ticked == {"users", "partners"}


def test_a_fresh_form_shows_what_is_stored(draw: Draw) -> None:
    root = parsed(draw("layout/examples.html"))
    by_id = {each.get("id"): each for each in root.iter() if each.get("id")}
    assert by_id["asked_ore"].get("value") == "250000"
    assert by_id["due_on"].get("value") == "2023-09-01"
    assert by_id["opens_at"].get("value") == "2023-09-01T14:00"
    assert by_id["problem"].get("lang") == "nn"
    assert by_id["title"].get("lang") is None
    assert "aria-invalid" not in by_id["title"].attrib


def test_the_diamond_has_a_text_twin_that_marks_the_step(draw: Draw) -> None:
    root = parsed(draw("layout/examples.html", language="en"))
    figure = next(each for each in root.iter("figure") if each.get("class") == "diamonds")
    steps = list(next(figure.iter("ol")).iter("li"))
    assert len(steps) == 6
    assert [index for index, step in enumerate(steps) if step.get("aria-current") == "step"] == [2]
    assert "you are here" in words(steps[2])
    described = next(each for each in figure.iter() if each.tag.endswith("desc"))
    assert words(described) == "The project stands on step 3 of 6: Open the platform."


def test_the_menu_holds_only_the_places_of_the_role(draw: Draw) -> None:
    def places(actor: Actor) -> list[str]:
        root = parsed(draw("layout/examples.html", language="en", actor=actor))
        menus = [each for each in root.iter("nav") if each.get("aria-label") == "Main menu"]
        return [words(link) for menu in menus for link in menu.iter("a")]

    employee = Actor(person_id=samples.ROW, name="Ola Nordmann")
    assert places(employee) == ["Our office", "Network"]
    assert {"Resource group", "Decision", "Portfolio", "Operation"} <= set(places(samples.PERSON))
    assert places(NOBODY) == []


def test_what_was_just_done_is_said_and_a_doctored_cookie_says_nothing_of_its_own(draw: Draw) -> None:
    said = words(parsed(draw("layout/examples.html", cookies={"done": "<b>x</b>.{y}"})))
    assert "Det er lagret." in said and "<b>x</b>" not in said
    assert "Det er lagret." not in words(parsed(draw("layout/examples.html")))


@pytest.mark.parametrize(
    ("cookie", "look"), [("dark", "dark"), ("light", "light"), ("system", "light"), ('"><x', "light")]
)
def test_the_look_follows_the_cookie(draw: Draw, cookie: str, look: str) -> None:
    assert parsed(draw("layout/examples.html", cookies={"theme": cookie})).get("class") == look


def test_htmx_gets_the_block_it_asks_for_and_a_browser_the_page(draw: Draw) -> None:
    asked = {"HX-Request": "true", "HX-Target": "rows"}
    part = draw("layout/examples.html", headers=asked)
    assert "Nav Klepp-Time" in part and "<html" not in part
    assert "<html" in draw("layout/examples.html", headers={"HX-Request": "true", "HX-Target": "elsewhere"})
    assert "<html" in draw("layout/examples.html", headers={**asked, "HX-Boosted": "true"})
    assert "<html" in draw("layout/examples.html", headers={**asked, "HX-History-Restore-Request": "true"})


def test_every_template_of_the_shell_compiles() -> None:
    environment = environment_for("nb")
    found = [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html")]
    assert len(found) > 15
    for name in found:
        environment.get_template(name)


def test_no_template_has_code_or_style_inline() -> None:
    inline = re.compile(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)|\shx-on", re.IGNORECASE)
    for path in FOLDER.rglob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
        assert not inline.search(text), f"{path.name}: {inline.search(text)}"


@pytest.mark.parametrize(
    ("due", "nb", "nn"),
    [
        ("2023-09-01", "i dag", "i dag"),
        ("2023-09-02", "1 dag igjen", "1 dag att"),
        ("2023-09-11", "10 dager igjen", "10 dagar att"),
        ("2023-08-30", "2 dager over fristen", "2 dagar over fristen"),
    ],
)
def test_how_long_is_left(due: str, nb: str, nn: str) -> None:
    said = {language: environment_for(language).filters["days_left"](due, samples.NOW) for language in ("nb", "nn")}
    assert said == {"nb": nb, "nn": nn}
