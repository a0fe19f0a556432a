"""Names of files as people send them, made fit to be kept and shown: no paths, no hidden characters, still readable."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

MOST_CHARACTERS = 200
UNNAMED = "uten navn"
SEPARATORS = re.compile(r"[/\\]")
RESERVED = re.compile(r'[<>:"|?*]')
PLAIN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "Æ": "Ae", "Ø": "O", "Å": "A"})
SPACES = re.compile(r"\s+")


def extension_of(name: str) -> str:
    """What stands behind the last dot, in small letters; "" where nothing does."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def cleaned_name(sent: str) -> str:
    """A name out of whatever was sent: the last part of a path, without control characters and marks that turn the
    direction of writing, at most 200 characters with its extension kept."""
    name = SEPARATORS.split(unicodedata.normalize("NFC", sent))[-1]
    name = SPACES.sub(" ", name)
    name = "".join(each for each in name if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = SPACES.sub(" ", RESERVED.sub("_", name)).strip(" .")
    extension = extension_of(name)
    if not extension:
        return (name or UNNAMED)[:MOST_CHARACTERS].rstrip(" .")
    stem = name[: -len(extension) - 1].rstrip(" .") or UNNAMED
    extension = name[-len(extension) :][:20]
    return f"{stem[: MOST_CHARACTERS - len(extension) - 1].rstrip(' .')}.{extension}"


def told_apart(name: str, taken: set[str]) -> str:
    """The name, or the name with a number where another file of the same place has it already."""
    known = {each.casefold() for each in taken}
    extension = extension_of(name)
    ending = name[-len(extension) - 1 :] if extension else ""
    stem = name.removesuffix(ending) if ending else name
    found, number = name, 1
    while found.casefold() in known:
        number += 1
        mark = f" ({number})"
        found = stem[: MOST_CHARACTERS - len(ending) - len(mark)] + mark + ending
    return found


def disposition(name: str) -> str:
    """The header that has a browser keep the file under its name (RFC 6266): in ASCII for old ones, whole for others."""
    ascii_name = unicodedata.normalize("NFKD", name.translate(PLAIN)).encode("ascii", "ignore").decode()
    ascii_name = re.sub(r'["\\%;]', "_", ascii_name).strip() or "file"
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
