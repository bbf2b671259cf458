"""What real integrations have at hand becomes a scenario that comes to the same callbacks: captures, instances, sessions."""

import json
from base64 import b64encode

import pytest
from click.testing import CliRunner

from elements_local.clients import guide
from elements_local.clients.records import Kinds
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands.cli import cli
from elements_local.scenarios.recording.import_sources import ImportedFile
from elements_local.scenarios.recording.imported_scenario import scenario_of
from elements_local.scenarios.scenario import load
from elements_local.start import Options, in_process

FORMS = ["2018", "2020"]


@pytest.fixture(scope="module", params=FORMS)
def integration(request):
    """An instance as it is shown, and the callbacks that came of a morning, in one of the two forms."""
    environment = {"ELEMENTS_LOCAL_PLATFORM_RAW_FORM": request.param}
    with in_process(Options(environment=environment)) as stack:
        clients = stack.new_workspace(start="2026-05-05T09:00:00Z", seed=3)
        body = guide.instance_body(clients.credentials)
        body["configuration"]["event.poller.refresh_interval"] = "5"
        made = clients.platform.create_instance(body)
        ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
        clients.crm.create("Leads", {"FIRST_NAME": "Charles", "LAST_NAME": "Babbage"})
        clients.clock.advance("3h")
        clients.crm.update("Contacts", ada["CONTACT_ID"], {"TITLE": "Countess"})
        clients.crm.create("Organisations", {"ORGANISATION_NAME": "Engines"})
        clients.clock.advance("5m")
        shown = clients.platform.call("GET", f"{BASE_PATH}/instances/{made['id']}")
        listed = clients.sink.call("GET", f"/_local/callbacks?workspace={clients.credentials.name}")
    return shown, listed


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


def browser(shown, listed):
    """A browser that has looked at the instance in the platform's console, and at a collector for its callbacks, and sent one."""
    api = "https://api.cloud-elements.com/elements/api-v2"
    sent, *others = (callback["body"] for callback in listed["callbacks"])
    queue = {"count": len(others), "data": [{"data": each} for each in others]}
    other = [{"id": 1, "name": "other", "element": {"key": "x"}}]
    pixel = b64encode(b"\x89PNG\r\n").decode()
    entries = [
        entry("GET", "https://console.example/", mime="text/html", text="<!doctype html><title>{}</title>"),
        entry("GET", "https://console.example/logo.png", mime="image/png", text=pixel, encoding="base64"),
        entry("OPTIONS", f"{api}/instances", status=204, mime="x-unknown"),
        entry("GET", f"{api}/instances", text=json.dumps(other)),
        entry("GET", f"{api}/instances/1", status=404, text='{"requestId": "x", "message": "not found"}'),
        entry("GET", f"{api}/instances/{shown['id']}", text=json.dumps(shown)),
        entry("POST", "https://stats.example/", sent="not json", text=""),
        entry("POST", "https://hooks.example/", sent=sent),
        entry("GET", "https://collector.example/it?returnQueue", text=json.dumps(queue)),
    ]
    pages = [{"id": "page_1", "title": "console", "startedDateTime": "2020-01-15T10:20:00.000Z"}]
    creator = {"name": "WebInspector", "version": "537.36"}
    return {"log": {"version": "1.2", "creator": creator, "pages": pages, "entries": entries}}


def newman(shown, listed):
    executions = [
        {"request": {"body": {"raw": callback["body"]}}, "response": {}} for callback in listed["callbacks"]
    ]
    answered = {"stream": {"type": "Buffer", "data": [*json.dumps(shown).encode()]}}
    return {"collection": {}, "run": {"executions": [{"request": {}, "response": answered}, *executions]}}


def collection(shown, listed):
    saved = [{"name": "it", "body": json.dumps([shown])}]
    sent = [
        {"name": "callback", "request": {"body": {"mode": "raw", "raw": callback["body"]}}}
        for callback in listed["callbacks"]
    ]
    return {
        "info": {},
        "item": [{"name": "folder", "item": [{"name": "x", "request": {}, "response": saved}]}, *sent],
    }


