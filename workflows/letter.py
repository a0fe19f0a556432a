"""What a letter says: its kinds, what is filled in, what it must never lack, and how its text is read (G20, G21, G22)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec

from workflows.engine import Reason
from workflows.roles import Role

HANDLERS = (Role.CASE_HANDLER,)


class LetterKind(StrEnum):
    """What a letter tells; each kind has a text of its own in each language form."""

    AWARD = "award"
    PROVISIONAL = "provisional"
    REJECTION = "rejection"
    WAITLIST = "waitlist"
    DISMISSAL = "dismissal"
    DECLINED = "declined"
    UPHELD = "upheld"
    SENT_ON = "sent_on"
    CHANGED = "changed"
    TOO_LATE = "too_late"
    UPHELD_ABOVE = "upheld_above"
    CHANGED_ABOVE = "changed_above"


K = LetterKind
GIVING = frozenset({K.AWARD, K.PROVISIONAL})
"""Letters that give the office something, whose conditions it accepts."""
DECIDED = frozenset({*GIVING, K.REJECTION, K.WAITLIST})
"""Letters about a decision on the application itself."""
TRIED_AGAIN = frozenset({*DECIDED, K.DISMISSAL})
"""Letters about an outcome that the office can have tried again, where the call's regime lets it (G30)."""
OF_ANOTHER_LOOK = frozenset({K.UPHELD, K.SENT_ON, K.CHANGED, K.TOO_LATE, K.UPHELD_ABOVE, K.CHANGED_ABOVE})
"""Letters about a reconsideration or an appeal."""


