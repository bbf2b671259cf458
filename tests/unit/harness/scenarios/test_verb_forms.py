"""What messages show as forms of ``expect`` and ``never`` is what these take."""

import re
from pathlib import Path

import pytest

from elements_local.scenarios import verbs
from elements_local.scenarios.scenario import load

SNIPPETS = [
    pytest.param(verb, snippet, id=f"{verb} {snippet}")
    for verb, forms in verbs.FORMS.items()
    for key, text in forms.items()
    for snippet in re.findall("`([^`]+)`", text)
    if snippet.startswith(f"{key}:")
]


@pytest.mark.parametrize(("verb", "snippet"), SNIPPETS)
def test_a_form_that_is_shown_is_taken(tmp_path: Path, verb: str, snippet: str) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(
        "scenario: it\ninstances: {instance: {}, second: {}}\nsteps:\n"
        f"  - create: {{contacts/ada: {{}}}}\n  - {verb}: {{{snippet}}}\n"
    )

    (scenario,) = load(path)

    assert scenario.steps[1].verb == verb


@pytest.mark.parametrize("verb", verbs.FORMS)
def test_every_key_has_its_forms(verb: str) -> None:
    shape = verbs.VERBS[verb] if verb != "expect" else verbs.Expect

    assert list(verbs.FORMS[verb]) == list(shape.__struct_fields__)
