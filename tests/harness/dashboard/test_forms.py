"""What forms do: instances, records, the clock, faults, callbacks and the workspace, by pages alone; and what they refuse."""

import json
import re

import pytest

from elements_local.clients import BASE_PATH
from elements_local.dashboard.routes.faults import PRESETS, presets_of
from elements_local.guide import instance_body, patched
from elements_local.kit.instants import parse_instant
from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load

START = "2026-03-02T10:00:00Z"
POLLER = "event.poller.configuration"

pytestmark = pytest.mark.usefixtures("patient_pages")


def pollers(clients):
    return clients.platform.call("GET", "/_local/pollers")["pollers"]


def configuration(clients, instance):
    return clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")["configuration"]


@pytest.fixture
def own(at, instance):
    """The page of the guide's instance."""
    return f"{at}instances/{instance['id']}"


class TestInstances:
    def test_the_guides_form_makes_an_instance_as_it_stands(self, visitor, at, clients):
        page = visitor.send(visitor.open(f"{at}instances/new"), "/instances/new")

        (made,) = pollers(clients)
        kinds = ["contacts", "accounts", "leads", "opportunities"]
        assert (made["name"], made["silent"]) == ("My Insightly", "")
        assert [each["resource"] for each in made["resources"]] == kinds
        assert made["callbackUrl"] == clients.credentials.callback_url
        assert page.url.partition("?")[0].endswith(f"{at}instances/{made['instanceId']}")
        assert f"Instance {made['instanceId']} is made" in page.words

    def test_every_field_has_a_label_and_the_keys_have_help(self, visitor, at):
        page = visitor.open(f"{at}instances/new")

        inputs = [given for tag, given in page.tags if tag in {"input", "textarea"}]
        ids = {given["id"] for _, given in page.tags if "id" in given}
        labels = {given.get("for") for tag, given in page.tags if tag == "label"}
        fields = [each for each in inputs if each.get("name", "").startswith("event.")]
        assert len(fields) == 5
        assert all(each["aria-describedby"] in ids for each in fields)
        assert all(each.get("type") == "checkbox" or each["id"] in labels for each in fields)

    def test_its_configuration_is_changed_and_nothing_else(self, visitor, own, clients, instance):
        before = configuration(clients, instance)
        as_it_stands = visitor.send(visitor.open(own), "/configuration")
        journal = clients.platform.call("GET", "/_local/journal?limit=1000")["exchanges"]

        page = visitor.send(visitor.open(own), "/configuration", **{"event.poller.refresh_interval": "5"})

        after = configuration(clients, instance)
        assert "Nothing was changed." in as_it_stands.words
        assert not [each for each in journal if each["method"] == "PATCH"]
        assert {key for key in before if before[key] != after[key]} == {"event.poller.refresh_interval"}
        assert "Changed: event.poller.refresh_interval." in page.words

    def test_a_block_is_changed_in_place_and_what_will_be_regretted_is_said(
        self, visitor, at, own, clients, instance
    ):
        page = visitor.open(own)
        blocks = json.loads(page.filled_in("/configuration")[POLLER])
        blocks["contacts"] |= {"pollDelay": 5, "idFeild": "CONTACT_ID"}

        done = visitor.send(page, "/configuration", **{POLLER: json.dumps(blocks, indent=2)})

        kept = json.loads(configuration(clients, instance)[POLLER])
        assert kept["contacts"]["pollDelay"] == 5
        assert "idField" in done.words
        assert "to look at" in visitor.open(f"{at}instances/").words

    def test_events_are_switched_off_by_taking_the_mark_away(self, visitor, own, clients):
        page = visitor.open(own)
        (form,) = [form for form in page.forms if form.action.endswith("/configuration")]
        form.fields.remove(("event.notification.enabled", "on"))

        visitor.send(page, "/configuration")

        assert pollers(clients)[0]["silent"] == "event.notification.enabled is not true"

    def test_it_is_polled_at_once(self, visitor, own, clients):
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

        page = visitor.send(visitor.open(own), "/poll")

        assert "4 polls ran: 1 events, 1 attempts." in page.words
        assert len(clients.sink.callbacks()) == 1

    def test_it_is_switched_off_and_on_and_deleted(self, visitor, own, clients):
        off = visitor.send(visitor.open(own), "/disable")
        assert pollers(clients)[0]["silent"] == "the instance is disabled"
        assert "the instance is disabled" in off.words

        on = visitor.send(off, "/enable")
        assert pollers(clients)[0]["silent"] == ""

        gone = visitor.send(on, "/delete")
        assert pollers(clients) == []
        assert "is deleted." in gone.words
        assert visitor.open(own).status == 404

    def test_names_that_a_stranger_chose_are_text(self, visitor, at):
        """The platform takes tags out of names; what is left can still end an attribute."""
        hostile = "a < b \" onmouseover=alert(1) ' &lt;b&gt; \u202e" + "😀" * 60
        page = visitor.open(f"{at}instances/new")

        made = visitor.send(page, "/instances/new", name=hostile)

        for shown in (made, visitor.open(f"{at}instances/"), visitor.open(at)):
            assert not [given for _, given in shown.tags if "onmouseover" in given]
            assert hostile in shown.text

    def test_what_is_refused_comes_back_beside_what_was_filled_in(self, visitor, at, clients):
        page = visitor.open(f"{at}instances/new")

        again = visitor.send(page, "/instances/new", name="<b>mine</b>", password="wrong")
        assert (again.status, "Insightly answered 401" in again.words) == (401, True)
        assert again.filled_in("/new")["name"] == "<b>mine</b>"
        assert "wrong" not in again.html
        for text in ("{", "[1]", "\ufeff{}", "{" * 5000):
            again = visitor.send(page, "/instances/new", **{POLLER: text})
            assert (again.status, again.filled_in("/new")[POLLER]) == (400, text)
        assert pollers(clients) == []

    def test_a_change_that_is_refused_stays_in_the_form(self, visitor, own):
        page = visitor.send(visitor.open(own), "/configuration", **{"event.poller.refresh_interval": "soon"})

        assert (page.status, "must be whole minutes" in page.words) == (400, True)
        assert page.filled_in("/configuration")["event.poller.refresh_interval"] == "soon"


