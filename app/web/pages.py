"""From a visit and a template to a page: what the layout needs to know about every visit."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from litestar.utils.empty import value_or_default
from litestar.utils.scope.state import ScopeState

from app.texts.i18n import LANGUAGES, NATIVE_NAMES
from app.web.kept import mark_of_writer
from app.web.navigation import Entry, navigation
from app.web.templates import environment_for, has_block, render

if TYPE_CHECKING:
    from app.identity.actor import Actor
    from app.web.visit import Visit

THEMES = ("light", "dark", "system")
VERSION = version("drivkraft")


class Page:
    """What the layout and the forms ask about the visit; stands in every template as `page`."""

    languages = tuple((language, NATIVE_NAMES[language]) for language in LANGUAGES)
    themes = THEMES
    version = VERSION

    def __init__(self, visit: Visit):
        self._visit = visit
        self._request = visit.request
        self.form = visit.form

    @property
    def actor(self) -> Actor | None:
        """The person signed in, or None."""
        return self._visit.actor if self._visit.actor.person_id else None

    @cached_property
    def path(self) -> str:
        """The page's own address with its query, to come back to; the front page for what is not a page."""
        if self._request.method not in ("GET", "HEAD"):
            return "/"
        query = self._request.url.query
        return self._request.url.path + (f"?{query}" if query else "")

    @cached_property
    def csrf(self) -> str:
        """The token that every form sends along."""
        return value_or_default(ScopeState.from_scope(self._request.scope).csrf_token, "")

    @cached_property
    def writer(self) -> str:
        """What each form says of whom its page was made for: what they typed is never sent as somebody else."""
        person_id = self._visit.actor.person_id
        return mark_of_writer(self._request.app.state.form_secret, person_id)

    @property
    def once(self) -> str:
        """A mark of a form's own: sent twice with it, the form is taken once."""
        return token_urlsafe(12)

    @cached_property
    def navigation(self) -> tuple[Entry, ...]:
        """The places the person may go to."""
        return navigation(self.actor, self._request.url.path) if self.actor else ()

    @cached_property
    def theme(self) -> str:
        """light, dark or system, as chosen in this browser."""
        chosen = self._cookies.get("theme", "system")
        return chosen if chosen in THEMES else "system"

    @cached_property
    def done(self) -> str:
        """What was just done, as a sentence; "" where nothing was."""
        key = f"done.{self._cookies.get('done', '')}"
        if key == "done.":
            return ""
        return self._visit.t(key) if self._visit.texts.has(key) else self._visit.t("layout.done")

    @cached_property
    def demo(self) -> bool:
        """Whether this is the demo scheme, where anyone may step in as anyone."""
        return bool(getattr(getattr(self._request.app.state, "settings", None), "demo", False))

    @property
    def _cookies(self) -> dict[str, str]:
        return dict(self._request.scope["state"].get("cookies") or {})


def _wanted_block(visit: Visit, template: str, language: str) -> str | None:
    """The block that htmx asks for: the one named as the element it will replace; None for the whole page."""
    headers = visit.request.headers
    if headers.get("hx-request") != "true" or headers.get("hx-boosted") or headers.get("hx-history-restore-request"):
        return None
    block = headers.get("hx-target", "").replace("-", "_")
    return block if block and has_block(language, template, block) else None


def warm() -> None:
    """Read every catalogue and make every environment before the first visit."""
    for language in LANGUAGES:
        environment_for(language)


class Pages:
    """Renders pages."""

    def __init__(self, settings: Any):
        self.settings = settings
        warm()

    def render(self, visit: Visit, template: str, context: dict[str, Any]) -> str:
        """The page in the visitor's language; the one named block of it where htmx, or `block` in the context, asks."""
        language = visit.texts.language
        block = context.pop("block", None) or _wanted_block(visit, template, language)
        page = Page(visit)
        whole = {"page": page, "actor": page.actor, "form": visit.form, "path": page.path, **context}
        return render(template, whole, language=language, block=block)