class Placeholder(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is filled in: words within a sentence, or a block that stands alone in its paragraph."""

    name: str
    kinds: frozenset[LetterKind] = frozenset(LetterKind)
    """The letters that know it."""
    mandatory: frozenset[LetterKind] = frozenset()
    """The letters that must have it."""
    block: bool = False


def _block(name: str, kinds: frozenset[LetterKind], mandatory: frozenset[LetterKind] | None = None) -> Placeholder:
    return Placeholder(name=name, kinds=kinds, mandatory=kinds if mandatory is None else mandatory, block=True)


ALL = frozenset(LetterKind)

PLACEHOLDERS: dict[str, Placeholder] = {
    each.name: each
    for each in (
        Placeholder(name="title"),
        Placeholder(name="call"),
        Placeholder(name="office"),
        Placeholder(name="reference"),
        Placeholder(name="contact", mandatory=ALL),
        Placeholder(name="decided_by", mandatory=ALL - {K.DECLINED}),
        Placeholder(name="days_to_accept", kinds=GIVING, mandatory=GIVING),
        Placeholder(name="asked_on", kinds=OF_ANOTHER_LOOK),
        Placeholder(name="first_letter_on", kinds=OF_ANOTHER_LOOK),
        _block("reasons", ALL),
        _block("scores", DECIDED, frozenset()),
        _block("purpose", GIVING),
        _block("amount", GIVING),
        _block("instrument", GIVING),
        _block("period", GIVING),
        _block("conditions", GIVING),
        _block("reporting", GIVING),
        _block("payment", GIVING),
        _block("control", GIVING),
        _block("breach", GIVING),
        _block("personal_data", GIVING, frozenset()),
        _block("appeal", TRIED_AGAIN),
    )
}
"""All that a text may have filled in; what each is stands in the translations under letter.placeholder."""


def known_to(kind: LetterKind) -> tuple[Placeholder, ...]:
    """What a letter of that kind can have filled in, the mandatory first."""
    found = [each for each in PLACEHOLDERS.values() if kind in each.kinds]
    return tuple(sorted(found, key=lambda each: kind not in each.mandatory))


NAMED = re.compile(r"\{([^{}\n]{0,60})\}")
"""A placeholder as it is typed: a name in braces."""
HEADING = "## "
LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000


def names_in(text: str) -> tuple[str, ...]:
    """The names in braces, in their order, each once."""
    return tuple(dict.fromkeys(match.strip() for match in NAMED.findall(text)))


def _braced(names: list[str]) -> str:
    return ", ".join("{" + name + "}" for name in names)


def _reason(code: str, names: list[str]) -> Reason:
    return Reason(code=code, parameters={"names": _braced(names)}, who=HANDLERS)


def paragraphs(text: str) -> tuple[str, ...]:
    """A text cut at its empty lines, the empty ones left out."""
    return tuple(part.strip() for part in re.split(r"\n[^\S\n]*\n", text.replace("\r\n", "\n")) if part.strip())


def faults_of(kind: LetterKind, subject: str, body: str) -> Iterator[tuple[str, Reason]]:
    """Everything that keeps a text from being used, with the field it is said beside.

    Several things may be wrong with the body: what it lacks is said beside `body_lacks`, what stands wrongly in it
    beside `body_place`.
    """
    if not subject.strip():
        yield "subject", Reason(code="form.empty")
    elif unknown := _unknown(kind, subject):
        yield "subject", _reason("letter.unknown_placeholder", unknown)
    elif blocks := [name for name in names_in(subject) if PLACEHOLDERS[name].block]:
        yield "subject", _reason("letter.block_within_text", blocks)
    elif _has_loose_brace(subject):
        yield "subject", Reason(code="letter.loose_brace", who=HANDLERS)
    unknown = _unknown(kind, body)
    if unknown:
        yield "body", _reason("letter.unknown_placeholder", unknown)
    elif _has_loose_brace(body):
        yield "body", Reason(code="letter.loose_brace", who=HANDLERS)
    lacking = [each.name for each in known_to(kind) if kind in each.mandatory and each.name not in names_in(body)]
    if lacking:
        yield "body_lacks", _reason("letter.placeholder_missing", lacking)
    if within := [name for each in paragraphs(body) for name in _blocks_within(each)]:
        yield "body_place", _reason("letter.block_within_text", within)


def _unknown(kind: LetterKind, text: str) -> list[str]:
    return [name for name in names_in(text) if name not in PLACEHOLDERS or kind not in PLACEHOLDERS[name].kinds]


def _has_loose_brace(text: str) -> bool:
    rest = NAMED.sub("", text)
    return "{" in rest or "}" in rest


def _blocks_within(paragraph: str) -> list[str]:
    """The blocks that share their paragraph with other words."""
    return [
        name
        for name in names_in(paragraph)
        if name in PLACEHOLDERS and PLACEHOLDERS[name].block and NAMED.sub("", paragraph, count=1).strip()
    ]


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the place of a block: paragraphs, and a table of two columns where there is one."""

    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a letter: a heading, paragraphs, and a table of two columns. What goes on behind a table has no heading."""

    key: str = ""
    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


Values = Mapping[str, str | Block]


def filled(text: str, values: Values) -> str:
    """A line with its words filled in; LookupError for a placeholder without a value. Nothing else is read from it."""
    return NAMED.sub(lambda match: _words(values, match[1].strip()), text)


def _words(values: Values, name: str) -> str:
    value = values[name]
    if isinstance(value, Block):
        raise LookupError(f"{name} is a block")
    return value


def parts_of(body: str, values: Values) -> tuple[Part, ...]:
    """The parts of a letter out of its text: "## " begins a heading, an empty line a new paragraph."""
    parts: list[Part] = []
    for heading, pieces in _sections(body):
        parts.extend(_filled_parts(filled(heading, values), pieces, values))
    return tuple(parts)


def _sections(body: str) -> Iterator[tuple[str, list[str]]]:
    heading, pieces = "", list[str]()
    for each in paragraphs(body):
        if each.startswith(HEADING):
            if heading or pieces:
                yield heading, pieces
            first, _, rest = each.partition("\n")
            heading, pieces = first.removeprefix(HEADING).strip(), [rest.strip()] if rest.strip() else []
        else:
            pieces.append(each)
    if heading or pieces:
        yield heading, pieces


def _filled_parts(heading: str, pieces: list[str], values: Values) -> Iterator[Part]:
    """A section's parts; a table ends one, and a section in which nothing is said is left out with its heading."""
    said: list[str] = []
    for piece in pieces:
        block = _block_of(piece, values)
        if block is None:
            said.append(filled(piece, values))
            continue
        said.extend(block.paragraphs)
        if block.rows:
            yield Part(heading=heading, paragraphs=tuple(said), rows=block.rows)
            heading, said = "", []
    if said:
        yield Part(heading=heading, paragraphs=tuple(said))


def _block_of(piece: str, values: Values) -> Block | None:
    found = NAMED.fullmatch(piece)
    value = values[found[1].strip()] if found else None
    return value if isinstance(value, Block) else None


def held_reasons(reasons: str) -> Iterator[Reason]:
    """Why a letter cannot be made: it has no reasons, and no outcome goes without (G21)."""
    if not reasons.strip():
        yield Reason(code="letter.without_reasons", who=HANDLERS)
