"""The page of lint has the rules that there are."""

from lint_page import PAGE, page


def test_the_page_has_every_rule_as_it_is_described():
    assert PAGE.read_text(encoding="utf-8") == page(), "poe lint-rules writes it anew"
