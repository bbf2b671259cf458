"""What messages show as forms of ``expect`` and ``never`` is what these take."""

import re
from pathlib import Path

from each_row import each_row

from elements_local.scenarios.scenario import load
from elements_local.scenarios.verbs import VERBS
from elements_local.scenarios.verbs.expect import Expect

SNIPPETS = [
    (verb.name, snippet)
    for verb in VERBS.values()
    for key, text in verb.forms.items()
    for snippet in re.findall("`([^`]+)`", text)
    if snippet.startswith(f"{key}:")
]


@each_row(("verb", "snippet"), SNIPPETS)
def test_a_form_that_is_shown_is_taken(tmp_path: Path, verb: str, snippet: str) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(
        "scenario: it\ninstances: {instance: {}, second: {}}\nsteps:\n"
        f"  - create: {{contacts/ada: {{}}}}\n  - {verb}: {{{snippet}}}\n"
    )

    (scenario,) = load(path)

    assert scenario.steps[1].verb == verb


@each_row("verb", [verb for verb in VERBS if VERBS[verb].forms])
def test_every_key_has_its_forms(verb: str) -> None:
    shape = VERBS[verb].shape if verb != "expect" else Expect

    assert list(VERBS[verb].forms) == list(shape.__struct_fields__)
