"""Questions of a call's own as tests ask them, written through the services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.calls import service
from app.calls.forms import AddQuestion
from app.calls.models import Call
from tests.calls_under_way import Acting
from workflows.forms.fields import Question
from workflows.forms.own import read


def fields(label: str, **more: Any) -> dict[str, Any]:
    """What a question says in every language, each with the language behind it, and what it takes beside that."""
    said: dict[str, Any] = {f"label_{code}": f"{label} {code}" for code in ("nb", "nn", "en")}
    for name in ("choices", "columns"):
        more[name] = [
            {**({"nb": f"{each} nb", "nn": f"{each} nn", "en": f"{each} en"} if isinstance(each, str) else each)}
            for each in more.get(name, ())
        ]
    return said | more


def column(label: str, kind: str, *, required: bool = False) -> dict[str, Any]:
    """One column of a table."""
    return {"nb": f"{label} nb", "nn": f"{label} nn", "en": f"{label} en", "kind": kind, "required": required}


EVERY_KIND: tuple[dict[str, Any], ...] = (
    {"kind": "choice", **fields("Valg", choices=["A", "<B>"], required=True)},
    {"kind": "text", **fields("Kort", required=True, condition="own_1=o1", max_length=100)},
    {"kind": "number", **fields("Tall", least=-10)},
    {"kind": "money", **fields("Sum", most_ore=100_000_000)},
    {"kind": "table", **fields("Tabell", required=True, least=1, most=3, columns=[
        column("Hva", "text", required=True), column("Kroner", "money"), column("Når", "date")])},
    {"kind": "file", **fields("Vedlegg", most=1)},
    {"kind": "choices", **fields("Flere", choices=["C", "D"])},
    {"kind": "date", **fields("Dato")},
    {"kind": "long_text", **fields("Lang", condition="risk=high")},
)  # fmt: skip
"""own_1 to own_9: one of every kind, two of them after another answer."""


async def ask(act: Acting, call_id: UUID, *questions: dict[str, Any], by: str = "case_handler", **more: Any) -> None:
    """Have a call ask these questions."""
    for question in questions:
        typed = msgspec.convert(question, AddQuestion)
        given = {name: getattr(typed, name) for name in typed.__struct_fields__}
        await act(by, service.add_question, call_id, **given | more)


async def asked_by(act: Acting, call_id: UUID) -> tuple[Question, ...]:
    """The questions of a call as they stand now."""
    async with act.database.reading() as uow:
        return read(await uow.session.scalar(select(Call.questions).where(Call.id == call_id)))
