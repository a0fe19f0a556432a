"""Bokmål and nynorsk come to the same words in PostgreSQL's Norwegian dictionary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.core.database import Database
from app.network.words import BEGINNINGS, WHOLE, normalised, normalised_word

PAIRS = """
ikke ikkje|hvordan korleis|hvorfor kvifor|hva kva|hvem kven|flere fleire|sammen saman|uten utan|alene åleine|hele heile
tjeneste teneste|tjenester tenester|tjenestene tenestene|mulighet moglegheit|muligheter moglegheiter|mulig mogleg
veileder rettleiar|veiledere rettleiarar|veilederne rettleiarane|veiledning rettleiing|veiledning vegleiing
leder leiar|ledere leiarar|lederne leiarane|bruker brukar|brukere brukarar|brukerne brukarane|brukeren brukaren
medarbeider medarbeidar|medarbeidere medarbeidarar|innbygger innbyggjar|innbyggere innbyggjarar|søker søkjar
arbeidsgiver arbeidsgivar|arbeidsgivere arbeidsgivarar|samarbeidspartnere samarbeidspartnarar|eier eigar
tilskudd tilskot|tilsagn tilsegn|utlysning utlysing|utlysningen utlysinga|regnskap rekneskap|beslutning avgjerd
ungdommer ungdommar|ungdommene ungdommane|samtaler samtalar|samtalene samtalane|skole skule|skoler skular|uke veke
hverdag kvardag|ensomhet einsemd|ensomme einsame|fravær fråvær|sykdom sjukdom|bolig bustad
bosetting busetting|hjem heim|utenfor utanfor|trygghet tryggleik|mestring meistring|opplevelse oppleving
virksomhet verksemd|måloppnåelse måloppnåing|begrunnelse grunngiving|sammenheng samanheng|tidlig tidleg
flyktninger flyktningar|vanskelig vanskeleg|måneder månader|enkelt einskild|forutsetning føresetnad|selv sjølv
""".replace("\n", "|")
"""Bokmål and nynorsk of the same: from DOMAIN.md section 1, and what offices write about."""

DIFFERENT = "leder lærer|skole sykehus|arbeid bolig|ungdom flyktning|tjeneste tilskudd|bruker søker"


async def stems(database: Database, word: str) -> set[str]:
    async with database.reading() as uow:
        vector = func.to_tsvector("norwegian", normalised(word))
        found = await uow.session.scalar(select(func.tsvector_to_array(vector)))
        return set(found or ())


@pytest.mark.parametrize("pair", [each for each in PAIRS.split("|") if each.strip()])
async def test_the_two_written_forms_are_one_word(database: Database, pair: str) -> None:
    bokmal, nynorsk = pair.split()
    assert await stems(database, bokmal) == await stems(database, nynorsk)


@pytest.mark.parametrize("pair", DIFFERENT.split("|"))
async def test_different_words_stay_different(database: Database, pair: str) -> None:
    one, other = pair.split()
    assert not await stems(database, one) & await stems(database, other)


@pytest.mark.parametrize("forms", ["bruker brukere brukeren brukerne brukarar brukarane", "ungdom ungdommen ungdommer"])
async def test_the_forms_of_one_word_are_one(database: Database, forms: str) -> None:
    found = [await stems(database, form) for form in forms.split()]
    assert all(each == found[0] for each in found), found


def test_nothing_is_declared_to_no_purpose() -> None:
    assert not {word for word, instead in {**WHOLE, **BEGINNINGS}.items() if word == instead}


@given(st.text())
def test_any_text_can_be_searched_for(text: str) -> None:
    assert isinstance(normalised(text), str)


@given(st.sampled_from([*WHOLE.values(), *BEGINNINGS.values()]))
def test_bokmal_stays_what_it_is_searched_as(word: str) -> None:
    assert normalised_word(normalised_word(word)) == normalised_word(word)
