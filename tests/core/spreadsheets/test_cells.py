import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.spreadsheets.cells import plain_text, safe, safe_text

TEXTS = st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝＋－＠aé😀\", 0"), max_size=6)
# The first draw builds Hypothesis' table of characters.
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
STARTS = "=+-@\t\r\n＝＋－＠"


@pytest.mark.parametrize("start", STARTS)
def test_a_text_that_starts_a_formula_gets_an_apostrophe(start: str) -> None:
    assert safe_text(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "007", "a=1", "Mug - blue", "'s", "é+", "−1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text


@patiently
@given(TEXTS | st.text(max_size=20))
def test_the_original_is_always_found_again(text: str) -> None:
    assert plain_text(safe_text(text)) == text
    assert not safe_text(text).startswith(tuple(STARTS))


@patiently
@given(st.lists(st.none() | TEXTS | st.text(max_size=20), max_size=20))
def test_a_column_is_made_safe_like_each_of_its_texts(texts: list[str | None]) -> None:
    column = safe(pa.array(texts, pa.string()))
    assert column.to_pylist() == [t if t is None else safe_text(t) for t in texts]
