"""The battery: a good receiver passes every check, and each faulty one fails its own and no other."""

import importlib.util
import json
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from junitparser import JUnitXml

from elements_local.certify import Outcome, certify
from elements_local.certify.checks import BATTERY
from elements_local.cli import cli
from elements_local.errors import OptionError

_spec = importlib.util.spec_from_file_location("receivers", Path(__file__).with_name("receivers.py"))
receivers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(receivers)


@contextmanager
def served(receiver):
    """Serve a receiver; what it holds is let go at the end."""
    server = receivers.Server(receiver)
    server.start()
    try:
        yield server
    finally:
        receiver.let_go.set()
        server.clear()
        server.stop()


def judged(receiver, **given):
    with served(receiver) as server:
        given = {
            "key": receivers.KEY,
            "probe": server.url_for("/state"),
            "restart": receiver.restart,
            "burst": 60,
        } | given
        return certify(server.url_for("/hook"), **given)


def test_a_good_receiver_passes_the_whole_battery():
    scorecard = judged(receivers.Receiver(), burst=500)

    assert scorecard.failed == ()
    assert scorecard.count(Outcome.PASSED) == len(BATTERY) == 17


@pytest.mark.parametrize("faulty", receivers.FAULTY, ids=lambda faulty: faulty.fails)
def test_a_faulty_receiver_fails_its_own_check_and_no_other(faulty):
    patience = 1 if faulty.fails == "in-time" else 15

    scorecard = judged(faulty(), timeout=timedelta(seconds=patience))

    assert scorecard.failed == (faulty.fails,), str(scorecard)
    assert scorecard.count(Outcome.PASSED) == len(BATTERY) - 1


def test_every_check_but_the_plainest_has_its_faulty_receiver():
    assert {faulty.fails for faulty in receivers.FAULTY} == set(BATTERY) - {"valid-signature"}


def test_without_a_probe_a_receiver_is_judged_by_its_answers():
    blind = judged(receivers.LooksUpOldEventsOnly(), probe=None, only=["duplicate", "reordered"])

    assert blind.failed == ()


def test_without_a_key_or_a_way_to_restart_what_needs_them_is_skipped():
    class Trusting(receivers.Receiver):
        def is_genuine(self, body, signature):
            return body and signature is None

    scorecard = judged(Trusting(), key="", restart=None)

    skipped = {result.name for result in scorecard.results if result.outcome is Outcome.SKIPPED}
    assert skipped == {"wrong-signature", "missing-signature", "reserialised-signature", "after-restart"}
    assert scorecard.passed


def test_nobody_listening_fails_every_check_and_says_so():
    scorecard = certify("http://127.0.0.1:1/", key="k", burst=2)

    assert len(scorecard.failed) == len(BATTERY) - 1
    assert "connection refused" in scorecard.results[0].why


def test_a_probe_that_does_not_answer_is_named():
    with served(receivers.Receiver()) as server:
        card = certify(
            server.url_for("/hook"), key=receivers.KEY, probe=server.url_for("/nowhere"), only=["duplicate"]
        )

    assert "/nowhere" in card.results[0].why


@pytest.mark.parametrize("url", ["", "nowhere", "ftp://127.0.0.1/", "http://", "http://[::1", "http://h:x/"])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(OptionError, match="expected a URL"):
        certify(url or "x")


def test_an_unknown_check_is_refused_with_the_known_ones():
    with pytest.raises(OptionError, match="valid-signature"):
        certify("http://127.0.0.1:1/", only=["colour"])


def run(*words):
    return CliRunner().invoke(cli, ["certify", *words])


def test_the_command_prints_the_scorecard_and_writes_it_as_junit_and_as_a_page(tmp_path):
    junit, page = tmp_path / "card.xml", tmp_path / "card.html"
    with served(receivers.TakesOneEvent()) as server:
        done = run(
            server.url_for("/hook"), "--key", receivers.KEY, "--burst", "5", "--only", "valid-signature",
            "--only", "ten-events", "--only", "after-restart", "--junit", str(junit), "--html", str(page),
        )  # fmt: skip

    assert done.exit_code == 1
    assert "passed   A callback with a valid signature is accepted" in done.output
    assert "failed   A callback with ten events is accepted" in done.output
    assert "ten events: expected any 2xx, it answered 400 'one, please'" in done.output
    assert done.output.endswith("1 passed, 1 failed, 1 skipped\n")
    cases = {
        case.name: [type(each).__name__ for each in case.result]
        for case in next(iter(JUnitXml.fromfile(junit)))
    }
    assert cases == {"valid-signature": [], "ten-events": ["Failure"], "after-restart": ["Skipped"]}
    html = page.read_text()
    assert "&#39;one, please&#39;" in html
    elsewhere = html.replace(server.url_for("/hook"), "").replace("http-equiv", "")
    assert "http" not in elsewhere, "it needs nothing from elsewhere"
    assert "default-src 'none'; style-src 'sha256-" in unescape(html)


def test_the_command_prints_json():
    with served(receivers.Receiver()) as server:
        done = run(server.url_for("/hook"), "--key", receivers.KEY, "--only", "valid-signature", "--json")

    card = json.loads(done.output)
    assert done.exit_code == 0
    assert (card["url"], card["passed"], card["failed"], card["skipped"]) == (
        server.url_for("/hook"),
        1,
        0,
        0,
    )
    assert card["checks"][0]["name"] == "valid-signature"


def test_the_command_restarts_a_receiver_by_a_command():
    with served(receivers.Receiver()) as server:
        words = (
            server.url_for("/hook"),
            "--key",
            receivers.KEY,
            "--only",
            "after-restart",
            "--restart-command",
        )
        well = run(*words, "true")
        ill = run(*words, "false")

    assert (well.exit_code, ill.exit_code) == (0, 1)
    assert "the restart command ended with 1" in ill.output


def test_the_fixture_tries_a_receiver(elements_certify):
    with served(receivers.Receiver()) as server:
        scorecard = elements_certify(
            server.url_for("/hook"), key=receivers.KEY, burst=5, only=["burst", "large"]
        )

    assert scorecard.passed
