"""Drawings of the lifecycles and tables of who may do what, for workflows/README.md."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.engine import Lifecycle, Move, Requirement
from workflows.lifecycles import ALL
from workflows.roles import GRANTS, Permission, Role

HEAD = """\
# The scheme's rules

Pure Python: the standard library and msgspec, no database, no web, no clock of its own. What a person may do and what must
hold first is declared here and nowhere else; pages, the interface for programs, jobs and the command line all ask here.

| file | what it answers |
|---|---|
| `engine.py` | what a step is, when it may be taken, and everything that is missing for it |
| `roles.py` | which roles there are, what each may do, and how roles towards one case come about |
| `rules.py` | the rules of a call as typed data, with defaults; copied into a call and pinned by every case born from it |
| `effects.py` | what may follow from a step |
| `calendar.py`, `money.py` | deadlines and working days given "now"; sums in øre, divided without a remainder |
| `forms/` | the declared questions of application, review and report |
| `call.py` … `change_request.py` | one lifecycle each: states, facts, requirements, moves |
| `project_facts.py`, `project_gates.py` | what the gates of a project know and ask |
| `lifecycles.py`, `drawing.py` | all of them in order; this page |

A *requirement* is a function from facts to everything unmet. A *verdict* on a move holds every unmet item, never only the
first. A requirement marked *waivable* may be waived for one case by the role named, with a written reason. Terms are those of
the glossary of Norwegian grant and benefits practice; their Norwegian names are in the translations.

What follows is drawn from the declarations by `make drawings`; a test fails when it is stale.
"""


def _who(permission: Permission) -> str:
    return ", ".join(sorted(role.replace("_", " ") for role in GRANTS[permission]))


def diagram(lifecycle: Lifecycle) -> str:
    """The lifecycle as a Mermaid state diagram."""
    lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {lifecycle.initial}"]
    for move in lifecycle.moves:
        lines += [f"  {source} --> {move.target}: {move.name}" for source in sorted(move.sources)]
    lines += [f"  {state} --> [*]" for state in sorted(lifecycle.final)]
    return "\n".join([*lines, "```"])


def _rule(rule: Requirement) -> str:
    words = rule.rule.split("\n", maxsplit=1)[0].rstrip(".")
    waivable = f" *(waivable by {rule.waivable_by.replace('_', ' ')})*" if rule.waivable_by else ""
    return words + waivable + (f" [{rule.source}]" if rule.source else "")


def _row(move: Move) -> str:
    rules = [_rule(rule) for rule in move.requires] + (["A written reason"] if move.needs_why else [])
    sources = ", ".join(sorted(move.sources))
    follows = ", ".join(effect.replace("_", " ") for effect in move.effects)
    return f"| {move.name} | {sources} | {move.target} | {_who(move.permission)} | {'<br>'.join(rules)} | {follows} |"


def table(lifecycle: Lifecycle) -> str:
    """The lifecycle's moves as a table: from, to, who, what must hold, what follows."""
    head = "| move | from | to | who | what must hold | what follows |\n|---|---|---|---|---|---|"
    return "\n".join([head, *map(_row, lifecycle.moves)])


def matrix() -> str:
    """Every permission with the roles that grant it."""
    rows = [f"| `{permission}` | {_who(permission)} |" for permission in Permission]
    return "\n".join(["| permission | roles |", "|---|---|", *rows])


def _parts() -> Iterator[str]:
    yield HEAD
    for lifecycle in ALL:
        yield f"## {lifecycle.subject.replace('_', ' ').capitalize()}\n"
        yield diagram(lifecycle) + "\n"
        yield table(lifecycle) + "\n"
    yield "## Who may do what\n"
    roles = ", ".join(role.replace("_", " ") for role in Role)
    yield f"Roles: {roles}. How they come about towards one case: `roles_towards` in `roles.py`.\n"
    yield matrix() + "\n"


def page() -> str:
    """The whole of workflows/README.md."""
    return "\n".join(_parts())


if __name__ == "__main__":
    print(page(), end="")