SLIPS = {
    "id-field": {"contacts": {"idField": "ID"}},
    "date-without-seconds": {"contacts": {"datesConfiguration": {"updatedDateFormat": "yyyy-MM-dd"}}},
    "date-zone": {"accounts": {"datesConfiguration": {"createdDateTimezone": "Europe/London"}}},
    "poll-delay-too-long": {"contacts": {"pollDelay": 900}},
    "url-of-another-resource": {
        "contacts": {"url": "/hubs/crm/leads?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'"}
    },
    "unpolled-resource": {"contcts": {}},
}


class TestWarnings:
    @pytest.fixture
    def slipped(self, clients):
        """Return an instance whose poller's blocks, or other keys, have a slip."""

        def made(blocks=None, **keys):
            body = instance_body(clients.credentials)
            body["configuration"] |= keys
            if blocks:
                body["configuration"][POLLER] = patched(body["configuration"][POLLER], blocks)
            return clients.platform.create_instance(body)["id"]

        return made

    def test_a_button_makes_the_change_that_the_warning_proposes(self, visitor, at, clients, slipped):
        """On the instance's page and on the timeline alike; other warnings stay."""
        other = slipped({"accounts": {"idField": "ID"}})
        for rule, blocks in SLIPS.items():
            number = slipped(blocks)
            told = found(clients, number)[rule]
            change = told["cure"]["change"]
            before = configuration(clients, {"id": number})
            page = visitor.open(f"{at}instances/{number}" if rule != "date-zone" else at)

            done = visitor.send(page, f"/instances/{number}/mend", rule=rule, path=told["path"])

            assert f"{rule}: its change is made, and the warning is gone." in done.words, rule
            assert rule not in found(clients, number)
            after = configuration(clients, {"id": number})
            assert json.loads(after[POLLER]) == patched(json.loads(before[POLLER]), change[POLLER]), rule
            assert {**after, POLLER: None} == {**before, POLLER: None}
        assert "id-field" in found(clients, other)
        page = visitor.open(f"{at}instances/{number}")
        assert "Its configuration has no warnings." in page.words
        assert not [form for form in page.forms if form.action.endswith("/mend")]

    def test_so_it_does_for_other_keys_and_for_lines(self, visitor, at, clients, slipped):
        lines = "contacts|/hubs/crm/contacts||DATE_UPDATED_UTC|yyyy-MM-dd|GMT|DATE_CREATED_UTC|yyyy-MM-dd HH:mm:ss|GMT"
        number = slipped(**{"event.poller.refresh_interval": "2880", POLLER: "", "event.poller.urls": lines})
        for rule in ("interval-too-long", "date-without-seconds"):
            path = found(clients, number)[rule]["path"]
            page = visitor.send(visitor.open(at), f"/instances/{number}/mend", rule=rule, path=path)
            assert f"{rule}: its change is made, and the warning is gone." in page.words

        kept = configuration(clients, {"id": number})
        assert kept["event.poller.refresh_interval"] == "15"
        assert '"updatedDateFormat":"yyyy-MM-dd HH:mm:ss"' in kept[POLLER]

    def test_one_without_a_change_says_what_mends_it_and_leads_there(self, visitor, at, clients, slipped):
        number = slipped({"contacts": {"frobnicate": 1}})
        page = visitor.open(at)
        (warning,) = found(clients, number).values()

        assert (warning["rule"], warning["cure"]["change"]) == ("unknown-key", None)
        assert warning["message"] in page.words
        assert "What mends it: take it out, in the configuration" in page.words
        assert f"{at}instances/{number}#configuration" in [href for href, _ in page.links]
        assert not [form for form in page.forms if form.action.endswith("/mend")]

    def test_one_that_is_gone_meanwhile_changes_nothing(self, visitor, at, clients, slipped):
        number = slipped({"contacts": {"idField": "ID"}})
        page = visitor.open(f"{at}instances/{number}")
        visitor.send(page, f"/instances/{number}/mend")
        before = configuration(clients, {"id": number})

        again = visitor.send(page, f"/instances/{number}/mend")

        assert "Nothing was changed: the warning is gone" in again.words
        assert configuration(clients, {"id": number}) == before


