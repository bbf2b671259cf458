"""What real integrations have at hand: captured callbacks, instances as tenants show them, a session of a browser."""

import json
from base64 import b64encode
from contextlib import closing

import pytest
from click.testing import CliRunner

from elements_local.cli import cli
from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load

RECORD = {
    "CONTACT_ID": 112233445,
    "SALUTATION": None,
    "FIRST_NAME": "Grace",
    "LAST_NAME": "Hopper",
    "BACKGROUND": None,
    "OWNER_USER_ID": 654321,
    "DATE_CREATED_UTC": "2020-01-15 10:13:42",
    "DATE_UPDATED_UTC": "2020-01-15 10:13:42",
    "VISIBLE_TO": "EVERYONE",
    "CUSTOMFIELDS": [],
    "ADDRESSES": [],
    "CONTACTINFOS": [],
    "TAGS": [],
}


def captured(*, form, event="CREATED"):
    """A polling callback in the shape and key order of a capture of 2018 or 2020; the values are invented."""
    record = RECORD if event == "CREATED" else {**RECORD, "DATE_CREATED_UTC": "2019-11-02 08:00:00"}
    raw = {"contacts": [record]}
    if form == "2018":
        raw |= {"pollDate": 1579083300412, "objectType": "contacts"}
    else:
        raw = {"contacts": [{**record, "objectId": "112233445", "eventType": event}]}
    return {
        "severity": "medium",
        "createdDate": "Wed Jan 15 10:15:21 UTC 2020",
        "topic": "instance-123456-insightly-events",
        "action": "create",
        "id": "1234567",
        "message": {
            "elementKey": "insightly",
            "accountId": 11,
            "eventId": "AXabcdEFGH1234ijklMN",
            "companyId": 22,
            "instanceId": 123456,
            "instance_id": 123456,
            "instanceName": "My Insightly",
            "instanceTags": ["My Insightly"],
            "raw": raw,
            "userId": 33,
            "events": [
                {
                    "date": "2020-01-15T10:13:42Z",
                    "elementKey": "insightly",
                    "pollDate": "2020-01-15T10:15:00Z",
                    "eventType": event,
                    "hubKey": "crm",
                    "objectId": "112233445",
                    "objectType": "contacts",
                }
            ],
        },
        "user": "notifications@cloud-elements.com",
    }


DATES = {"updatedDateField": "DATE_UPDATED_UTC", "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
         "createdDateField": "DATE_CREATED_UTC", "createdDateFormat": "yyyy-MM-dd HH:mm:ss"}  # fmt: skip
BLOCK = {
    "url": "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
    "idField": "CONTACT_ID",
    "datesConfiguration": DATES,
}
BLOCKS = "event.poller.configuration"
UNSET = (
    "event.notification.basic.username",
    "event.notification.callback.headers",
    "bulk.query.operation",
    "event.metadata",
)


def shown(configuration, *, unset=None, **differs):
    """An instance as ``GET /instances/{id}`` shows it: every key of the element, texts all."""
    return {
        "id": 123456,
        "name": "My Insightly",
        "createdDate": "2020-01-15T10:00:00Z",
        "token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "element": {"id": 5993, "key": "insightly", "name": "Insightly", "hub": "crm", "parameters": []},
        "elementId": 5993,
        "tags": ["My Insightly"],
        "provisionInteractions": [],
        "valid": True,
        "disabled": False,
        "maxCacheSize": 0,
        "cacheTimeToLive": 0,
        "configuration": {
            "base.url": "https://api.insight.ly/v2.2",
            "username": "ada@example.com",
            "password": "********",
            "pagination.max": "100",
            "pagination.type": "page",
            "filter.response.nulls": "true",
            "event.vendor.type": "polling",
            "event.notification.enabled": "true",
            "event.notification.callback.url": "https://example.com/callbacks",
            "event.notification.subscription.id": "77",
            "event.poller.refresh_interval": "15",
            **dict.fromkeys(UNSET, unset),
            **configuration,
        },
        "eventsEnabled": True,
        "user": {"id": 33, "emailAddress": "ada@example.com"},
        **differs,
    }


INSTANCES = {
    "unset keys are null": shown({BLOCKS: json.dumps({"contacts": BLOCK})}),
    "unset keys are empty texts": shown({BLOCKS: json.dumps({"contacts": BLOCK})}, unset=""),
    "blocks indented": shown({BLOCKS: json.dumps({"contacts": BLOCK}, indent=2)}),
    "blocks an object": shown({BLOCKS: {"contacts": BLOCK}}),
    "an empty block": shown({BLOCKS: json.dumps({"leads": {}})}),
    "several blocks": shown({BLOCKS: json.dumps({"accounts": {}, "contacts": BLOCK, "leads": {}})}),
    "objects by name": shown({"event.objects": "contacts,leads", BLOCKS: "{}"}),
    "every five minutes": shown(
        {"event.poller.refresh_interval": "5", BLOCKS: json.dumps({"contacts": BLOCK})}
    ),
    "a key that is masked": shown(
        {"event.notification.signature.key": "********", BLOCKS: json.dumps({"contacts": BLOCK})}
    ),
    "flags and numbers in texts": shown(
        {
            BLOCKS: json.dumps(
                {
                    "contacts": {
                        **BLOCK,
                        "createdCheckTolerance": "60",
                        "filterByUpdatedDate": "true",
                        "pageSize": "50",
                    }
                }
            )
        }
    ),
    "tags of 2014": shown({BLOCKS: json.dumps({"contacts": BLOCK})}, tags=[{"id": 1, "name": "crm"}]),
    "as it is sent": {
        "element": {"key": "insightly"},
        "name": "My Insightly",
        "providerData": {"code": "Insightly"},
        "tags": [],
        "configuration": {
            "username": "<INSERT_INSIGHTLY_USER_NAME>",
            "password": "<INSERT_INSIGHTLY_API_KEY>",
            "event.notification.enabled": True,
            "event.vendor.type": "polling",
            "event.notification.callback.url": "<INSERT_CALLBACK_URL>",
            "event.notification.signature.key": "<INSERT_KEY>",
            "event.poller.refresh_interval": 15,
            BLOCKS: {"contacts": BLOCK, "leads": {}},
        },
    },
}


