"""Small pieces of markup that stand in every list: icons, tags, times; made once and kept."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from markupsafe import Markup, escape

from app.texts import filters

ICONS = {
    "alarm": "M12 3 22 20H2ZM12 9v5m0 2.5v.5",
    "arrow_left": "M20 12H4m7-7-7 7 7 7",
    "arrow_right": "M4 12h16m-7-7 7 7-7 7",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15ZM10 19.5a2 2 0 0 0 4 0M12 3v2",
    "calendar": "M4 6h16v14H4ZM4 10h16M8 3v4m8-4v4",
    "check": "M4.5 12.5 10 18 20 6.5",
    "circle": "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Z",
    "clock": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7v5.5l3.5 2",
    "cross": "M5.5 5.5l13 13m0-13-13 13",
    "document": "M6 3h8l5 5v13H6ZM14 3v5h5M9 13h7m-7 4h7",
    "down": "M5 9l7 7 7-7",
    "fault": "M8.5 3h7L21 8.5v7L15.5 21h-7L3 15.5v-7ZM12 7.5V13m0 2.7v.6",
    "globe": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM3.5 12h17M12 3.5c-5 5-5 12 0 17 5-5 5-12 0-17",
    "information": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5.5m0-9.3v.6",
    "lock": "M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
    "pause": "M8.5 5v14M15.5 5v14",
    "pencil": "M4 20l1-4.5L16.5 4 20 7.5 8.5 19Z",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20.5c1-8 14-8 15 0",
    "success": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM8 12.3l2.8 2.8L16 9.5",
}
"""Our own drawings on a sheet of 24 by 24, as lines."""

TONES = {
    "neutral": "circle", "info": "information", "success": "check", "warning": "alarm", "danger": "fault",
    "waiting": "clock", "stopped": "cross", "paused": "pause", "locked": "lock",
}  # fmt: skip
"""What a tag says beside its words, and the icon that says it without colour."""

COLOURS = {"waiting": "info", "stopped": "neutral", "paused": "warning", "locked": "neutral"}


@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> Markup:
    """One of our icons; decoration unless it has a label."""
    meaning = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true" focusable="false"'
    return Markup(
        f'<svg class="icon" viewBox="0 0 24 24" width="1em" height="1em" {meaning}><path d="{ICONS[name]}"/></svg>'
    )


@lru_cache(maxsize=2048)
def tag(text: str, tone: str = "neutral") -> Markup:
    """A state or mark: icon and words; LookupError for a tone that is not in TONES."""
    colour = COLOURS.get(tone, tone)
    drawn = icon(TONES[tone])
    return Markup(
        f'<span class="aksel-tag aksel-tag--small tag" data-variant="outline" data-color="{colour}">{drawn}'
    ) + (Markup("<span>{}</span></span>").format(text))


@lru_cache(maxsize=8192)
def time(value: date | datetime, language: str) -> Markup:
    """A day, or a moment of the day, that programs can read too."""
    text = filters.moment(value, language) if isinstance(value, datetime) else filters.day(value, language)
    return Markup('<time datetime="{}">{}</time>').format(filters.iso(value), text)


def lang(of: str | None, page: str) -> Markup:
    """The lang attribute of a piece written in another language than its page; nothing where they are the same."""
    return Markup(' lang="{}"').format(of) if of and of != page else Markup("")
