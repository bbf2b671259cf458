"""The receivers that the pages show take what is signed, once, and nothing else, whichever framework they stand on."""

import importlib
import sys
from pathlib import Path

import pytest
from arriving import every_kind

from elements_local import guide
from elements_local.receiving import Receiver

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
KEY = "a-key-of-your-own"


@pytest.fixture(params=["flask", "fastapi", "django"])
def example(request, monkeypatch):
    """The module of a receiver, imported anew."""
    pytest.importorskip(request.param, reason=f"{request.param} is not installed")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    for name in ("signature", f"with_{request.param}"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    if request.param == "django":
        from django.conf import settings  # noqa: PLC0415 - skipped where there is none
        from django.urls import clear_url_caches  # noqa: PLC0415 - as above
        from django.utils.functional import empty  # noqa: PLC0415 - as above

        clear_url_caches()  # or the views of the module as it was imported before would go on hearing
        settings._wrapped = empty  # whose settings it was that were made last
    return importlib.import_module(f"with_{request.param}")


@pytest.fixture
def elements_receiver(example):
    return Receiver(app=example.app, path="/callbacks")


def events(example):
    if example.__name__ == "with_django":
        return example.EVENTS
    return example.app.config["events"] if example.__name__ == "with_flask" else example.app.state.events


def contact(elements_workspace, elements_platform, elements_crm, key=KEY):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials, signature_key=key))
    return elements_crm.create("Contacts", {"FIRST_NAME": "Zoë"})


def test_what_is_signed_is_taken_and_what_comes_again_is_done_once(
    example, elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    zoe = contact(elements_workspace, elements_platform, elements_crm)
    elements_clock.advance("15m")

    (callback,) = elements_sink.callbacks()
    again = elements_sink.replay(callback["id"])

    assert callback["status"] == again["status"] == 204
    ((event,),) = events(example).values()
    assert (event["eventType"], event["objectId"]) == ("CREATED", str(zoe["CONTACT_ID"]))


def test_what_is_signed_with_another_key_is_refused(
    example, elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    contact(elements_workspace, elements_platform, elements_crm, key="somebody else's")
    elements_clock.advance("15m")

    assert [callback["status"] for callback in elements_sink.callbacks()] == [401]
    assert not events(example)


def test_every_kind_of_body_is_taken_and_changes_alone_are_kept(example, elements_workspace, elements_sink):
    bodies = every_kind(elements_workspace)

    answers = [callback["status"] for callback in elements_sink.callbacks()]
    assert answers == [204] * len(bodies)
    kept = {"changes", "provider"}
    assert list(events(example).values()) == [
        bodies[name]["message"]["events"] for name in bodies if name in kept
    ]
