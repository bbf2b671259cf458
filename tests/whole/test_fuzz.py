"""A short, seeded run of schemathesis on each service; ``poe fuzz`` is the long one.

A check covers the edges of every schema on the sink alone, whose admin routes all three have; elsewhere it draws an example of
each operation.
"""

import importlib.util
import re
from pathlib import Path

import pytest
from examples import LONG

from mock_insightly.versions.known import VERSIONS


def loaded(name):
    """Return a module that is run as a script."""
    spec = importlib.util.spec_from_file_location(f"fuzz_{name}", FUZZ / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DRAWN = [] if LONG else ["--phases", "fuzzing,stateful"]
IN_CRM = r"^/(v3\.1/(Contacts|Tags|Tasks)|oauth/)" if LONG else r"^/(v3\.1/Contacts|oauth/)"
FUZZ = Path(__file__).parents[1] / "fuzz"
run = loaded("run")
hooks = loaded("hooks")


@pytest.mark.parametrize(
    ("service", "nightly", "chosen"),
    [("platform", 3, DRAWN), ("crm", 1, [*DRAWN, "--include-path-regex", IN_CRM]), ("sink", 5, [])],
)
def test_every_answer_is_one_that_the_document_allows(service, nightly, chosen):
    count = nightly if LONG else 1

    done = run.fuzz(service, "--seed", "20260302", "--max-examples", str(count), *chosen)

    assert done.returncode == 0, run.readable(done)[-8000:]


def test_each_version_of_the_crm_has_a_run_of_its_own_unless_one_is_asked_for():
    parts = [re.compile(pattern) for _, pattern in run.runs("crm", None, None)]

    for path in ("/_local/clock", "/oauth/token", *(f"/{version}/Contacts" for version in VERSIONS)):
        assert sum(bool(part.search(path)) for part in parts) == 1
    assert len(run.runs("crm", "v2.2", None)) == len(run.runs("sink", None, None)) == 1


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [("b", False), ("", False), ("a/b", True), ("x" * 501, True), (5, True), (None, True)],
)
def test_what_is_made_up_scripts_no_bin_that_callbacks_are_sent_to(name, is_kept):
    body = {"bin": name, "responses": [{"drop": True}]}

    assert hooks.elsewhere(body) == {**body, "bin": name if is_kept else hooks.SCRIPTED}
    assert hooks.elsewhere([body]) == [body]


@pytest.mark.parametrize(
    ("schema", "texts", "fit"),
    [
        ({"type": "array", "items": {"type": "string"}}, ["false"], True),
        ({"type": "array", "items": {"pattern": "^a"}}, ["a", "b"], False),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, ["__main__"], True),
        ({"type": "integer", "minimum": 5}, ["7"], True),
        ({"type": "integer", "minimum": 5}, ["4"], False),
        ({"type": "integer"}, ["seven"], False),
        ({"type": "integer"}, ["9" * 5000], False),
        ({"enum": ["valid"]}, ["other"], False),
    ],
)
def test_a_query_fits_by_what_its_url_has(schema, texts, fit):
    assert hooks.fits(schema, texts) is fit
