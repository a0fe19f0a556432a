"""Two people who write in one draft: what is kept at once, and what is first shown to whoever comes later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from workflows.forms.fields import is_empty


class Seen(msgspec.Struct, frozen=True):
    """What a writer had before them in a field: its version, and the fingerprint of what it said."""

    version: int
    fingerprint: str


class Weighed(msgspec.Struct, frozen=True):
    """What of the typed is to be kept, and in which fields somebody else has written meanwhile."""

    changed: dict[str, Any]
    overlapping: tuple[str, ...]


def fingerprint(value: Any) -> str:
    """A short fingerprint of what a field says; the same for every way of saying nothing."""
    said = None if is_empty(value) else value
    return sha256(msgspec.json.encode(said, order="sorted")).hexdigest()[:16]


def seen_text(key: str, version: int, value: Any) -> str:
    """What a form sends along with a field: its key, its version and the fingerprint of what it said."""
    return f"{key}:{version}:{fingerprint(value)}"


def read_seen(texts: Iterable[str]) -> dict[str, Seen]:
    """What was seen, by the fields' keys; a text that says nothing of the kind is passed over."""
    found: dict[str, Seen] = {}
    for text in texts:
        rest, _, mark = text.rpartition(":")
        key, _, version = rest.rpartition(":")
        if key and version.isascii() and version.isdigit() and len(version) < 10:
            found[key] = Seen(int(version), mark)
    return found


def weigh(
    typed: Mapping[str, Any], stored: Mapping[str, Any], versions: Mapping[str, int], seen: Mapping[str, Seen]
) -> Weighed:
    """Field by field: what was typed in a field that still is as it was seen is kept; in one that is not, it overlaps.

    A field whose writer left it as it was, or typed what stands there now, is neither. Where nothing is said to have
    been seen nothing is compared: whoever writes so has said which version of the whole they write on (G7).
    """
    changed: dict[str, Any] = {}
    overlapping: list[str] = []
    for key, value in typed.items():
        now = stored.get(key)
        if value == now or (is_empty(value) and is_empty(now)):
            continue
        known = seen.get(key)
        if known is not None and known.fingerprint == fingerprint(value):
            continue
        if known is None or known.version == versions.get(key, 0):
            changed[key] = value
        else:
            overlapping.append(key)
    return Weighed(changed, tuple(overlapping))
