"""An audit of what comes along says what it knows, and no page takes the project from where it is not."""

import re

import advisories
import pytest
from doc_pages import ROOT

TEXTS = [
    ROOT / "README.md",
    *(
        path
        for folder in ("docs", "platform", "mock_insightly", "callback_sink", "scenarios", ".github", ".ci")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".md", ".py", ".yml", ".yaml", ".toml", ".html", ".txt"}
        or path.name == "Containerfile"
        if not {"node_modules", "site-packages"} & set(path.parts)
    ),
]
FROM_AN_INDEX = re.compile(
    r"(?:pip3? (?:install|download)|pipx (?:install|run)|uv (?:add|tool install|tool run|pip install)|uvx)"
    r"[^\n`|&;]*?(?<![\w/.@-])elements[-_]local(?![\w/.-])(?! @)"
)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("pip install elements-local", True),
        ("pip install -q 'elements-local[asgi]' pytest", True),
        ("uv tool install elements-local", True),
        ("uvx elements-local tour", True),
        ("pip install -q ../elements-local pytest", False),
        ("pip install . && .venv/bin/elements-local tour", False),
        ("pip install --requirement requirements-elements-local.txt pytest", False),
    ],
)
def test_what_installs_the_name_from_an_index_is_told_from_what_does_not(text, is_one):
    assert bool(FROM_AN_INDEX.search(text)) is is_one


def test_no_page_and_no_message_installs_the_name_from_an_index_before_it_is_there():
    assert len(TEXTS) > 500
    found = {str(path): FROM_AN_INDEX.findall(path.read_text("utf-8")) for path in TEXTS}

    assert {path: commands for path, commands in found.items() if commands} == {}


KNOWN = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "status", "said"),
    [
        ([KNOWN, UNKNOWN], 0, "not known there: c\n0 advisories on 1 packages"),
        ([KNOWN, BAD], 1, "b 2: PYSEC-1, mended in 3\n1 advisories on 2 packages"),
        (
            [UNKNOWN],
            0,
            "skipped: no database of advisories can be reached, and nothing is known of any package",
        ),
    ],
)
def test_an_audit_fails_by_what_is_found_and_never_says_so_of_what_nobody_knows(dependencies, status, said):
    audited = advisories.json.dumps({"dependencies": dependencies})

    assert advisories.verdict(audited) == (status, said)
    assert advisories.verdict("")[1].startswith("skipped: ")
