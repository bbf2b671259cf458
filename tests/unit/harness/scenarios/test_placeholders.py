"""Names in a scenario's texts, and texts that only look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.scenarios.scenario_context import escaped, fill, fill_text

KNOWN = {"a": 7, "contacts/ada": 12345678, "workspace": "mine", "tricky": "{a}"}


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        pytest.param("{contacts/ada}", 12345678, id="nothing but a name is the value"),
        pytest.param("/x/{contacts/ada}?w={workspace}", "/x/12345678?w=mine", id="names inside a text"),
        pytest.param({"ID": "{a}", "x": ["{a}", 1, None]}, {"ID": 7, "x": [7, 1, None]}, id="inside of a body"),
        pytest.param("{tricky}", "{a}", id="a value is not looked into"),
        pytest.param("${gmtDate:yyyy} {b} {} {", "${gmtDate:yyyy} {b} {} {", id="what is no name"),
        pytest.param("{{a}} {{b}}", "{a} {{b}}", id="a doubled brace"),
    ],
)  # fmt: skip
def test_names_are_filled_in(value, becomes):
    assert fill(value, KNOWN) == becomes


@given(st.text(st.sampled_from("{}a/w$ "), max_size=20) | st.text())
def test_what_is_escaped_is_itself_again(text):
    assert fill_text(escaped(text, KNOWN), KNOWN) == text
    assert fill(escaped(text, KNOWN), KNOWN) == text
