"""The page of examples, rendered as a visitor would get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from litestar.testing import RequestFactory

from app.texts import i18n
from app.web.forms import EMPTY, FormState
from app.web.pages import Pages
from app.web.visit import Visit
from tests.web import samples

Draw = Callable[..., str]


@pytest.fixture
def draw() -> Iterator[Draw]:
    """A function that renders a template: draw("layout/examples.html", language="nn", ...)."""
    i18n.be_strict(True)
    pages = Pages(None)

    def drawn(
        template: str, *, language: str = "nb", form: FormState = EMPTY, actor: object = samples.PERSON,
        cookies: dict[str, str] | None = None, headers: dict[str, str] | None = None, **context: object,
    ) -> str:  # fmt: skip
        request = RequestFactory().get("/applications", query_params={"sort": "office"}, headers=headers, user=actor)
        request.scope["state"]["cookies"] = cookies or {}
        request.app.state.form_secret = b"of a test"
        visit = Visit(request, None, i18n.texts_for(language), form)  # type: ignore[arg-type]
        return pages.render(visit, template, {"sample": samples.sample(), **context})

    yield drawn
    i18n.be_strict(False)