def imported(document, tmp_path, *words):
    source, output = tmp_path / "it.json", tmp_path / "scenarios" / "it.yaml"
    source.write_text(json.dumps(document), encoding="utf-8")
    done = CliRunner().invoke(cli, ["import", str(source), "--output", str(output), *words])
    return done, output


def expected(path):
    (scenario,) = load(path)
    return [line for step in scenario.steps if step.verb == "expect" for line in step.argument.callbacks]


def passes(runner, path):
    return [runner.run(scenario).failure for scenario in load(path)] == [None]


ALL = ["contacts/ada CREATED", "leads/charles CREATED", "contacts/ada UPDATED", "accounts/engines CREATED"]


def passed_over(_shown, listed):
    """What the sink exports, without the instance."""
    return listed


@pytest.mark.parametrize("wrap", [browser, newman, collection, passed_over])
def test_a_session_comes_to_its_callbacks_again_with_the_instances_own_interval(
    wrap, integration, runner, tmp_path
):
    done, output = imported(wrap(*integration), tmp_path)

    assert done.exit_code == 0, done.output
    assert sorted(expected(output)) == sorted(ALL)
    assert passes(runner, output)
    assert ("refresh_interval: '5'" in output.read_text("utf-8")) is (wrap is not passed_over)
    assert ("no instance came along" in done.output) is (wrap is passed_over)


def test_one_callback_is_enough(integration, tmp_path):
    """Also as the sink lists it."""
    callback = integration[1]["callbacks"][2]["json"]
    listed, _ = imported(integration[1]["callbacks"][0], tmp_path)

    done, output = imported(callback, tmp_path, "--check", "--force")

    assert (listed.exit_code, done.exit_code) == (0, 0), done.output
    assert expected(output) == ["contacts/ada UPDATED"]
    assert "it passes" in done.output
    assert "# assumed: each resource has the element's own polling block" in output.read_text("utf-8")


def test_of_several_instances_it_says_whose_configuration_counts(integration, tmp_path):
    shown = integration[0]

    done, _ = imported([shown, {**shown, "id": 7}], tmp_path)

    assert (
        f"note: the file has instances {shown['id']}, 7: the configuration of the last one counts"
        in done.output
    )


def test_an_instance_alone_is_tried_with_a_record_and_its_masks_are_left_out(integration, runner, tmp_path):
    shown = integration[0]
    shown["configuration"]["event.notification.basic.password"] = "********"

    done, output = imported(shown, tmp_path, "--json")

    told = json.loads(done.output)
    assert "unknown: event.notification.basic.password is masked in the file, and left out" in told["notes"]
    assert "********" not in output.read_text("utf-8")
    assert expected(output) == ["contacts/one CREATED"]
    assert passes(runner, output)


DATES = {"updatedDateField": "DATE_UPDATED_UTC", "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
         "createdDateField": "DATE_CREATED_UTC", "createdDateFormat": "yyyy-MM-dd HH:mm:ss"}  # fmt: skip
BLOCK = {
    "url": "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
    "idField": "CONTACT_ID",
    "datesConfiguration": DATES,
}
BLOCKS = "event.poller.configuration"
TEXTS = {"createdCheckTolerance": "60", "filterByUpdatedDate": "true", "pageSize": "50"}
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
    "flags and numbers in texts": shown({BLOCKS: json.dumps({"contacts": {**BLOCK, **TEXTS}})}),
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


@pytest.mark.parametrize("instance", INSTANCES.values(), ids=INSTANCES)
def test_an_instance_becomes_a_scenario_that_replays(instance, runner, tmp_path):
    done, output = imported(instance, tmp_path)

    assert done.exit_code == 0, done.output
    assert len(expected(output)) == 1
    assert passes(runner, output)
    text = output.read_text("utf-8")
    assert [secret for secret in ("ada@example.com", "AAAAAAAA", "********") if secret in text] == []


@pytest.mark.parametrize(
    ("given", "minutes"), [("1", 1), ("9999", 9999), ("10000", 15), ("0", 15), ("-5", 15), ("x", 15)]
)
def test_an_interval_outside_its_bounds_counts_as_the_usual_one(given, minutes):
    instance = shown({"event.poller.refresh_interval": given})

    made = scenario_of(ImportedFile(name="it", instance=instance, callbacks=()), Kinds()).document

    assert {"advance": f"{minutes}m"} in made["steps"]


