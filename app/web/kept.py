"""A form sent when its session had run out: what was typed stays in the page, and is sent once its writer has signed in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.response import Redirect

from app.web.forms import EMPTY, FormState
from app.web.inside import ask_inside
from app.web.middleware import SESSION_COOKIE
from app.web.visit import visit_of

TOKEN, WRITER = "_csrf_token", "_by"
PASSED_ON = (b"location", b"content-type", b"content-language")


class Kept(msgspec.Struct, frozen=True):
    """A form as it was sent: to which address, and its fields."""

    to: str
    fields: list[tuple[str, str]]

    def first(self, name: str) -> str:
        """The first value of a field, empty where it is not there."""
        return next((value for each, value in self.fields if each == name), "")


def mark_of_writer(secret: bytes, person_id: UUID | None) -> str:
    """What a form says of whom its page was made for; nobody can make one for another. Empty for nobody."""
    return hmac.new(secret, f"writer {person_id}".encode(), hashlib.sha256).hexdigest()[:32] if person_id else ""


def is_anothers(request: Request[Any, Any, Any], raw: Mapping[str, Sequence[str]]) -> bool:
    """Whether a form stands on a page that was made for somebody else than who is signed in now."""
    mark = raw.get(WRITER, [""])[-1]
    return bool(mark) and not hmac.compare_digest(mark.encode(), _mark(request, request.user.person_id))


def _mark(request: Request[Any, Any, Any], person_id: UUID | None) -> bytes:
    return mark_of_writer(request.app.state.form_secret, person_id).encode()


def keep(request: Request[Any, Any, Any], raw: Mapping[str, Sequence[str]]) -> Kept | None:
    """The form that came, to be sent again; None for one that does not say whose it is, such as a button alone."""
    if not raw.get(WRITER, [""])[-1]:
        return None
    return Kept(request.url.path, [(name, each) for name, values in raw.items() for each in values if name != TOKEN])


def kept_in(raw: Mapping[str, Sequence[str]]) -> Kept | None:
    """The form that the page to sign in on brought along, if any."""
    try:
        kept = msgspec.json.decode(raw.get("_kept", [""])[-1], type=Kept)
    except msgspec.DecodeError:
        return None
    parts = urlsplit(kept.to)
    local = kept.to.startswith("/") and not kept.to.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return kept if local and parts.path != "/sign-in" else None


def page_to_sign_in(
    request: Request[Any, Any, Any], kept: Kept, state: FormState = EMPTY, status: int = 401
) -> Response[Any]:
    """The page that says that one was signed out, holds the form meanwhile, and lets one sign in and send it."""
    visit = visit_of(request)
    return visit.render(
        "identity/signed_out.html", status=status, form=state, kept=kept, packed=msgspec.json.encode(kept).decode(),
        demo=request.app.state.settings.demo,
    )  # fmt: skip


async def send_kept(
    request: Request[Any, Any, Any], kept: Kept, *, person_id: UUID, session: str, token: str
) -> Response[Any]:
    """Send the form as whoever has just signed in, and answer as it is answered; dropped where somebody else wrote it."""
    if not hmac.compare_digest(kept.first(WRITER).encode(), _mark(request, person_id)):
        answer: Response[Any] = Redirect("/", status_code=303)
        answer.set_cookie("done", "kept.dropped", max_age=30, httponly=True, samesite="lax", path="/")
        return answer
    cookies = {**request.cookies, SESSION_COOKIE: session}
    inner = await ask_inside(
        request, "POST", kept.to, body=urlencode([*kept.fields, (TOKEN, token)]).encode(),
        headers={
            b"content-type": b"application/x-www-form-urlencoded",
            b"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()).encode(),
        },
    )  # fmt: skip
    sent = Response(inner.body, status_code=inner.status, media_type=MediaType.HTML)
    for name, value in inner.headers:
        if name in PASSED_ON:
            sent.headers[name.decode()] = value.decode()
    if b"location" in dict(inner.headers):
        sent.set_cookie("done", _done(inner.headers), max_age=30, httponly=True, samesite="lax", path="/")
    return sent


def _done(headers: list[tuple[bytes, bytes]]) -> str:
    """What the form's own answer says was done."""
    found = (value.decode() for name, value in headers if name == b"set-cookie" and value.startswith(b"done="))
    return next(found, "done=").partition(";")[0].removeprefix("done=").strip('"')
