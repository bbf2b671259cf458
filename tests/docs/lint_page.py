"""The table of lint's rules, made from their descriptions: ``poe lint-rules`` writes it into the page."""

from doc_pages import ROOT

from mock_platform.lint.rules import RULES

PAGE = ROOT / "docs" / "lint.md"
TITLE = "## The rules\n"


def table() -> str:
    """Return the table as Markdown."""
    rows = [
        f"| `{rule.value}` | {each.severity.value} | {each.seen} | {each.why} | {each.cure} |"
        for rule, each in RULES.items()
    ]
    return "\n".join(
        [
            "| rule | severity | what is found | what will happen | what mends it |",
            "| --- | --- | --- | --- | --- |",
            *rows,
        ]
    )


def page() -> str:
    """Return the page with the table as the rules have it."""
    return f"{PAGE.read_text('utf-8').partition(TITLE)[0]}{TITLE}\n{table()}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
