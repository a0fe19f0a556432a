"""A benefit that is named like something that was made is asked about, in three languages."""

from __future__ import annotations

import pytest

from workflows.benefit_title import names_a_product


@pytest.mark.parametrize(
    "title",
    ["Ny mal", "Kurs holdt", "Nye rutiner for oppfølging", "Ny samtalemal", "Kurs halde", "Ny rettleiar laga", "New template",
     "Course held", "Training carried out", "Opplæring gjennomført på kontoret", "Nytt verktøy", "Sjekkliste",
     "Opplæring internt", "Ny opplæring til dem som trenger det"],
)  # fmt: skip
def test_what_was_made_is_no_effect(title: str) -> None:
    assert names_a_product(title)


@pytest.mark.parametrize(
    "title",
    ["Færre gjentatte henvendelser", "Kortere ventetid", "Tryggere samtaler", "Flere i arbeid", "Betre møte med brukaren",
     "Mer opplæring til dem som trenger det", "Shorter waiting time", "Fewer meetings", "Spart tid med ny mal", "",
     "Brukerne forstår vedtaket", "Normalt sykefravær", "Færre møter", "Nye verktøy gir kortere køer",
     "Brukerne liker kurs", "???"],
)  # fmt: skip
def test_an_effect_is_left_alone(title: str) -> None:
    assert not names_a_product(title)
