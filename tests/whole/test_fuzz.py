"""A short, seeded run of schemathesis on each service; ``poe fuzz`` is the long one."""

import importlib.util
import sys
from pathlib import Path

import pytest

_RUN = Path(__file__).parents[1] / "fuzz" / "run.py"
_spec = importlib.util.spec_from_file_location("fuzz_run", _RUN)
assert _spec
assert _spec.loader
run = importlib.util.module_from_spec(_spec)
sys.modules["fuzz_run"] = run
_spec.loader.exec_module(run)


@pytest.mark.parametrize(
    ("service", "chosen"),
    [
        ("platform", ["--max-examples", "3"]),
        ("crm", ["--max-examples", "1", "--include-path-regex", r"^/(v3\.1/(Contacts|Tags|Tasks)|oauth/)"]),
        ("sink", ["--max-examples", "5"]),
    ],
)
def test_every_answer_is_one_that_the_document_allows(service, chosen):
    done = run.fuzz(service, "--seed", "20260302", *chosen)

    assert done.returncode == 0, run.readable(done)[-8000:]


@pytest.mark.parametrize(
    ("version", "only", "pattern"),
    [
        (None, None, None),
        (None, "^/_local", "^/_local"),
        ("v2.1", None, r"^/v2\.1/"),
        ("v3.1", "(Contacts|Leads)", r"^/v3\.1/(Contacts|Leads)"),
    ],
)
def test_a_run_is_narrowed_to_a_version_and_to_paths(version, only, pattern):
    assert run.narrowed(version, only) == ([] if pattern is None else ["--include-path-regex", pattern])