def found(clients, number):
    """Return what lint finds in an instance, by rule."""
    findings = clients.platform.call("GET", f"/_local/lint?instanceId={number}")["findings"]
    return {each["rule"]: each for each in findings}


class TestProposals:
    @staticmethod
    def cure(visitor, own, instance, **fields):
        """Send the form of a proposal, as the page has it where the platform proposes one."""
        page = visitor.open(own)
        form = page.forms[0]
        form.action = f"{own.partition('instances/')[0]}why/"
        form.fields += [("instanceId", str(instance["id"])), *fields.items()]
        return visitor.send(page, "/why/", **fields)

    def test_one_for_an_empty_block_is_carried_out(self, visitor, own, clients, instance):
        """It is the element's own, which is written out before it is changed."""
        page = self.cure(visitor, own, instance, resource="leads", change='{"pollDelay": 7}')

        block = json.loads(configuration(clients, instance)[POLLER])["leads"]
        assert (block["pollDelay"], "updatedDateField" in block["datesConfiguration"]) == (7, True)
        assert "✓" in page.words

    def test_one_that_cannot_be_changes_nothing(self, visitor, own, clients, instance):
        before = configuration(clients, instance)
        for change in ("{", "5", "", '{"url": "nowhere"}'):
            page = self.cure(visitor, own, instance, resource="contacts", change=change)

            assert page.status == 400 or "✗" in page.words
            assert configuration(clients, instance) == before