@pytest.mark.parametrize(("updated", "first"), [("09:30:00", "make"), ("09:29:59", "update")])
def test_what_changed_more_than_two_intervals_before_its_poll_was_made_before_the_instance(updated, first):
    record = {
        "CONTACT_ID": 1,
        "FIRST_NAME": "Ada",
        "DATE_CREATED_UTC": "2026-05-04 09:00:00",
        "DATE_UPDATED_UTC": f"2026-05-05 {updated}",
    }
    event = {
        "objectType": "contacts",
        "objectId": "1",
        "eventType": "UPDATED",
        "date": "2026-05-05T10:00:00Z",
    }
    callback = {"message": {"raw": {"contacts": [record]}, "events": [event]}}

    made = scenario_of(ImportedFile(name="it", instance=None, callbacks=(callback,)), Kinds()).document

    verbs = [next(iter(step)) for step in made["steps"]]
    assert next(verb for verb in verbs if verb in {"make", "update"}) == first


def test_what_cannot_be_told_is_said_and_the_rest_is_imported(integration, tmp_path):
    callback = json.loads(json.dumps(integration[1]["callbacks"][0]["json"]))
    callback["message"]["events"].append({"objectType": "invoices", "objectId": "1", "eventType": "CREATED"})

    done, output = imported(callback, tmp_path)

    assert "left out: an event of invoices: scenarios know contacts" in done.output
    assert len(expected(output)) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "cannot be read as JSON"),
        ("{}", "has neither an instance nor a callback in it; expected an instance"),
        ('{"message": {"events": [{"objectType": "invoices"}]}}', "scenarios know contacts"),
        ('{"message": {"events": []}}', "no callback has an event"),
        ("[" * 100_000, "cannot be read as JSON"),
    ],
)
def test_a_file_that_has_nothing_is_refused_and_nothing_is_written(text, told, tmp_path):
    source, output = tmp_path / "it.json", tmp_path / "it.yaml"
    source.write_text(text, encoding="utf-8")

    done = CliRunner().invoke(cli, ["import", str(source), "--output", str(output)])

    assert done.exit_code == 2
    assert told in done.output
    assert not output.exists()


class LookedAt(dict[str, object]):
    """A record that counts how often it is looked at."""

    times = 0

    def get(self, *key):
        LookedAt.times += 1
        return super().get(*key)


def test_what_is_looked_at_grows_as_the_callbacks_do():
    def looks(count):
        rows = [LookedAt({"CONTACT_ID": each, "FIRST_NAME": "Ada"}) for each in range(count)]
        events = [
            {"objectType": "contacts", "objectId": str(each), "date": "2026-05-05T09:00:00Z"}
            for each in range(count)
        ]
        callback = {"message": {"raw": {"contacts": rows}, "events": events}}
        LookedAt.times = 0
        made = scenario_of(ImportedFile(name="it", instance=None, callbacks=(callback,)), Kinds()).document
        assert f"contacts/ada-{count} " in made["steps"][-1]["expect"]["callbacks"][-1]
        return LookedAt.times

    assert looks(400) == 2 * looks(200)


def test_what_no_scenario_can_hold_is_refused_in_a_sentence(tmp_path):
    blocks = {}
    for _ in range(150):
        blocks = {"contacts": blocks}
    shown = {"element": {"key": "insightly"}, "configuration": {"event.poller.configuration": blocks}}

    done, output = imported(shown, tmp_path)

    assert (done.exit_code, output.exists()) == (2, False)
    assert "nested more than 100 deep" in done.output


def test_a_scenario_that_is_there_is_written_over_only_if_it_is_wanted(integration, tmp_path):
    callback = integration[1]["callbacks"][0]["json"]
    assert imported(callback, tmp_path)[0].exit_code == 0

    again, output = imported(callback, tmp_path)
    forced, _ = imported(callback, tmp_path, "--force")

    assert (again.exit_code, forced.exit_code) == (2, 0)
    assert f"cannot write {output}: it is there already; --force writes over it" in again.output
