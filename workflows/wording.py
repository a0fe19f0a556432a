"""Words that people of the scheme write themselves, in its three languages."""

from __future__ import annotations

import msgspec

LANGUAGES = ("nb", "nn", "en")


class Wording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One text in three languages; a draft may lack some of them."""

    nb: str = ""
    nn: str = ""
    en: str = ""

    def of(self, language: str) -> str:
        """The text in a language; where that lacks it the first there is, bokmål before the others."""
        return str(getattr(self, language, "")) or self.nb or self.nn or self.en

    def lacks(self) -> tuple[str, ...]:
        """The languages in which nothing is written."""
        return tuple(language for language in LANGUAGES if not getattr(self, language).strip())