NO_RECORDS = {
    "{": "This is not valid JSON",
    "[]": "A record is a JSON object",
    "{}": "FIRST_NAME is required",
    '{"FIRST_NAME": 5}': "FIRST_NAME",
}


class TestRecords:
    @pytest.fixture
    def ada(self, clients):
        return clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})["CONTACT_ID"]

    def test_one_is_made_as_the_form_has_it(self, visitor, at, clients):
        page = visitor.send(visitor.open(f"{at}records/Contacts/new"), "/new")

        (change,) = clients.crm.changes()
        assert (change["resource"], change["change"]) == ("Contacts", "CREATED")
        assert f"Contacts {change['recordId']} is made." in page.words

    def test_only_what_was_changed_is_sent(self, visitor, at, clients, ada):
        as_it_stands = visitor.send(visitor.open(f"{at}records/Contacts/{ada}"), f"/{ada}")
        page = visitor.open(f"{at}records/contacts/{ada}")
        fields = json.loads(page.filled_in(f"/{ada}")["json"])

        done = visitor.send(page, f"/{ada}", json=json.dumps({**fields, "LAST_NAME": "King"}))

        assert "Nothing was changed." in as_it_stands.words
        assert clients.crm.get("Contacts", ada)["LAST_NAME"] == "King"
        assert "Changed: LAST_NAME." in done.words
        journal = clients.crm.call("GET", "/_local/journal")["exchanges"]
        (put,) = [each for each in journal if each["method"] == "PUT"]
        assert json.loads(put["request"]["body"]) == {"LAST_NAME": "King"}

    def test_one_is_deleted_and_its_history_stays(self, visitor, at, clients, ada):
        page = visitor.send(visitor.open(f"{at}records/Contacts/{ada}"), "/delete")

        assert "The record is gone." in page.words
        assert [one["change"] for one in clients.crm.changes()] == ["CREATED", "DELETED"]
        assert "Lovelace" not in visitor.open(f"{at}records/Contacts/").words

    def test_what_is_refused_comes_back_with_the_reason(self, visitor, at, clients, ada):
        for text, words in NO_RECORDS.items():
            page = visitor.send(visitor.open(f"{at}records/Contacts/new"), "/new", json=text)
            assert (page.status, words in page.words) == (400, True), text
            assert page.filled_in("/new")["json"] == text
        none = '{"FIRST_NAME": null}'
        page = visitor.send(visitor.open(f"{at}records/Contacts/{ada}"), f"/{ada}", json=none)

        assert (page.status, page.filled_in(f"/{ada}")["json"]) == (400, none)
        assert len(clients.crm.changes()) == 1

    def test_made_up_records_are_filled_in_and_again_others(self, visitor, at, clients):
        def count():
            return clients.crm.call("GET", "/_local/records?kind=Contacts")["total"]

        for records in ("0", "-1", "many", "1001", "9" * 5000, ""):
            page = visitor.send(visitor.open(f"{at}records/Contacts/"), "/seed", records=records)
            assert "Records are a number from 1 to 1000" in page.words
        assert count() == 0
        for records in ("3", "2"):
            visitor.send(visitor.open(f"{at}records/Contacts/"), "/seed", records=records)
        assert count() == 5


MOVES = {
    ("move", "1m"): "2026-03-02 10:01:00",
    ("move", "15m"): "2026-03-02 10:16:00",
    ("move", "1h"): "2026-03-02 11:16:00",
    ("move", "1d"): "2026-03-03 11:16:00",
}


