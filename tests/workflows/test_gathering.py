"""Who is meant, who may sign up, what becomes of two notes about one person, and how a pasted list is understood."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.test_project import COMPLETE
from workflows.attendance_list import Known, Line, read_list, separator_of, understand
from workflows.gathering import (
    ARTEFACTS,
    Outcome,
    Presence,
    SigningUp,
    against_signing_up,
    is_invited,
    is_made,
    outcome_of,
)
from workflows.places import PLACES
from workflows.roles import Role
from workflows.rules import Rules
from workflows.series import SERIES, entry_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PRESENCES = st.sampled_from(list(Presence))


def signing(**changes: object) -> SigningUp:
    facts = SigningUp(
        audience=frozenset({Role.CORE_TEAM}), roles=frozenset({Role.CORE_TEAM}), works_there=True, starts_at=NOW,
        ends_at=NOW + timedelta(hours=6), called_off=False, capacity=None, taken=0,
    )  # fmt: skip
    return msgspec.structs.replace(facts, **changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"roles": frozenset({Role.COORDINATOR})}, None),
        ({"roles": frozenset({Role.LEADER})}, "gathering.not_in_audience"),
        ({"roles": frozenset(), "audience": frozenset()}, None),
        ({"roles": frozenset(), "audience": frozenset(), "works_there": False}, "gathering.not_in_audience"),
        ({"roles": frozenset(), "audience": frozenset({Role.EMPLOYEE}), "works_there": False}, None),
        ({"called_off": True}, "gathering.called_off"),
        ({"capacity": 2, "taken": 1}, None),
        ({"capacity": 2, "taken": 2}, "gathering.full"),
        ({"capacity": 2, "taken": 2, "is_signed_up": True}, None),
        ({"ends_at": NOW}, "gathering.over"),
    ],
)
def test_what_keeps_somebody_from_signing_up(changes: dict[str, object], code: str | None) -> None:
    assert [reason.code for reason in against_signing_up(signing(**changes), NOW)] == ([code] if code else [])


def test_every_artefact_is_asked_for_by_a_gate_and_made_somewhere() -> None:
    for name, artefact in ARTEFACTS.items():
        assert artefact.place in PLACES, name
        assert is_made(name, COMPLETE, NOW), name
    assert not is_made("anchoring_plan", msgspec.structs.replace(COMPLETE, texts=frozenset()), NOW)
    assert not is_made("deviance_checks", msgspec.structs.replace(COMPLETE, chosen=()), NOW)


def test_the_series_has_what_the_gates_of_a_call_refer_to() -> None:
    keys = {entry.key for entry in SERIES}
    gates = Rules().gates
    assert {f"gathering_{number}" for number in gates.gatherings} <= keys
    assert {f"module_{number}" for number in (*gates.modules_at_start, *gates.modules_at_close_diamond_2)} <= keys
    assert all(entry.artefact in ARTEFACTS and not entry.title.lacks() for entry in SERIES)
    assert all(not content.title.lacks() for entry in SERIES for content in entry.contents)
    assert [entry.after_days for entry in SERIES] == sorted(entry.after_days for entry in SERIES)
    with pytest.raises(LookupError):
        entry_of("gathering_9")


@pytest.mark.parametrize(("first_on", "hour"), [(date(2026, 1, 5), 8), (date(2026, 6, 1), 7)])
def test_a_gathering_begins_at_nine_in_norway_in_winter_and_summer(first_on: date, hour: int) -> None:
    assert entry_of("module_1").starts_at(first_on).astimezone(UTC).hour == hour


@given(PRESENCES, PRESENCES, PRESENCES, st.booleans())
def test_nothing_of_another_s_is_undone_unseen(seen: Presence, stands: Presence, said: Presence, own: bool) -> None:
    outcome = outcome_of(seen, stands, said, own=own)
    if outcome is Outcome.WRITE:
        assert said is not stands
        assert own or stands is seen
    if outcome is Outcome.KEEP:
        assert said is stands or said is seen
    if outcome is Outcome.CLASH:
        assert said not in (stands, seen) and stands is not seen and not own


@given(st.lists(PRESENCES, min_size=1), st.lists(PRESENCES, min_size=1))
def test_two_writers_in_any_order_leave_what_one_of_them_said_last(
    first: list[Presence], second: list[Presence]
) -> None:
    """Each writes from what they saw last; whoever clashes sees what stands, and it is never their silence that wins."""
    stands, by, seen = Presence.UNKNOWN, "", {"a": Presence.UNKNOWN, "b": Presence.UNKNOWN}
    said: list[Presence] = []
    for who, presence in [*(("a", each) for each in first), *(("b", each) for each in second)]:
        outcome = outcome_of(seen[who], stands, presence, own=by == who)
        if outcome is Outcome.WRITE:
            stands, by = presence, who
            said.append(presence)
        seen[who] = stands
    assert stands == (said[-1] if said else Presence.UNKNOWN)


@pytest.mark.parametrize(
    ("text", "separator"),
    [("a\tb\nc\td", "\t"), ("a;b\nc;d", ";"), ("a,b\nc,d", ","), ("Ås, Kari;x\nBø, Ola;y", ";"), ("Kari Ås", ",")],
)
def test_the_separator_is_found(text: str, separator: str) -> None:
    assert separator_of(text) == separator


def test_columns_are_found_by_their_headings_or_by_what_stands_in_them() -> None:
    headed = read_list("\ufeffE-post;Kom?;Navn\nkari@nav.no;Ja;Kari  Ås\n;;\n")
    assert headed == [Line(number=2, name="Kari Ås", email="kari@nav.no", attended="Ja")]
    assert read_list("Kari Ås,kari@nav.no,Nav Bø,ja") == [
        Line(number=1, name="Kari Ås", email="kari@nav.no", unit="Nav Bø", attended="ja")
    ]
    for alone in ("Kari Ås;;;nei", "Kari Ås\t\t\tnei", "Kari Ås;;Nav Bø;nei\nOla Å;;;ja"):
        assert read_list(alone)[0].attended == "nei", "nobody's address is known, and what was said is not lost"
    assert read_list("Kari Ås;;ja")[0].attended == "ja"
    assert read_list("Kari Ås\tNav Bø\nOla Å\tNav Ås")[0] == Line(number=1, name="Kari Ås", unit="Nav Bø")
    assert read_list("Kari Ås\tx\nOla Å\t")[1] == Line(number=2, name="Ola Å", attended="")
    assert read_list("kari@nav.no\nola@nav.no")[1] == Line(number=2, email="ola@nav.no")
    assert read_list('"Ås, Kari",kari@nav.no')[0].name == "Ås, Kari"
    assert read_list(" \n\t\n") == []


def known(name: str, email: str, **more: object) -> Known:
    return Known(person_id=uuid4(), name=name, email=email, **more)  # type: ignore[arg-type]


def test_each_row_says_whom_it_means_or_why_not() -> None:
    kari, ola = known("Kari Ås", "kari@nav.no"), known("Ola Bø", "ola@nav.no", units=("Nav Bø",))
    other = known("Ola Bø", "ola2@nav.no", units=("Nav Ås",))
    rows = understand(
        read_list(
            "navn;e-post;enhet;møtte\nÅs, Kari;;;ja\nOla Bø;;nav bø;nei\nOla Bø;;;ja\nOla Bø;KARI@nav.no;;ja\n;;Nav Ås;ja\n"
            "x;per@nav.no;;ja\nOla Bø;ola2@nav.no;;"
        ),
        [kari, ola, other],
    )  # fmt: skip
    assert [(row.person, row.presence) for row in rows[:2]] == [(kari, Presence.CAME), (ola, Presence.ABSENT)]
    codes = [[fault.code.removeprefix("attendance.") for fault in row.faults] for row in rows]
    assert codes == [[], [], ["ambiguous_name"], ["other_name"], ["nobody_named"], ["unknown_email"], []]
    assert [row.writes for row in rows] == [True, True, False, False, False, False, False]
    assert rows[2].faults[0].parameters["count"] == 2


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_and_nothing_is_written_for_nobody(text: str) -> None:
    rows = understand(read_list(text.replace("\x00", "")), [known("Kari Ås", "kari@nav.no")])
    assert sum(row.writes for row in rows) <= 1


def test_everybody_means_everybody() -> None:
    assert is_invited({Role.EMPLOYEE}, frozenset(), works_there=False)
