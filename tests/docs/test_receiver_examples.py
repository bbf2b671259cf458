"""The receivers that the pages show take what is signed, once, and nothing else, whichever framework they stand on."""

import importlib
import shutil
import subprocess
import sys
from contextlib import contextmanager

import pytest
from arriving import every_kind
from deadline import DEADLINE
from doc_pages import ROOT
from programs import find_node

from elements_local.certify import Outcome, certify
from elements_local.stack.receiving import Receiver, reachable

EXAMPLES = ROOT / "docs" / "examples"
KEY = "a-key-of-your-own"


def imported(framework, monkeypatch, name="with_{}"):
    """Import a module of an example anew."""
    pytest.importorskip(framework, reason=f"{framework} is not installed")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    for each in ("signature", f"with_{framework}", f"probe_{framework}"):
        monkeypatch.delitem(sys.modules, each, raising=False)
    if framework == "django":
        from django.conf import settings  # noqa: PLC0415 - skipped where there is none
        from django.urls import clear_url_caches  # noqa: PLC0415 - as above
        from django.utils.functional import empty  # noqa: PLC0415 - as above

        clear_url_caches()  # or the views of the module as it was imported before would go on hearing
        settings._wrapped = empty  # whose settings it was that were made last
    return importlib.import_module(name.format(framework))


@pytest.fixture(params=["flask", "fastapi", "django"])
def example(request, monkeypatch):
    """The module of a receiver."""
    return imported(request.param, monkeypatch)


@pytest.fixture
def elements_receiver(example):
    return Receiver(app=example.app, path="/callbacks")


def events(example):
    if example.__name__ == "with_django":
        return example.EVENTS
    return example.app.config["events"] if example.__name__ == "with_flask" else example.app.state.events


def test_every_kind_of_body_is_taken_and_changes_alone_are_kept(example, elements_workspace, elements_sink):
    bodies = every_kind(elements_workspace)

    answers = [callback["status"] for callback in elements_sink.callbacks()]
    assert answers == [204] * len(bodies)
    kept = {"changes", "provider"}
    assert list(events(example).values()) == [
        bodies[name]["message"]["events"] for name in bodies if name in kept
    ]


@pytest.mark.parametrize("framework", ["flask", "fastapi", "django", "express"])
def test_a_receiver_passes_the_battery_with_the_probe_of_the_page(framework, monkeypatch, tmp_path):
    if framework == "express":
        served = in_express(tmp_path)
    else:
        app = imported(framework, monkeypatch, "probe_{}").app
        served = reachable(Receiver(app=app, path="/callbacks"), inside=None)

    with served as url:
        probe = url.removesuffix("callbacks") + "probe"
        scorecard = certify(url, key=KEY, probe=probe, burst=20, timeout=DEADLINE)

    assert scorecard.verdict == "passed", str(scorecard)
    assert [one.name for one in scorecard.results if one.outcome is Outcome.SKIPPED] == ["after-restart"]


@contextmanager
def in_express(folder):
    """Run the example with Express, copied to where its packages are found, and give its URL."""
    node = find_node(folder, "express", needed="express")
    for name in ("signature.mjs", "node/with_express.mjs", "node/probe_express.mjs"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(EXAMPLES / name, folder / name)
    command, variables = [node, folder / "node" / "probe_express.mjs"], {"PORT": "0"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables) as process:
        yield process.stdout.readline().strip()
        process.terminate()