class TestClock:
    def test_buttons_and_an_instant_move_time(self, visitor, at, clients):
        for button, now in MOVES.items():
            page = visitor.send(visitor.open(at), "/clock", button)

            assert clients.clock.now() == parse_instant(now)
            assert f"Time is {now}" in page.words
            assert page.url.startswith(f"{visitor.origin}{at}?notice=")
        visitor.send(visitor.open(at), "/clock", to="2026-03-04 12:34:56")
        assert clients.clock.now() == parse_instant("2026-03-04T12:34:56Z")

    def test_buttons_move_time_to_what_is_due_next_until_a_callback_and_until_idle(
        self, visitor, at, clients, request
    ):
        without = visitor.send(visitor.open(at), "/clock", ("move", "next"))
        request.getfixturevalue("instance")
        page = visitor.send(visitor.open(at), "/clock", ("move", "next"))

        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        until, idle = (visitor.send(visitor.open(at), "/clock", ("move", move)) for move in ("until", "idle"))

        assert "Time is 2026-03-02 10:00:00: nothing fell due. Nothing more is due so soon." in without.words
        assert "Time is 2026-03-02 10:15:00: 4 polls." in page.words
        assert "Time is 2026-03-02 10:30:00: 4 polls, 1 event, 1 callback." in until.words
        assert "Nothing more is due so soon." in idle.words

    def test_a_move_that_is_refused_says_so_and_moves_nothing(self, visitor, at, clients):
        for to in ("2026-03-01T10:00:00Z", "soon", ""):
            page = visitor.send(visitor.open(at), "/clock", to=to)

            assert clients.clock.now() == parse_instant(START)
            assert "✗" in page.words

    def test_a_clock_that_follows_the_machine_is_made_virtual(self, visitor, at, clients):
        clients.clock.set(mode="real")

        page = visitor.send(visitor.open(at), "/clock", ("move", "virtual"))

        assert clients.clock.show()["mode"] == "virtual"
        assert "The clock is virtual now." in page.words


class TestFaults:
    @staticmethod
    def scripted(clients, service="crm"):
        whose = f"?workspace={clients.credentials.name}" if service == "sink" else ""
        return getattr(clients, service).call("GET", f"/_local/faults{whose}")["faults"]

    def test_one_is_switched_on_strikes_and_is_switched_off_and_leaves_others(self, visitor, at, clients):
        page = visitor.send(visitor.open(f"{at}faults/"), "/faults/crm", on="500")
        assert clients.crm.send("GET", "/v3.1/Contacts").status == 500
        assert "It is switched on: 1 fault of the crm." in page.words

        shown = visitor.open(f"{at}faults/")
        assert "Every request is answered 500 1 seen, 1 struck" in shown.words
        shown = visitor.send(shown, "/faults/crm", on="index-lag")
        visitor.send(shown, "/faults/crm", ("off", "0"))
        assert clients.crm.send("GET", "/v3.1/Contacts").status == 200
        assert [each["effect"] for each in self.scripted(clients)] == [{"index_lag_s": 30.0}]

    def test_every_preset_is_taken_and_has_a_name_of_its_own(self, visitor, at, clients):
        assert len({each.name for each in PRESETS}) == len(PRESETS)
        for service in ("platform", "crm", "sink"):
            for number, preset in enumerate(presets_of(service), start=1):
                page = visitor.send(visitor.open(f"{at}faults/"), f"/faults/{service}", on=preset.name)

                assert "✗" not in page.words.partition("Faults Platform")[0], preset.name
                assert len(self.scripted(clients, service)) == number, preset.name

    def test_rules_are_written_as_json_and_come_back_with_the_reason_if_they_are_none(
        self, visitor, at, clients
    ):
        rules = [{"match": {"path": "/v3.1/*"}, "effect": {"status": 418}}]
        visitor.send(visitor.open(f"{at}faults/"), "/faults/crm", rules=json.dumps(rules))

        for wrong in (
            "{",
            "[5]",
            '[{"effect": {}}]',
            '[{"effect": {"statuz": 5}}]',
            '"<script>alert(1)"',
            "{" * 3000,
        ):
            page = visitor.send(visitor.open(f"{at}faults/"), "/faults/crm", rules=wrong)

            assert (page.status, page.filled_in("/faults/crm")["rules"]) == (400, wrong)
            assert "<script>alert" not in page.html
        assert [each["effect"] for each in self.scripted(clients)] == [{"status": 418}]

    def test_a_service_that_there_is_not_has_none(self, visitor, at):
        for service in ("nobody", "%2e%2e", "crm%00"):
            page = visitor.open(f"{at}faults/")
            (form, *_) = [form for form in page.forms if form.action.endswith("/faults/sink")]
            form.action = f"{at}faults/{service}"

            assert visitor.send(page, form.action).status in {400, 404, 405}


