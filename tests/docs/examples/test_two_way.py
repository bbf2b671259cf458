"""A test of a two-way synchronization: the receiver writes back through the hub, and knows its own change again."""

import pytest
import requests
from flask import Flask, request

from elements_local import guide
from elements_local.receiving import Receiver

app = Flask("sync")
app.config["written"] = {}  # a table of yours: by record, the date of what was written last
heard = []


@app.post("/callbacks")
def callbacks():
    message = request.get_json()["message"]
    for record in message["raw"].get("contacts", []):
        written = app.config["written"].get(record["CONTACT_ID"])
        if record["DATE_UPDATED_UTC"] == written:
            heard.append("our own")
            continue
        heard.append(f"theirs: {record['LAST_NAME']}")
        if record.get("BACKGROUND") != "known":  # who writes nothing new has no echo
            answer = requests.patch(
                f"{app.config['hub']}/contacts/{record['CONTACT_ID']}",
                headers={"Authorization": app.config["authorization"]},
                json={"BACKGROUND": "known"},
                timeout=10,
            )
            answer.raise_for_status()
            app.config["written"][record["CONTACT_ID"]] = answer.json()["DATE_UPDATED_UTC"]
    return "", 204


@pytest.fixture
def elements_receiver():
    return Receiver(app=app, path="/callbacks")


def test_the_receiver_knows_its_own_change_and_hears_everybody_elses(
    elements_workspace, elements_clock, elements_platform, elements_crm
):
    instance = elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
    hub = elements_platform.hub(instance["token"])
    app.config.update(hub=hub.url, authorization=hub.headers["Authorization"])

    ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Byron"})
    elements_clock.advance("15m")  # CREATED; the receiver writes
    elements_clock.advance("15m")  # UPDATED; its echo
    elements_crm.update("Contacts", ada["CONTACT_ID"], {"LAST_NAME": "Lovelace"})
    elements_clock.advance("30m")  # UPDATED; a colleague's, and nothing more

    assert heard == ["theirs: Byron", "our own", "theirs: Lovelace"]
