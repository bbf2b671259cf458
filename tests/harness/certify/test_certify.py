"""The battery: a good receiver passes every check, and each faulty one fails its own and no other."""

import importlib.util
import json
import socket
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from deadline import DEADLINE
from examples import LONG, drawn
from junitparser import JUnitXml
from werkzeug import Response

from elements_local.certify import Outcome, certify
from elements_local.certify.receiver.certification import BATTERY
from elements_local.clients.errors import OptionError
from elements_local.commands.cli import cli

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
        receiver.stop()
        server.clear()
        server.stop()


def judged(receiver, **given):
    """Try a receiver; one that shows an effect before it answers needs no time to settle."""
    with served(receiver) as server:
        given = {
            "key": receivers.KEY,
            "probe": server.url_for("/state"),
            "restart": receiver.restart,
            "burst": 20,
            "timeout": DEADLINE,
            "settle": DEADLINE if isinstance(receiver, receivers.WorksFromAQueue) else timedelta(0),
        } | given
        return certify(server.url_for("/hook"), **given)


@pytest.mark.parametrize("right", drawn(receivers.RIGHT, share=3))
def test_a_right_receiver_of_any_design_passes_the_whole_battery(right):
    scorecard = judged(right(), burst=500 if LONG else 100)

    assert [one.why for one in scorecard.results if one.outcome is not Outcome.PASSED] == []
    assert (scorecard.verdict, len(scorecard.results)) == ("passed", len(BATTERY))


@pytest.mark.parametrize("faulty", drawn(receivers.TABLE, share=5))
def test_a_faulty_receiver_fails_exactly_the_checks_of_its_row(faulty):
    scorecard = judged(faulty())

    assert set(scorecard.failed) == receivers.TABLE[faulty], str(scorecard)
    assert scorecard.count(Outcome.PASSED) == len(BATTERY) - len(scorecard.failed)


def test_a_receiver_that_takes_too_long_fails_that_check_and_no_other():
    slow = receivers.WorksBeforeItAnswers
    others = tuple(name for name in BATTERY if name != "in-time")

    assert judged(slow(), timeout=timedelta(seconds=1), only=("in-time",)).failed == ("in-time",)
    assert judged(slow(), only=others).passed


def test_every_check_has_a_receiver_that_fails_it():
    assert set().union(*receivers.TABLE.values()) == set(BATTERY)


def test_without_a_probe_what_an_effect_shows_is_answered_and_not_passed():
    blind = judged(receivers.KeepsNothing(), probe=None)

    answered = {one.name: one.why for one in blind.results if one.outcome is Outcome.ANSWERED}
    assert answered.keys() == set(BATTERY) - {"bulk-job", "unknown-type"}
    assert all(why.endswith("that needs a probe (--probe)") for why in answered.values())
    assert (blind.failed, blind.verdict, blind.passed) == ((), "answered", False)
    assert "answered The same callback again is accepted, and changes nothing" in str(blind)
    assert "answered: the answers were right" in str(blind)


def test_without_a_key_or_a_way_to_restart_what_needs_them_is_skipped():
    class Trusting(receivers.Receiver):
        def is_genuine(self, body, signature):
            return body and signature is None

    scorecard = judged(Trusting(), key="", restart=None)

    skipped = {result.name for result in scorecard.results if result.outcome is Outcome.SKIPPED}
    assert skipped == {"wrong-signature", "missing-signature", "reserialised-signature", "after-restart"}
    assert scorecard.passed, "what was not asked for by name may be left out"


def told_before_the_battery(url):
    done = run(url, "--key", receivers.KEY, "--timeout", "1")
    assert (done.exit_code, done.stdout) == (2, "")
    return done.stderr


def test_a_url_where_no_receiver_is_is_told_before_the_battery(httpserver):
    nobody = told_before_the_battery("http://127.0.0.1:1/")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        silence = told_before_the_battery(f"http://127.0.0.1:{mute.getsockname()[1]}/hook")
    httpserver.expect_request("/typo").respond_with_data("no such page", status=404)
    typo = told_before_the_battery(httpserver.url_for("/typo"))

    assert "nothing answers at http://127.0.0.1:1/ (connection refused" in nobody
    assert "nothing answers at http://127.0.0.1:" in silence
    assert "(timed out" in silence
    assert "/typo answers 404 to every callback" in typo
    assert len(httpserver.log) == 2


def test_a_404_to_some_callbacks_is_what_a_check_says():
    class Picky(receivers.Receiver):
        def refusal(self, envelope, request):  # noqa: ARG002 - as a receiver has it
            return Response("whose is that?", status=404)

    scorecard = judged(Picky(), only=["valid-signature"])

    assert "it answered 404 'whose is that?'" in scorecard.results[0].why


