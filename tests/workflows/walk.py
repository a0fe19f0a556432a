"""Walks a lifecycle: which states can be reached, by which moves, and where each way ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from workflows.engine import Act, Lifecycle, Reason, Requirement, decide

Outcomes = Callable[[str, str], Any]
"""Facts for a state and the name of a move out of it."""


def reachable(lifecycle: Lifecycle, start: str | None = None) -> set[str]:
    """Every state that moves can lead to, breadth first, from the initial state or from `start`."""
    first = str(lifecycle.initial if start is None else start)
    found, waiting = {first}, deque([first])
    while waiting:
        state = waiting.popleft()
        for each in lifecycle.moves:
            target = str(each.target)
            if state in each.sources and target not in found:
                found.add(target)
                waiting.append(target)
    return found


def taken(lifecycle: Lifecycle, facts: Outcomes, act: Callable[[str], Act]) -> set[tuple[str, str, str]]:
    """Every (state, move, state) that the rules really allow with these facts, walked from the initial state."""
    first = str(lifecycle.initial)
    found: set[tuple[str, str, str]] = set()
    seen, waiting = {first}, deque([first])
    while waiting:
        state = waiting.popleft()
        for each in lifecycle.moves:
            if state not in each.sources:
                continue
            verdict = decide(lifecycle, each.name, state, facts(state, each.name), act(each.name))
            if verdict.allowed:
                found.add((state, each.name, verdict.target))
                if verdict.target not in seen:
                    seen.add(verdict.target)
                    waiting.append(verdict.target)
    return found


def assert_sound(lifecycle: Lifecycle) -> None:
    """Every state can be reached; every one that is not final leads to a final one, and final ones lead nowhere."""
    every = {str(state) for state in lifecycle.states}
    final = {str(state) for state in lifecycle.final}
    assert reachable(lifecycle) == every, f"never reached: {sorted(every - reachable(lifecycle))}"
    for state in every:
        leads_out = any(state in each.sources for each in lifecycle.moves)
        assert leads_out != (state in final), f"{lifecycle.subject}: {state}"
        assert reachable(lifecycle, state) & final, f"{lifecycle.subject}: no end from {state}"


def reasons(rule: Requirement, facts: Any, act: Act) -> list[Reason]:
    """What a requirement finds missing."""
    return list(rule.check(facts, act))


def codes(found: Iterable[Reason]) -> list[str]:
    """The codes of reasons, in order."""
    return [reason.code for reason in found]