def entry(method, url, *, status=200, mime="application/json", sent=None, text="", encoding=None):
    """An exchange as a browser saves it."""
    content = {"size": len(text), "mimeType": mime, **({"text": text} if text else {})}
    body = {} if sent is None else {"postData": {"mimeType": "application/json", "text": sent}}
    return {
        "_initiator": {"type": "script"},
        "_resourceType": "xhr",
        "cache": {},
        "startedDateTime": "2020-01-15T10:20:00.000Z",
        "time": 41.5,
        "timings": {"send": 0.1, "wait": 40, "receive": 1.4},
        "pageref": "page_1",
        "request": {"method": method, "url": url, "httpVersion": "http/2.0", "headers": [], "queryString": [],
                    "cookies": [], "headersSize": -1, "bodySize": 0, **body},
        "response": {"status": status, "statusText": "", "httpVersion": "http/2.0", "headers": [], "cookies": [],
                     "content": {**content, **({"encoding": encoding} if encoding else {})}, "redirectURL": "",
                     "headersSize": -1, "bodySize": -1},
    }  # fmt: skip


def session(*callbacks):
    """A browser that has looked at an instance in the platform's console, and at a collector for its callbacks."""
    api = "https://api.cloud-elements.com/elements/api-v2"
    queue = {"count": len(callbacks), "data": [{"data": json.dumps(each)} for each in callbacks]}
    instance = INSTANCES["unset keys are empty texts"]
    pixel = b64encode(b"\x89PNG\r\n").decode()
    entries = [
        entry("GET", "https://console.example/", mime="text/html", text="<!doctype html><title>{}</title>"),
        entry("GET", "https://console.example/logo.png", mime="image/png", text=pixel, encoding="base64"),
        entry("OPTIONS", f"{api}/instances", status=204, mime="x-unknown"),
        entry(
            "GET", f"{api}/instances", text=json.dumps([{"id": 1, "name": "other", "element": {"key": "x"}}])
        ),
        entry("GET", f"{api}/instances/1", status=404, text='{"requestId": "x", "message": "not found"}'),
        entry("GET", f"{api}/instances/123456", text=json.dumps(instance)),
        entry("POST", "https://stats.example/", sent="not json", text=""),
        entry("GET", "https://collector.example/it?returnQueue", text=json.dumps(queue)),
    ]
    page = {
        "id": "page_1",
        "title": "console",
        "startedDateTime": "2020-01-15T10:20:00.000Z",
        "pageTimings": {},
    }
    creator = {"name": "WebInspector", "version": "537.36"}
    return {"log": {"version": "1.2", "creator": creator, "pages": [page], "entries": entries}}


def imported(document, tmp_path):
    source, output = tmp_path / "it.json", tmp_path / "it.yaml"
    source.write_text(json.dumps(document), encoding="utf-8")
    done = CliRunner().invoke(cli, ["import", str(source), "--output", str(output)])
    assert done.exit_code == 0, done.output
    return output


@pytest.fixture(scope="module")
def runner():
    with closing(Runner(How())) as running:
        yield running


def expected(path):
    (scenario,) = load(path)
    return [line for step in scenario.steps if step.verb == "expect" for line in step.argument.callbacks]


def failures(path, runner):
    return [str(failure) for scenario in load(path) if (failure := runner.run(scenario).failure)]


@pytest.mark.parametrize("event", ["CREATED", "UPDATED"])
@pytest.mark.parametrize("form", ["2018", "2020"])
def test_a_captured_callback_becomes_a_scenario_that_replays(form, event, runner, tmp_path):
    output = imported(captured(form=form, event=event), tmp_path)

    assert expected(output) == [f"contacts/grace {event}"]
    assert failures(output, runner) == []


@pytest.mark.parametrize("instance", INSTANCES.values(), ids=INSTANCES)
def test_an_instance_becomes_a_scenario_that_replays(instance, runner, tmp_path):
    output = imported(instance, tmp_path)

    assert len(expected(output)) == 1
    assert failures(output, runner) == []
    assert not [
        each for each in ("ada@example.com", "AAAAAAAA", "********") if each in output.read_text("utf-8")
    ]


@pytest.mark.parametrize("form", ["2018", "2020"])
def test_a_browsers_session_becomes_a_scenario_that_replays(form, runner, tmp_path):
    output = imported(session(captured(form=form)), tmp_path)

    assert expected(output) == ["contacts/grace CREATED"]
    assert "CONTACT_ID" in output.read_text("utf-8")  # the instance's own block
    assert failures(output, runner) == []