NOWHERE = {"": "forward", "http://192.0.2.1/": "192.0.2.1", "file:///etc/passwd": "url"}


NO_ANSWERS = (
    {"status": "x"},
    {"status": "99"},
    {"times": "0"},
    {"delay_s": "-1"},
    {"status": "204", "body": "x"},
)


class TestCallbacks:
    @staticmethod
    def post(clients):
        return clients.sink.http.send("POST", clients.credentials.callback_url, body=b"{}").status

    @pytest.mark.usefixtures("story")
    def test_a_signature_is_computed_with_a_key(self, visitor, at):
        right = visitor.send(visitor.open(f"{at}callbacks/1"), "/signature", key="a-key-of-your-own")
        wrong = visitor.send(visitor.open(f"{at}callbacks/1"), "/signature", key="another")

        assert "which is the one that came." in right.words
        assert "which is not what came: sha256=" in wrong.words
        assert "a-key-of-your-own" not in right.html

    @pytest.mark.usefixtures("story")
    def test_one_is_sent_again_but_only_where_callbacks_may_go(self, visitor, at, clients):
        for url, words in NOWHERE.items():
            page = visitor.send(visitor.open(f"{at}callbacks/1"), "/replay", url=url)
            assert "✗" in page.words
            assert words in page.words
        url = f"{clients.credentials.callback_url}/again"

        page = visitor.send(visitor.open(f"{at}callbacks/1"), "/replay", url=url)

        assert "Sent again;" in page.words
        assert [one["path"].endswith("/again") for one in clients.sink.callbacks()] == [False, False, True]

    @pytest.mark.usefixtures("story")
    def test_a_notification_is_delivered_again(self, visitor, at, clients):
        callback = visitor.open(f"{at}callbacks/1")
        (leads, *_) = [href for href, _ in callback.links if re.search(r"/notifications/\d", href)]

        page = visitor.send(visitor.open(leads), "/again")
        clients.clock.advance("1s")

        assert "is delivered again." in page.words
        told = [one["json"]["id"] for one in clients.sink.callbacks()]
        assert told.count(told[0]) == 2

    def test_the_next_answers_are_scripted_and_taken_back(self, visitor, at, clients):
        page = visitor.send(visitor.open(f"{at}callbacks/"), "/answers", status="503", times="2")
        assert "503, 2 more times" in page.words
        assert [self.post(clients) for _ in range(3)] == [503, 503, 200]

        again = visitor.send(page, "/answers", status="500", times="")
        assert "500, always" in again.words
        visitor.send(again, "/answers/forget")
        assert self.post(clients) == 200

    def test_an_answer_that_no_server_could_give_is_refused(self, visitor, at, clients):
        for fields in NO_ANSWERS:
            page = visitor.send(visitor.open(f"{at}callbacks/"), "/answers", **fields)

            assert "✗" in page.words, fields
            assert self.post(clients) == 200

    def test_they_are_sent_on_where_they_may_go_and_no_longer(self, visitor, at, clients):
        refused = visitor.send(visitor.open(f"{at}callbacks/"), "/forward", url="http://192.0.2.1/")
        page = visitor.send(refused, "/forward", url="http://127.0.0.1:4702/elsewhere")
        gone = visitor.send(page, "/forward", url="")

        assert "✗" in refused.words
        assert "Nowhere." in refused.words
        assert "To http://127.0.0.1:4702/elsewhere" in page.words
        assert "Nowhere." in gone.words
        assert clients.sink.call("GET", f"/_local/forwards?bin={clients.credentials.name}")["url"] is None

    @pytest.mark.usefixtures("story")
    def test_all_are_forgotten(self, visitor, at, clients):
        page = visitor.send(visitor.open(f"{at}callbacks/"), "/forget")

        assert "2 callbacks are forgotten." in page.words
        assert clients.sink.callbacks() == []


