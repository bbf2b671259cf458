"""What is copied of a callback does what it says."""

import shlex
from itertools import pairwise

import pytest

from elements_local.dashboard import copies
from elements_local.scenarios.runner import How, Runner
from elements_local.scenarios.scenario import load


@pytest.fixture(params=["CREATED", "UPDATED"])
def change(request, clients, instance):  # noqa: ARG001 - a fixture takes no mark
    """A callback that tells of a change."""
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada `quoted` 'it'"})
    clients.clock.advance("15m")
    if request.param == "UPDATED":
        clients.crm.update("Contacts", record["CONTACT_ID"], {"LAST_NAME": "King"})
        clients.clock.advance("15m")
    return clients.sink.callbacks()[-1]


def test_the_test_passes(change, pytester):
    pytester.makepyfile(copies.as_test(change))

    result = pytester.runpytest_subprocess("-q", "-p", "no:randomly")

    result.assert_outcomes(passed=1)


def test_the_scenario_passes(change, tmp_path):
    path = tmp_path / "copied.yaml"
    path.write_text(copies.as_steps(change))

    (scenario,) = load(path)
    runner = Runner(How())
    try:
        assert runner.run(scenario).failure is None
    finally:
        runner.close()


def test_the_command_sends_the_same_bytes_and_headers(change, clients):
    words = shlex.split(copies.as_curl(change, clients.sink.url).replace("\\\n", " "))
    headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")

    reply = clients.sink.http.send(
        words[words.index("-X") + 1],
        words[3],
        headers=headers,
        body=words[words.index("--data-binary") + 1].encode(),
    )

    again = clients.sink.callbacks()[-1]
    assert (reply.status, again["body"], again["signature"]) == (200, change["body"], "valid")


def test_a_fence_is_longer_than_any_in_the_body(change):
    text = copies.as_markdown({**change, "body": "``` and ````"})

    assert text.count("`````") == 2


@pytest.mark.parametrize(
    "body", [None, {}, {"message": {"events": [{"objectType": "__import__", "eventType": "CREATED"}]}}]
)
def test_of_what_tells_no_known_change_there_is_neither_test_nor_scenario(change, body):
    assert copies.as_test({**change, "json": body}) is None
    assert copies.as_steps({**change, "json": body}) is None
