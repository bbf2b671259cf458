"""A test of bulk jobs: a file is uploaded, its records are polled like any others, and a query reads them again."""

import json

import pytest
import requests

from elements_local import guide

FILE = "FIRST_NAME,LAST_NAME\nAda,Lovelace\n,\nGrace,Hopper\n"


@pytest.fixture
def hub(elements_workspace, elements_platform):
    instance = elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
    return elements_platform.hub(instance["token"])


def test_what_is_uploaded_is_reported_and_read_again(hub, elements_clock, elements_sink):
    upload = requests.post(
        f"{hub.url}/bulk/contacts",
        headers=hub.headers,
        files={"file": ("contacts.csv", FILE, "text/csv")},
        data={"metaData": json.dumps({"callback-payload": {"batch": 7}})},
        timeout=10,
    )
    job = upload.json()["id"]
    elements_clock.advance("0s")  # a job runs as time goes on, if by nothing

    status = hub.call("GET", f"/bulk/{job}/status")
    assert (status["status"], status["recordsCount"], status["recordsFailedCount"]) == ("COMPLETED", 2, 1)
    (error,) = hub.call("GET", f"/bulk/{job}/errors")
    assert (error["number"], error["status"]) == (2, 400)

    (end,) = elements_sink.callbacks(json="$.message.bulk")
    assert end["json"]["message"]["callback-payload"] == {"batch": 7}

    elements_clock.advance("15m")
    (callback,) = elements_sink.callbacks(objectType="contacts", eventType="CREATED")
    assert len(callback["json"]["message"]["events"]) == 2

    query = hub.call("POST", "/bulk/query?q=select * from contacts where LAST_NAME = 'Hopper'")
    elements_clock.advance("0s")
    (line,) = hub.send("GET", f"/bulk/{query['id']}/contacts").body.splitlines()
    assert json.loads(line)["FIRST_NAME"] == "Grace"
