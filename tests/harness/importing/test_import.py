"""What comes from a real integration becomes a scenario that comes to the same callbacks."""

import json
from base64 import b64encode
from contextlib import closing

import pytest
from click.testing import CliRunner

from elements_local import guide
from elements_local.cli import cli
from elements_local.clients import BASE_PATH
from elements_local.recording.import_sources import ImportedFile
from elements_local.recording.imported_scenario import scenario_of
from elements_local.records import Kinds
from elements_local.replay.runner import How, Runner
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


def har(shown, listed):
    entries = [
        {"request": {}, "response": {"content": {"text": json.dumps(shown)}}},
        {"request": {"postData": {"text": "a=form&b=of"}}, "response": {"content": {}}},
        *(
            {
                "request": {"postData": {"text": callback["body"]}},
                "response": {"content": {"text": b64encode(b"{}").decode(), "encoding": "base64"}},
            }
            for callback in listed["callbacks"]
        ),
    ]
    return {"log": {"version": "1.2", "entries": entries}}


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


def passes(path):
    with closing(Runner(How())) as runner:
        return [runner.run(scenario).failure for scenario in load(path)] == [None]


ALL = ["contacts/ada CREATED", "leads/charles CREATED", "contacts/ada UPDATED", "accounts/engines CREATED"]


@pytest.mark.parametrize("wrap", [har, newman, collection])
def test_a_session_comes_to_its_callbacks_again_with_the_instances_own_interval(wrap, integration, tmp_path):
    done, output = imported(wrap(*integration), tmp_path)

    assert done.exit_code == 0, done.output
    assert sorted(expected(output)) == sorted(ALL)
    assert passes(output)
    assert "refresh_interval: '5'" in output.read_text("utf-8")
    assert "no instance came along" not in done.output


@pytest.mark.parametrize("number", range(4))
def test_one_callback_is_enough(number, integration, tmp_path):
    callback = integration[1]["callbacks"][number]["json"]
    (event,) = callback["message"]["events"]

    done, output = imported(callback, tmp_path, "--check")

    assert done.exit_code == 0, done.output
    assert [line.split()[1] for line in expected(output)] == [event["eventType"]]
    assert "it passes" in done.output
    assert "# assumed: each resource has the element's own polling block" in output.read_text("utf-8")


def test_one_callback_as_the_sink_lists_it_is_enough(integration, tmp_path):
    done, output = imported(integration[1]["callbacks"][0], tmp_path)

    assert done.exit_code == 0, done.output
    assert expected(output) == ["contacts/ada CREATED"]


def test_of_several_instances_it_says_whose_configuration_counts(integration, tmp_path):
    shown = integration[0]

    done, _ = imported([shown, {**shown, "id": 7}], tmp_path)

    assert (
        f"note: the file has instances {shown['id']}, 7: the configuration of the last one counts"
        in done.output
    )


def test_what_the_sink_exports_is_enough(integration, tmp_path):
    done, output = imported(integration[1], tmp_path)

    assert done.exit_code == 0, done.output
    assert sorted(expected(output)) == sorted(ALL)
    assert passes(output)


def test_an_instance_alone_is_tried_with_a_record_and_its_masks_are_left_out(integration, tmp_path):
    shown = integration[0]
    shown["configuration"]["event.notification.basic.password"] = "********"

    done, output = imported(shown, tmp_path, "--json")

    told = json.loads(done.output)
    assert "unknown: event.notification.basic.password is masked in the file, and left out" in told["notes"]
    assert "********" not in output.read_text("utf-8")
    assert expected(output) == ["contacts/one CREATED"]
    assert passes(output)


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
    assert f"{output} is there already" in again.output
