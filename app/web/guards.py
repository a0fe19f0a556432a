"""Every address declares who may come to it; one that does not keeps the application from starting."""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from app.core.errors import NotAllowed, NotFound, NotSignedIn
from app.identity.actor import Actor
from workflows.roles import CASE_ROLES, GRANTS, Permission


async def may_come_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let in whoever could hold a role that grants the address's permission; the case itself is asked further in.

    It waits for nothing, but a guard that is not awaited is given to a thread, at every request.
    Raises NotSignedIn where nobody is, NotFound where no standing role of the person grants it and none could.
    """
    if handler.opt.get("public") or "permission" not in handler.opt:
        return  # what has no permission is the framework's own: the description of the interface, answers to OPTIONS
    actor: Actor = connection.scope["user"]
    if actor.person_id is None:
        if handler.opt.get("signs_in"):
            return  # a form: what was typed is kept while one signs in (app/web/kept.py), and nothing is done before
        raise NotSignedIn
    permission: Permission = handler.opt["permission"]
    if not actor.may(permission) and GRANTS[permission].isdisjoint(CASE_ROLES):
        raise NotAllowed if handler.opt.get("known") else NotFound


OPENAPI_PATH = "/api/v1/openapi"


def undeclared(app: Litestar) -> list[str]:
    """The addresses that say neither which permission they need nor that they are public."""
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or route.path.startswith(OPENAPI_PATH):
            continue
        for handler in route.route_handlers:
            if (
                "permission" not in handler.opt
                and not handler.opt.get("public")
                and handler.http_methods != {"OPTIONS"}
            ):
                found.append(f"{route.path} ({handler.handler_name})")
    return found


def refuse_undeclared(app: Litestar) -> None:
    """Stop at start when an address has not declared its permission."""
    missing = undeclared(app)
    if missing:
        raise RuntimeError("these addresses declare no permission: " + ", ".join(sorted(missing)))
