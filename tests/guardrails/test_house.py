"""Rules about the code itself: one door for states, one place for commits, nothing grown into a giant."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import rooms
from app.effects import EFFECTS
from app.moves import SUBJECTS
from workflows.effects import Effect

rooms.commands()  # every room binds its subjects when its commands are read

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "workflows").rglob("*.py")])
DOOR = ROOT / "app" / "moves.py"
TRANSACTION = ROOT / "app" / "core" / "database.py"

FILE_LINES = 450
FUNCTION_LINES = 70
LONG_FILES = {"app/benefits/queries.py": "one read for each part of the benefit pages, all over the same few tables"}
"""Files that may be longer, each with the reason."""
LONG_FUNCTIONS = {"statement": "one SQL statement, read from top to bottom"}
"""Functions that may be longer, each with the reason."""


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def assigned(tree: ast.AST) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = list(node.targets)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        else:
            continue
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            yield from (part for part in parts if isinstance(part, ast.Attribute))


@pytest.mark.parametrize("path", [path for path in SOURCES if path != DOOR], ids=named)
def test_no_state_is_written_but_by_the_door(path: Path) -> None:
    found = [part.lineno for part in assigned(tree_of(path)) if part.attr == "state"]
    assert found == [], f"{named(path)}: a state is assigned; only app/moves.py does that"


def test_nothing_commits_but_the_unit_of_work() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in SOURCES
        if path != TRANSACTION
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_a_file_and_its_functions_can_be_read_at_one_sitting(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= FILE_LINES or named(path) in LONG_FILES
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
        and node.name not in LONG_FUNCTIONS
    ]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_every_module_says_in_one_line_what_it_answers(path: Path) -> None:
    said = ast.get_docstring(tree_of(path))
    assert said, f"{named(path)} has no docstring"


def test_no_clock_is_read_in_the_rules() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in SOURCES
        if path.is_relative_to(ROOT / "workflows")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow") and isinstance(node.value, ast.Name)
        and node.value.id in ("datetime", "date", "time")
    ]  # fmt: skip
    assert found == []


def test_every_effect_is_named_on_a_move_and_has_a_handler() -> None:
    named_on_moves = {effect for kind in SUBJECTS.values() for move in kind.lifecycle.moves for effect in move.effects}
    assert named_on_moves == set(Effect)
    assert set(EFFECTS) == set(Effect)


def test_every_state_is_reached_and_every_state_that_is_not_final_is_left() -> None:
    for kind in SUBJECTS.values():
        cycle = kind.lifecycle
        reached = {cycle.initial} | {move.target for move in cycle.moves}
        assert reached == set(cycle.states), cycle.subject
        left = {source for move in cycle.moves for source in move.sources}
        assert left == set(cycle.states) - cycle.final, cycle.subject


def test_every_choice_on_a_page_has_the_arrow_that_says_it_opens() -> None:
    """Aksel takes the browser's own arrow away and has one of its own beside the field."""
    pages = {path: path.read_text() for path in (ROOT / "templates").rglob("*.html")}
    without = [
        str(path) for path, page in pages.items() if page.count("<select") != page.count("aksel-select__chevron")
    ]
    assert not without
