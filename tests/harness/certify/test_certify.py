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
from junitparser import JUnitXml
from werkzeug import Response

from elements_local.certify import Outcome, certify
from elements_local.certify.battery import BATTERY
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
    others = tuple(name for name in BATTERY if name != faulty.fails)
    patience = timedelta(seconds=1) if faulty.fails == "in-time" else DEADLINE

    failed = judged(faulty(), timeout=patience, only=(faulty.fails,))
    passed = judged(faulty(), timeout=DEADLINE, only=others)

    assert failed.failed == (faulty.fails,), str(failed)
    assert (passed.failed, passed.count(Outcome.PASSED)) == ((), len(others)), str(passed)


def test_every_check_but_the_plainest_has_its_faulty_receiver():
    assert {faulty.fails for faulty in receivers.FAULTY} == set(BATTERY) - {"valid-signature"}


def test_without_a_probe_a_receiver_is_judged_by_its_answers():
    blind = judged(receivers.LooksUpOldEventsOnly(), probe=None)

    partly = {one.name: one.why for one in blind.results if one.outcome is Outcome.PARTLY}
    unseen = "effect not checked: that needs a probe (--probe)"
    assert partly == {
        "wrong-signature": f"refused; {unseen}",
        "missing-signature": f"refused; {unseen}",
        "duplicate": f"accepted; {unseen}",
        "reordered": f"accepted; {unseen}",
        "after-restart": f"accepted; {unseen}",
    }
    assert (blind.failed, blind.passed) == ((), True)
    assert "partly   The same callback again is accepted, and changes nothing" in str(blind)


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


def test_a_url_where_nobody_listens_is_told_before_the_battery():
    told = told_before_the_battery("http://127.0.0.1:1/")

    assert "nothing answers at http://127.0.0.1:1/ (connection refused" in told


def test_a_url_from_which_no_answer_comes_is_told_before_the_battery():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        told = told_before_the_battery(f"http://127.0.0.1:{mute.getsockname()[1]}/hook")

    assert "nothing answers at http://127.0.0.1:" in told
    assert "(timed out" in told


def test_a_url_that_answers_404_to_all_callbacks_is_told_before_the_battery(httpserver):
    httpserver.expect_request("/typo").respond_with_data("no such page", status=404)

    told = told_before_the_battery(httpserver.url_for("/typo"))

    assert "/typo answers 404 to every callback" in told
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
    assert "1 passed, 0 partly, 0 failed, 1 skipped" in done.stdout
    assert 'class="incomplete">incomplete<' in page.read_text()


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
    assert done.stdout.endswith("1 passed, 0 partly, 1 failed, 1 skipped\n")
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


@pytest.mark.parametrize("option", ["--junit", "--html"])
def test_a_scorecard_makes_its_folder_and_one_that_cannot_be_written_is_printed_all_the_same(
    httpserver, tmp_path, option
):
    httpserver.expect_request("/hook").respond_with_data("{}")
    url, file = httpserver.url_for("/hook"), tmp_path / "new" / "folder" / "card"

    assert run(url, "--only", "late", option, str(file)).exit_code == 0
    assert file.stat().st_size

    done = run(url, "--only", "late", option, str(file / "below"))
    assert done.exit_code == 2
    assert done.stdout.endswith("1 passed, 0 partly, 0 failed, 0 skipped\n")
    assert f"cannot write {file}" in done.stderr


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
    assert (card["verdict"], card["partly"]) == ("passed", 0)
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
