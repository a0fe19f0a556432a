"""What of two people's typing is kept, and what overlaps: no text is ever replaced that its replacer has not seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.writing import Seen, Weighed, fingerprint, read_seen, seen_text, weigh

BASE = {"need": "Tid", "plan": "Vår"}
SEEN = {key: Seen(3, fingerprint(value)) for key, value in BASE.items()}
AS_SEEN = {"need": 3, "plan": 3}


@pytest.mark.parametrize(
    ("typed", "stored", "versions", "seen", "kept", "overlapping"),
    [
        ({"need": "Ro"}, BASE, AS_SEEN, SEEN, {"need": "Ro"}, ()),
        ({"need": "Tid"}, BASE, AS_SEEN, SEEN, {}, ()),
        ({"need": "Ro"}, {"need": "Hjelp"}, {"need": 4}, SEEN, {}, ("need",)),
        ({"need": "Hjelp"}, {"need": "Hjelp"}, {"need": 4}, SEEN, {}, ()),
        ({"need": "Tid"}, {"need": "Hjelp"}, {"need": 4}, SEEN, {}, ()),
        ({"need": "Ro", "plan": "Høst"}, {"need": "Hjelp", "plan": "Vår"}, {"need": 4, "plan": 3}, SEEN,
         {"plan": "Høst"}, ("need",)),
        ({"need": None}, {"need": "Hjelp"}, {"need": 4}, SEEN, {}, ("need",)),
        ({"need": "Ro"}, {}, {"need": 4}, SEEN, {}, ("need",)),
        ({"need": ""}, {}, {}, {}, {}, ()),
        ({"need": "Ro"}, {"need": "Hjelp"}, {"need": 4}, {}, {"need": "Ro"}, ()),
    ],
    ids=["as seen", "untouched", "written meanwhile", "the same words", "untouched while another wrote",
         "one of two", "taken away meanwhile", "emptied meanwhile", "nothing for nothing", "nothing said of what was seen"],
)  # fmt: skip
def test_a_field_is_kept_or_overlaps(
    typed: dict[str, Any], stored: dict[str, Any], versions: dict[str, int], seen: dict[str, Seen],
    kept: dict[str, Any], overlapping: tuple[str, ...],
) -> None:  # fmt: skip
    assert weigh(typed, stored, versions, seen) == Weighed(kept, overlapping)


def test_what_was_seen_is_read_back() -> None:
    key = "benefit.0197-a:b.title"
    assert read_seen([seen_text(key, 12, "Ro"), "no such thing", "x:y:z", ":1:a", "key:99999999999:a"]) == {
        key: Seen(12, fingerprint("Ro"))
    }
    assert fingerprint("") == fingerprint(None) == fingerprint([]) == fingerprint("  ")
    assert len({fingerprint(value) for value in ("a", "b", 0, False, "0", ["a"], None)}) == 7


class Draft:
    """One draft, and what each of its writers has on their screen."""

    def __init__(self) -> None:
        self.stored: dict[str, Any] = {}
        self.versions: dict[str, int] = {}
        self.record: list[tuple[str, str, str]] = []
        self.screens: dict[str, dict[str, tuple[Seen, str]]] = {"a": {}, "b": {}}
        self.shown: dict[str, set[str]] = {"a": set(), "b": set()}
        for who in self.screens:
            self.load(who)

    def load(self, who: str) -> None:
        """Open the page: every field as it stands."""
        for field in ("need", "plan"):
            self.look(who, field)

    def look(self, who: str, field: str) -> None:
        text = self.stored.get(field) or ""
        self.screens[who][field] = (Seen(self.versions.get(field, 0), fingerprint(text)), text)
        self.shown[who].add(text)

    def save(self, who: str, field: str, text: str) -> None:
        """Type a text and save it; where it overlaps both are shown, and the writer insists on their own."""
        seen, _ = self.screens[who][field]
        before = self.stored.get(field) or ""
        found = weigh({field: text}, self.stored, self.versions, {field: seen})
        if found.overlapping:
            assert found.changed == {}
            self.look(who, field)
            return
        if field in found.changed:
            assert before in self.shown[who], "a text was replaced by somebody who had never seen it"
            self.stored[field] = text
            self.versions[field] = self.versions.get(field, 0) + 1
            self.record.append((who, field, text))
            self.look(who, field)


STEPS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["need", "plan"]), st.sampled_from(["", "x", "y", "z", "reload"])),
    max_size=30,
)


@given(STEPS)
def test_no_interleaving_replaces_a_text_unseen(steps: list[tuple[str, str, str]]) -> None:
    draft = Draft()
    for who, field, text in steps:
        if text == "reload":
            draft.load(who)
        else:
            draft.save(who, field, text)
    for field, text in draft.stored.items():
        assert [each for _, at, each in draft.record if at == field][-1] == text