class TestState:
    def test_a_snapshot_is_taken_and_put_back_and_what_is_none_changes_nothing(
        self, visitor, at, clients, story
    ):
        taken = visitor.send(visitor.open(f"{at}state/"), "/snapshot")
        assert "attachment" in taken.reply.headers["Content-Disposition"]
        clients.clock.advance("3h")
        clients.crm.delete("Contacts", story["ada"])

        state = visitor.open(f"{at}state/")
        for content in (b"", b"{", b"[]", b'{"version": 99}', b"\xff\xfe"):
            assert "✗" in visitor.upload(state, "/restore", "snapshot", content).words
            assert len(clients.crm.call("GET", "/v3.1/Contacts")) == 1
        page = visitor.upload(state, "/restore", "snapshot", taken.reply.body)

        assert "is as it was then." in page.words
        assert clients.crm.get("Contacts", story["ada"])["FIRST_NAME"] == "Ada"
        assert clients.clock.show()["now"] == "2026-03-02T10:30:01Z"

    @pytest.mark.usefixtures("story")
    def test_the_workspace_is_reset(self, visitor, at, clients):
        page = visitor.send(visitor.open(f"{at}state/"), "/reset")

        assert "is at its start again." in page.words
        assert clients.crm.changes() == []
        assert clients.clock.show()["now"] == START

    def test_what_happened_is_a_scenario_that_passes_and_has_what_pages_did(
        self, visitor, at, clients, story, tmp_path
    ):
        visitor.send(visitor.open(f"{at}records/Contacts/{story['ada']}"), "/delete")
        visitor.send(visitor.open(at), "/clock", ("move", "1h"))
        assert "Download the scenario" in visitor.open(f"{at}state/").words
        reply = visitor.open(f"{at}state/scenario.yaml").reply
        (tmp_path / "mine.yaml").write_bytes(reply.body)

        (scenario,) = load(tmp_path / "mine.yaml")
        runner = Runner(How())
        try:
            assert runner.run(scenario).failure is None
        finally:
            runner.close()
        assert "delete" in [step.verb for step in scenario.steps]
        assert f'filename="{clients.credentials.name}.yaml"' in reply.headers["Content-Disposition"]

    def test_a_workspace_is_made_and_deleted(self, visitor, at, stack_in_process):
        values = {"name": "by-pages", "records": "2", "start": "2030-01-01T00:00:00Z"}
        page = visitor.send(visitor.open(f"{at}state/"), "/workspaces", **values)
        try:
            made = stack_in_process.workspace("by-pages")
            assert page.url.startswith(f"{visitor.origin}/_local/dashboard/by-pages/?")
            assert made.clock.show()["now"] == "2030-01-01T00:00:00Z"
            assert made.crm.call("GET", "/_local/records?kind=Contacts")["total"] == 2
        finally:
            gone = visitor.send(visitor.open("/_local/dashboard/by-pages/state/"), "/workspaces/delete")
        assert "Workspace by-pages is deleted." in gone.words
        assert "by-pages" not in [each.name for each in stack_in_process.workspaces()]

    def test_one_that_cannot_be_made_is_said_to_be_so_and_the_default_one_stays(
        self, visitor, at, stack_in_process
    ):
        before = len(stack_in_process.workspaces())
        for fields in ({"name": "default"}, {"name": "a b/<script>"}, {"start": "soon"}):
            page = visitor.send(visitor.open(f"{at}state/"), "/workspaces", **fields)

            assert "✗" in page.words
            assert len(stack_in_process.workspaces()) == before
        default = visitor.open("/_local/dashboard/default/state/")
        assert not [form for form in default.forms if form.action.endswith("/delete")]
