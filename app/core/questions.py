"""What pages ask of the database: each question a column that is built once, several of them answered by one statement."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SelectBase,
    Text,
    TypeDecorator,
    cast,
    func,
    literal_column,
    select,
)

from app.core.database import UnitOfWork
from app.core.listed import listed, pairs_of
from app.core.settled import settled


class Told(TypeDecorator[Any]):
    """JSON that is read straight into what it stands for."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any):
        super().__init__()
        self.kind = kind
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind, strict=False)

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        """The value as an object of its kind."""
        return None if value is None else self._decoder.decode(value)


def told(kind: Any, columns: Mapping[str, Any]) -> ColumnElement[Any]:
    """Several columns as one struct."""
    return cast(func.json_build_object(*pairs_of(columns)), Told(kind))


def each_of(kind: Any, rows: SelectBase) -> ColumnElement[Any]:
    """The rows of a query, in its order, as a list of objects whose fields are its columns, to stand in what is told."""
    found = rows.subquery()
    return listed(select(found), dict(zip(kind.__struct_fields__, found.c, strict=False)))


def told_each(kind: Any, rows: SelectBase) -> ColumnElement[Any]:
    """The rows of a query, in its order, as a list of structs whose fields are its columns, in theirs."""
    return cast(each_of(kind, rows), Told(list[kind]))


def one_of(kind: Any, rows: SelectBase) -> ColumnElement[Any]:
    """The only row of a query as an object whose fields are its columns, to stand in what is told; null without one."""
    found = rows.subquery()
    columns = dict(zip(kind.__struct_fields__, found.c, strict=True))
    return select(func.jsonb_build_object(*pairs_of(columns))).select_from(found).scalar_subquery()


def constant(number: int) -> ColumnElement[int]:
    """A number that stands in the statement itself, so that whoever plans it once knows it: how many rows at most."""
    return literal_column(str(number), Integer())


async def answer(uow: UnitOfWork, question: ColumnElement[Any], asked: Mapping[str, Any]) -> Any:
    """The answer to a question; no statement where a page has asked it together with others."""
    known = uow.remembered.get(question) if uow.remembered is not None else None
    if known is not None and asked.items() <= known[0].items():
        return known[1]
    return (await uow.session.execute(_together((question,)), asked)).scalar_one()


async def ask_together(uow: UnitOfWork, asked: Mapping[str, Any], *questions: ColumnElement[Any]) -> None:
    """Have questions answered that will be asked one by one; one statement."""
    if uow.remembered is None:
        return
    row = (await uow.session.execute(_together(questions), asked)).one()
    uow.remembered.update({question: (asked, said) for question, said in zip(questions, row, strict=True)})


@cache
def _together(questions: tuple[ColumnElement[Any], ...]) -> Select[Any]:
    return settled(select(*questions))
