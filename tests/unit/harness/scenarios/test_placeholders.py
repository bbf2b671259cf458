"""Names in a scenario's texts, and texts that only look like them."""

from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.scenarios.scenario_context import escaped, fill, fill_text

KNOWN = {"a": 7, "contacts/ada": 12345678, "workspace": "mine", "tricky": "{a}"}


@each_row(
    ("value", "becomes"),
    {
        "nothing but a name is the value": ("{contacts/ada}", 12345678),
        "names inside a text": ("/x/{contacts/ada}?w={workspace}", "/x/12345678?w=mine"),
        "inside of a body": ({"ID": "{a}", "x": ["{a}", 1, None]}, {"ID": 7, "x": [7, 1, None]}),
        "a value is not looked into": ("{tricky}", "{a}"),
        "what is no name": ("${gmtDate:yyyy} {b} {} {", "${gmtDate:yyyy} {b} {} {"),
        "a doubled brace": ("{{a}} {{b}}", "{a} {{b}}"),
    },
)
def test_names_are_filled_in(value, becomes):
    assert fill(value, KNOWN) == becomes


@given(st.text(st.sampled_from("{}a/w$ "), max_size=20) | st.text())
def test_what_is_escaped_is_itself_again(text):
    assert fill_text(escaped(text, KNOWN), KNOWN) == text
    assert fill(escaped(text, KNOWN), KNOWN) == text
