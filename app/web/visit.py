"""One person's visit to one page: who, in which language, what they typed, and how to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType

from app.cases.models import Case
from app.cases.queries import holders_of
from app.core.database import Stated, UnitOfWork
from app.identity.actor import Actor
from app.moves import Subject, verdicts
from app.texts.i18n import Texts
from app.web.forms import EMPTY, FormState
from app.web.places import is_open_to, link_to
from workflows.engine import Reason, Verdict
from workflows.roles import GRANTS, Permission, Role, permissions_of
from workflows.wording import Wording

FEW = 2
"""How many holders of a role are named; of more than these the role says enough."""


class Missing(msgspec.Struct, frozen=True):
    """One missing thing, ready to show: the sentence, where it is mended, and who can."""

    code: str
    sentence: str
    link: str
    who: str


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One step that leaves the present state: its button, or everything that is missing for it."""

    subject: str
    subject_id: UUID
    version: int
    verb: str
    label: str
    action: str
    permitted: bool
    allowed: bool
    needs_why: bool
    who: str
    """Who may take it, by role and name."""
    by: frozenset[Role]
    missing: tuple[Missing, ...]
    waivable: tuple[tuple[str, str], ...]
    """Requirements that may be waived with a reason: name and rule in words."""
    waived_here: tuple[tuple[str, str], ...] = ()
    """Those of them that the visitor may waive."""
    aside: bool = False
    """It leads off the way, and is shown behind the others."""


def path_of(subject: str) -> str:
    """The part of an address that stands for a kind of row: "application" -> "applications"."""
    plural = {"person": "people", "inquiry": "inquiries", "story": "stories"}.get(subject, subject + "s")
    return plural.replace("_", "-")


class Visit:
    """What a page handler needs, and the way it answers."""

    def __init__(self, request: Request[Any, Any, Any], uow: UnitOfWork, texts: Texts, form: FormState):
        self.request = request
        self.uow = uow
        self.texts = texts
        self.form = form

    @property
    def actor(self) -> Actor:
        """The person signed in."""
        actor: Actor = self.request.user
        return actor

    def t(self, key: str | Wording, /, **parameters: Any) -> str:
        """A text in the visitor's language, or words of the scheme's own in it."""
        return self.texts.t(key, **parameters)

    def who(self, roles: Iterable[Role], people: Mapping[Role, tuple[str, ...]] | None = None) -> str:
        """Roles as people say them, with the names of those who hold them where they are few, "or" before the last."""
        names = []
        for role in sorted(set(roles) - {Role.SYSTEM, Role.EMPLOYEE}):
            holders = (people or {}).get(role, ())
            named = f" {' / '.join(holders)}" if 0 < len(holders) <= FEW else ""
            names.append(self.t(f"role.{role}") + named)
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self.t('layout.or')} {names[-1]}"

    def missing(
        self, reasons: Sequence[Reason], case_id: UUID | None, people: Mapping[Role, tuple[str, ...]] | None = None,
        roles: frozenset[Role] | None = None,
    ) -> tuple[Missing, ...]:  # fmt: skip
        """Reasons as sentences, each with who can mend it and a link there; none to where those roles may not come."""
        permissions = None if roles is None else permissions_of(roles)

        def link(reason: Reason) -> str:
            closed = permissions is not None and not is_open_to(reason.place, permissions)
            return "" if closed or not reason.place else link_to(reason.place, case_id, reason.parameters)

        who = {roles: self.who(roles, people) for roles in {reason.who for reason in reasons}}
        return tuple(
            Missing(reason.code, self.t(reason.code, **reason.parameters), link(reason), who[reason.who])
            for reason in reasons
        )

    def step(
        self, kind: Subject[Any], row: Stated, case_id: UUID, verdict: Verdict, people: Mapping[Role, tuple[str, ...]],
        roles: frozenset[Role] = frozenset(),
    ) -> StepView:  # fmt: skip
        """A verdict as a page shows it to somebody with those roles."""
        waivable = tuple((name, self.t(f"requirement.{kind.name}.{name}")) for name in verdict.waivable)
        mine = {rule.name for rule in kind.lifecycle.move(verdict.move).requires if rule.waivable_by in roles}
        return StepView(
            subject=kind.name,
            subject_id=row.id,
            version=row.version,
            verb=verdict.move,
            label=self.t(f"move.{kind.name}.{verdict.move}"),
            action=f"/{path_of(kind.name)}/{row.id}/{verdict.move}",
            permitted=verdict.permitted,
            allowed=verdict.allowed,
            needs_why=verdict.needs_why,
            who=self.who(GRANTS[verdict.permission], people),
            by=GRANTS[verdict.permission],
            missing=self.missing(verdict.unmet, case_id, people, roles),
            waivable=waivable,
            waived_here=tuple(pair for pair in waivable if pair[0] in mine),
            aside=verdict.aside,
        )

    async def steps(self, kind: Subject[Any], row: Stated, case: Case, roles: frozenset[Role]) -> list[StepView]:
        """Every step that leaves the row's state, those the visitor may take first; the clock's own left out."""
        people = {} if self.uow.veils else await holders_of(self.uow, case.id)
        found = [
            self.step(kind, row, case.id, verdict, people, roles)
            for verdict in await verdicts(self.uow, self.actor, kind, row, roles)
            if GRANTS[verdict.permission] != GRANTS[Permission.CLOCK]
        ]
        return sorted(found, key=lambda step: (step.aside, not step.permitted))

    def veiled(self, shown: Any) -> Any:
        """The same without the names that are hidden from the visitor in what was read for them."""
        for veil in self.uow.veils:
            shown = _without(shown, veil, self.t("phases.hidden"))
        return shown

    def render(self, template: str, /, *, status: int = 200, **context: Any) -> Response[bytes]:
        """The page, from its template."""
        html = self.veiled(self.request.app.state.pages.render(self, template, context))
        answer = Response(html.encode(), media_type=MediaType.HTML, status_code=status)
        if "done" in self.request.scope["state"].get("cookies", ()):
            answer.delete_cookie("done")
        return answer


def _without(shown: Any, veil: Callable[[str, str], str], instead: str) -> Any:
    if type(shown) is str:
        return veil(shown, instead)
    if isinstance(shown, dict):
        return {key: _without(each, veil, instead) for key, each in shown.items()}
    if isinstance(shown, list | tuple):
        return type(shown)(_without(each, veil, instead) for each in shown)
    if isinstance(shown, msgspec.Struct):
        changed = {name: _without(getattr(shown, name), veil, instead) for name in shown.__struct_fields__}
        return msgspec.structs.replace(shown, **changed)
    return shown


def visit_of(request: Request[Any, Any, Any]) -> Visit:
    """The visit that a request makes; the middleware has put its parts in place."""
    state = request.scope["state"]
    return Visit(request, state["uow"], state["texts"], state.get("form", EMPTY))
