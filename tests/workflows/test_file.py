"""A file's rules: open to change only with its application, given to nobody while in doubt, kept where a receipt names it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflows.engine import Act, decide
from workflows.file import FILE, FileFacts, FileState, keeps_from_adding, keeps_from_reading, may_be_erased
from workflows.roles import Role

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
WRITTEN, SENT = FileFacts(is_written=True), FileFacts(is_written=False, last_sent_at=NOW)
OFFICE = Act(now=NOW, roles=frozenset({Role.CORE_TEAM}))
CLOCK = Act(now=NOW, roles=frozenset({Role.SYSTEM}))


@pytest.mark.parametrize("state", [state for state in FileState if state != FileState.REMOVED])
def test_a_file_is_removed_by_the_office_while_its_application_is_written(state: FileState) -> None:
    assert decide(FILE, "remove", state, WRITTEN, OFFICE).allowed
    refused = decide(FILE, "remove", state, SENT, OFFICE)
    assert [reason.code for reason in refused.unmet] == ["application.sent_already"]
    for role in (Role.CASE_HANDLER, Role.REVIEWER, Role.COUNTY_REPRESENTATIVE, Role.ADMINISTRATOR):
        assert not decide(FILE, "remove", state, WRITTEN, Act(now=NOW, roles=frozenset({role}))).permitted


def test_only_the_scanner_says_that_a_file_is_clean_and_never_of_an_infected_one() -> None:
    into = [each for each in FILE.moves if each.target == FileState.CLEAN]
    assert [each.name for each in into] == ["find_clean"]
    assert FileState.INFECTED not in into[0].sources
    for role in set(Role) - {Role.SYSTEM}:
        act = Act(now=NOW, roles=frozenset({role}))
        assert not decide(FILE, "find_clean", FileState.UPLOADED, WRITTEN, act).permitted
    assert decide(FILE, "find_clean", FileState.UPLOADED, SENT, CLOCK).allowed


def test_everything_that_keeps_a_file_out_is_said_at_once() -> None:
    assert list(keeps_from_adding(WRITTEN, OFFICE, held=19, most=20)) == []
    codes = [reason.code for reason in keeps_from_adding(SENT, OFFICE, held=20, most=20)]
    assert codes == ["application.sent_already", "file.too_many"]


@pytest.mark.parametrize(
    ("state", "is_own", "code"),
    [
        ("uploaded", True, []), ("uploaded", False, ["file.waits_for_scan"]), ("infected", True, ["file.was_infected"]),
        ("infected", False, ["file.was_infected"]), ("clean", False, []), ("unscanned", False, []),
    ],
)  # fmt: skip
def test_who_may_have_a_file_now(state: str, is_own: bool, code: list[str]) -> None:
    assert [reason.code for reason in keeps_from_reading(state, is_own=is_own)] == code


def test_what_a_receipt_confirms_is_kept() -> None:
    sent = FileFacts(is_written=True, last_sent_at=NOW)
    assert may_be_erased(WRITTEN, NOW)
    assert may_be_erased(sent, NOW + timedelta(seconds=1))
    assert not may_be_erased(sent, NOW)
    assert not may_be_erased(sent, NOW - timedelta(days=1))
