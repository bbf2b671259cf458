"""A test of your own receiver: it runs in the test's process, at the instant at which the platform calls it."""

from datetime import UTC, datetime

import pytest
from flask import Flask, request

from elements_local import guide
from elements_local.receiving import Receiver

heard = []
app = Flask("hooks")


@app.post("/callbacks")
def hear():
    events = request.get_json()["message"].get("events", [])  # a bulk job's end has none
    heard.extend((datetime.now(UTC).isoformat(), event["eventType"]) for event in events)
    if len(heard) == 1:
        raise RuntimeError("the database is away")
    return "", 204


@pytest.fixture
def elements_receiver():
    return Receiver(app=app, path="/callbacks")


def test_what_the_receiver_fails_to_take_comes_again_four_seconds_later(
    elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))

    elements_crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
    elements_clock.advance("16m")

    assert heard == [("2026-03-02T10:15:00+00:00", "CREATED"), ("2026-03-02T10:15:04+00:00", "CREATED")]
    assert [callback["status"] for callback in elements_sink.callbacks()] == [500, 204]