@pytest.mark.parametrize(
    ("check", "needs"),
    [("wrong-signature", "needs the signature key (--key)"), ("after-restart", "needs a way to restart")],
)
def test_a_check_that_was_asked_for_and_not_made_is_not_good(httpserver, tmp_path, check, needs):
    httpserver.expect_request("/hook").respond_with_data("{}")
    page = tmp_path / "card.html"

    done = run(httpserver.url_for("/hook"), "--only", check, "--only", "late", "--html", str(page))

    assert done.exit_code == 2
    assert f"{check} was asked for and not made: it {needs}" in done.stderr
    assert "0 passed, 1 answered, 0 failed, 1 skipped" in done.stdout
    assert 'class="incomplete">incomplete<' in page.read_text()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Response("gone", status=410), "expected any 2xx, it answered 410 'gone'"),
        (Response("<html>"), "expected JSON; Malformed JSON at line 1"),
    ],
)
def test_a_probe_that_cannot_be_read_is_told_before_the_battery(httpserver, answer, says):
    httpserver.expect_request("/hook").respond_with_data("{}")
    httpserver.expect_request("/probe").respond_with_response(answer)

    done = run(httpserver.url_for("/hook"), "--probe", httpserver.url_for("/probe"))

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"/probe is not a probe; the probe: {says}" in done.stderr


def test_a_probe_says_in_its_own_way_what_is_kept():
    for kept in (
        lambda change: {**change, "objectId": int(change["objectId"])},
        lambda change: {**change, "date": change["date"].replace("Z", "+00:00")},
        lambda change: {**change, "date": change["date"].removesuffix("Z")},
    ):
        assert judged(probed(kept), only=["valid-signature"]).passed
    (result,) = judged(
        probed(lambda change: {"objectId": change["objectId"]}), only=["valid-signature"]
    ).results
    assert "it shows nothing of it (of 0 objects" in result.why


def test_a_probe_without_the_dates_of_events_is_told_before_the_battery():
    with pytest.raises(OptionError, match=r"expected the event's date as date, such as .*; got {.*17"):
        judged(probed(lambda change: {**change, "date": 17}))


def probed(kept):
    """Return a right receiver whose probe says of each record what a function makes of its last change."""

    class Probed(receivers.Receiver):
        def kept(self):
            return {"of": [{"it": kept(change)} for change in self.records.values()]}

    return Probed()


def test_what_is_no_url_is_refused():
    for url in ("x", "nowhere", "ftp://127.0.0.1/", "http://", "http://[::1", "http://h:x/"):
        with pytest.raises(OptionError, match="expected a URL"):
            certify(url)


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
    assert "answered A callback with a valid signature is accepted" in done.output
    assert "failed   A callback with ten events is accepted" in done.output
    assert "ten events: expected any 2xx, it answered 400 'one, please'" in done.output
    assert done.stdout.endswith("0 passed, 1 answered, 1 failed, 1 skipped\n")
    cases = {
        case.name: [type(each).__name__ for each in case.result]
        for case in next(iter(JUnitXml.fromfile(junit)))
    }
    assert cases == {"valid-signature": ["Skipped"], "ten-events": ["Failure"], "after-restart": ["Skipped"]}
    html = page.read_text()
    assert "&#39;one, please&#39;" in html
    elsewhere = html.replace(server.url_for("/hook"), "").replace("http-equiv", "")
    assert "http" not in elsewhere, "it needs nothing from elsewhere"
    assert "default-src 'none'; style-src 'sha256-" in unescape(html)


def test_a_scorecard_makes_its_folder_and_one_that_cannot_be_written_is_printed_all_the_same(
    httpserver, tmp_path
):
    httpserver.expect_request("/hook").respond_with_data("{}")
    url, file = httpserver.url_for("/hook"), tmp_path / "new" / "folder" / "card"

    assert run(url, "--only", "late", "--junit", str(file)).exit_code == 0
    assert file.stat().st_size

    def get_in_the_way(_request):
        blocked.mkdir(exist_ok=True)
        return Response("{}")

    httpserver.clear()
    httpserver.expect_request("/hook").respond_with_handler(get_in_the_way)
    for option in ("--junit", "--html"):
        blocked = tmp_path / option
        done = run(url, "--only", "late", option, str(blocked))

        assert done.exit_code == 2
        assert done.stdout.endswith("0 passed, 1 answered, 0 failed, 0 skipped\n")
        assert f"cannot write {blocked}: it is a directory" in done.stderr


def test_the_command_prints_json():
    with served(receivers.Receiver()) as server:
        done = run(
            server.url_for("/hook"), "--key", receivers.KEY, "--only", "valid-signature", "--json", "--settle", "0",
            "--probe", server.url_for("/state"),
        )  # fmt: skip

    card = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (card["url"], card["verdict"]) == (server.url_for("/hook"), "passed")
    assert [card[outcome] for outcome in ("passed", "answered", "failed", "skipped")] == [1, 0, 0, 0]
    assert card["checks"][0]["name"] == "valid-signature"


def test_the_command_restarts_a_receiver_by_a_command():
    with served(receivers.Receiver()) as server:
        words = (server.url_for("/hook"), "--key", receivers.KEY, "--only", "after-restart")
        well, ill = (run(*words, "--restart-command", command) for command in ("true", "false"))

    assert (well.exit_code, ill.exit_code) == (0, 1)
    assert "the restart command ended with 1" in ill.output


def test_the_fixture_tries_a_receiver(elements_certify):
    with served(receivers.Receiver()) as server:
        scorecard = elements_certify(
            server.url_for("/hook"),
            key=receivers.KEY,
            probe=server.url_for("/state"),
            burst=5,
            only=["burst", "large"],
        )

    assert scorecard.passed
