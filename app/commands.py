"""What can be done: each verb with what it takes, open alike to pages, programs, jobs and the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from app.core.personal_data import weigh_texts
from workflows.roles import Permission

OF_PROJECTS = frozenset(
    {
        "project", "clarification", "facilitator_assignment", "benefit", "benefit_node", "benefit_edge", "benefit_map",
        "benefit_plan", "measurement", "measurement_import", "milestone", "payment", "change_request", "weekly_meeting",
        "learning_point", "report",
    }
)  # fmt: skip
"""What a funded project is made of: wherever words are typed about it, nothing may say who a service user is (G34).

The answers to surveys are not among them: a reason that is kept could say whose they are.
"""


class Nothing(msgspec.Struct, frozen=True):
    """The input of a command that takes none."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """The input of a step: the version it was decided on, and the reason where one is asked for."""

    version: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Command:
    """One verb on one subject.

    `run` is `async (uow, actor, subject_id, **fields of input)`; `on_collection` verbs make a new row and take no id.
    """

    subject: str
    verb: str
    permission: Permission
    run: Callable[..., Awaitable[Any]]
    input: type[msgspec.Struct] = Nothing
    on_collection: bool = False
    saves_itself: bool = False
    """Whether a form sends it again and again with all it holds: then its service looks through what has changed."""

    @property
    def looks_for_personal_data(self) -> bool:
        """Whether what is typed is looked through for what may say who somebody is."""
        return self.subject in OF_PROJECTS

    async def __call__(self, uow: Any, actor: Any, subject_id: Any, data: msgspec.Struct) -> Any:
        """Run the verb with the input's fields as keyword arguments."""
        fields = {name: getattr(data, name) for name in data.__struct_fields__}
        if self.looks_for_personal_data and not self.saves_itself:
            uow.confirmed = weigh_texts(fields, uow.personal_data_why)
        if self.on_collection:
            return await self.run(uow, actor, **fields)
        return await self.run(uow, actor, subject_id, **fields)
