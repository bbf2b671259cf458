"""From calls to steps: what each becomes, and what is said of those that become none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from each_row import each_row

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH, Addresses, Credentials
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.instants import format_instant
from elements_local.scenarios.recording import RecordingError, compose
from elements_local.scenarios.recording.names import Namer, word_of
from elements_local.scenarios.recording.session import ObservedCall, Session

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINE = Credentials(
    name="mine",
    organization_secret="0123456789abcdef",
    user_secret="dXNlcg==",
    crm_username="owner@mine.example",
    crm_api_key="00000000-0000-4000-a000-000000000001",
    callback_url="http://127.0.0.1:4702/mine",
)
AT = Addresses(platform="http://127.0.0.1:4700", crm="http://127.0.0.1:4701", sink="http://127.0.0.1:4702")
ELEMENT = "User {user_secret}, Organization {organization_secret}, Element ********"
USER = "User {user_secret}, Organization {organization_secret}"
MASK = "********"
THROUGH = "elements-element-instance-id"

_numbers = count(1)


def call(
    service: str, method: str, target: str, body: object = None, answer: object = None, **given: Any
) -> ObservedCall:
    text = body if isinstance(body, str) else "" if body is None else encode_text(body)
    headers = {"authorization": ELEMENT if "/hubs/" in target else USER, "content-type": "application/json"}
    if service == "crm":
        headers["authorization"] = "Basic ********"
    return ObservedCall(
        **{
            "service": service,
            "began": next(_numbers),
            "at": TEN,
            "answered_at": given.get("at", TEN),
            "method": method,
            "target": target if service != "platform" or target.startswith("/_local") else BASE_PATH + target,
            "headers": headers,
            "body": text,
            "size": len(text.encode()),
            "status": 200,
            "fault": False,
            "reply_headers": {},
            "reply": "" if answer is None else encode_text(answer),
            **given,
        }
    )  # fmt: skip


def instance(number: int = 123456, **differs: Any) -> ObservedCall:
    body = instance_body(MINE)
    configuration = {
        **body["configuration"],
        "password": "{crm_api_key}",
        "event.notification.signature.key": MASK,
    }
    configuration |= differs.pop("configuration", {})
    sent = {**body, **differs, "configuration": {k: v for k, v in configuration.items() if v != "left out"}}
    return call("platform", "POST", "/instances", sent, {"id": number, "token": MASK})


def advance(minutes: float, at: datetime = TEN, **ran: int) -> ObservedCall:
    to = at + timedelta(minutes=minutes)
    counted = {"polls": 0, "events": 0, "deliveries": 0, "attempts": 0, **ran}
    answer = {"from": format_instant(at), "now": format_instant(to), **counted}
    return call("platform", "POST", "/_local/clock/advance", {"duration": minutes * 60}, answer, at=at)


def contact(name: str, number: int, **given: Any) -> ObservedCall:
    return call("crm", "POST", "/v3.1/Contacts", {"FIRST_NAME": name}, {"CONTACT_ID": number}, **given)


def callback(
    minutes: float, *events: str, status: int | None = 200, instance_id: int = 123456, **given: Any
) -> dict[str, Any]:
    shown = [line.split() for line in events]
    told = [{"objectType": kind, "objectId": number, "eventType": what} for kind, number, what in shown]
    return {
        "id": next(_numbers),
        "received_at": format_instant(TEN + timedelta(minutes=minutes)),
        "path": "/mine/x",
        "status": status,
        "signature": "valid",
        "json": {"message": {"events": told, "instanceId": instance_id}},
        **given,
    }  # fmt: skip


def recorded(
    *calls: ObservedCall,
    now: datetime | None = None,
    reads: bool = False,
    keeps_ties: bool = False,
    **seen: Any,
) -> Any:
    last = max((one.at for one in calls), default=TEN)
    session = Session(
        credentials=MINE, addresses=AT, seed=5, now=now or last, keeps_ties=keeps_ties, calls=calls,
        **{name: tuple(value) for name, value in seen.items()},
    )  # fmt: skip
    return compose(session, reads=reads)


def steps(*calls: ObservedCall, **given: Any) -> list[dict[str, Any]]:
    return recorded(*calls, **given).document["steps"]


def request(*calls: ObservedCall, **given: Any) -> dict[str, Any]:
    """Return the one request among the steps."""
    (found,) = [step["request"] for step in steps(*calls, **given) if "request" in step]
    return found


class TestHead:
    def test_a_scenario_begins_with_the_first_call_and_has_the_workspaces_seed(self):
        document = recorded(contact("Ada", 12345678)).document

        assert {key: document[key] for key in ("start", "instance", "seed")} == {
            "start": "2026-03-02T10:00:00Z",
            "instance": None,
            "seed": 5,
        }

    def test_an_instance_of_the_start_stands_at_the_top_with_what_differs(self):
        document = recorded(
            instance(name="Zoë's", configuration={"event.poller.refresh_interval": 5})
        ).document

        assert document["instance"] == {
            "name": "Zoë's",
            "configuration": {"event.poller.refresh_interval": 5},
        }

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            pytest.param("event.notification.enabled", "true", id="the same as a text"),
            pytest.param("event.poller.refresh_interval", 15, id="the same as a number"),
            pytest.param("username", "somebody", id="a user name"),
            pytest.param("event.notification.callback.url", "http://127.0.0.1:4702/mine/deep", id="another path"),
            pytest.param(
                "event.poller.configuration",
                encode_text(instance_body(MINE)["configuration"]["event.poller.configuration"]),
                id="the same as a text of JSON",
            ),
        ],
    )  # fmt: skip
    def test_what_a_scenario_has_by_itself_is_not_said(self, key, value):
        assert recorded(instance(configuration={key: value})).document["instance"] == {"name": "My Insightly"}

    def test_a_secret_of_its_configuration_is_left_out(self):
        document = recorded(instance(configuration={"another.secret": MASK, "x": "y"})).document

        assert document["instance"]["configuration"] == {"x": "y"}

    def test_several_instances_have_names_of_their_own(self):
        document = recorded(instance(1_111_111, name="A b"), instance(2_222_222, name="A b")).document

        assert list(document["instances"]) == ["a-b", "a-b-2"]

    def test_records_that_were_made_up_at_first_stand_at_the_top(self):
        body = {"records": 3, "first": 0, "if_empty": True}
        seeded = call("crm", "POST", "/_local/seed", body, {"records": {}})

        document = recorded(seeded, instance()).document

        assert (document["records"], document["instance"]) == (3, {"name": "My Insightly"})

    @pytest.mark.parametrize("target", ["/_local/snapshot", "/_local/snapshot?workspace=mine"])
    def test_what_went_back_to_a_snapshot_is_refused(self, target):
        with pytest.raises(RecordingError, match="a snapshot was restored"):
            recorded(contact("Ada", 12345678), call("sink", "PUT", target, {}, {}))

    def test_nothing_is_nothing(self):
        with pytest.raises(RecordingError, match="nothing has happened in workspace 'mine'"):
            recorded(call("crm", "GET", "/v3.1/Contacts"))


class TestRecords:
    def test_a_record_is_created_updated_and_deleted_by_its_name(self):
        ada = contact("Ada", 12345678)
        changed = call("crm", "PUT", "/v3.1/Contacts/12345678", {"LAST_NAME": "King"}, {})
        gone = call("crm", "DELETE", "/v3.1/Contacts/12345678", status=202)

        assert steps(ada, changed, gone) == [
            {"create": {"contacts/ada": {"FIRST_NAME": "Ada"}}},
            {"update": {"contacts/ada": {"LAST_NAME": "King"}}},
            {"delete": "contacts/ada"},
        ]

    def test_through_the_hub_it_is_the_same(self):
        body = {"ORGANISATION_NAME": "Acme"}
        made = call("platform", "POST", "/hubs/crm/accounts", body, {**body, "ORGANISATION_ID": 23456789})
        changed = call("platform", "PATCH", "/hubs/crm/accounts/23456789", {"A": "b"}, {"A": "b"})
        gone = call("platform", "DELETE", "/hubs/crm/accounts/23456789")

        assert steps(made, changed, gone) == [
            {"create": {"accounts/acme": body}},
            {"update": {"accounts/acme": {"A": "b"}}},
            {"delete": "accounts/acme"},
        ]

    def test_an_older_version_of_the_api_has_other_fields_so_the_call_stands_and_the_record_has_a_name(self):
        made = call(
            "crm", "POST", "/v2.2/Contacts", {"FIRST_NAME": "Ada"}, {"CONTACT_ID": 12345678}, status=201
        )
        changed = call("crm", "PUT", "/v3.1/Contacts/12345678", {"LAST_NAME": "King"}, {})

        first, second = steps(made, changed)

        assert (first["request"]["status"], first["request"]["keep"]) == (201, {"contacts/ada": "CONTACT_ID"})
        assert second == {"update": {"contacts/ada": {"LAST_NAME": "King"}}}

    def test_an_id_in_a_body_is_a_name(self):
        acme = call(
            "crm", "POST", "/v3.1/Organisations", {"ORGANISATION_NAME": "Acme"}, {"ORGANISATION_ID": 23456789}
        )
        body = {"FIRST_NAME": "Ada", "ORGANISATION_ID": 23456789, "PHONE_EXTENSION": 23456789}
        ada = call("crm", "POST", "/v3.1/Contacts", body, {"CONTACT_ID": 12345678})

        assert steps(acme, ada)[1] == {
            "create": {
                "contacts/ada": {
                    "FIRST_NAME": "Ada",
                    "ORGANISATION_ID": "{accounts/acme}",
                    "PHONE_EXTENSION": 23456789,
                }
            }
        }  # fmt: skip

    def test_a_record_that_was_there_before_is_changed_by_a_call(self):
        changed = call("crm", "PUT", "/v3.1/Contacts/12345678", {"LAST_NAME": "King"}, {})

        assert request(changed) == {
            "service": "crm",
            "method": "PUT",
            "path": "/v3.1/Contacts/12345678",
            "json": {"LAST_NAME": "King"},
        }


class TestSecrets:
    @pytest.mark.parametrize(
        ("value", "said"),
        [
            pytest.param("00000000-0000-4000-a000-000000000001", "{crm_api_key}", id="as it is"),
            pytest.param("{crm_api_key}", "{crm_api_key}", id="by the journal's name"),
            pytest.param("of dXNlcg== and all", "of {user_secret} and all", id="inside a text"),
            pytest.param("********", "not-recorded", id="somebody else's"),
            pytest.param("{instance} {contacts/ada} {x}", "{instance} {contacts/ada} {x}", id="what looks like a name"),
            pytest.param("{workspace}", "{{workspace}}", id="a text that is a name"),
        ],
    )  # fmt: skip
    def test_a_text_in_a_body_is_said_without_secrets(self, value, said):
        body = {"FIRST_NAME": "Ada", "BACKGROUND": value}
        made = call("crm", "POST", "/v2.2/Contacts", body, {"CONTACT_ID": 12345678})

        assert request(made)["json"]["BACKGROUND"] == said

    def test_no_name_is_made_of_a_secret(self):
        made = contact("00000000-0000-4000-a000-000000000001", 12345678)

        assert steps(made) == [{"create": {"contacts/1": {"FIRST_NAME": "{crm_api_key}"}}}]

    def test_a_changed_signature_key_becomes_the_scenarios_and_a_password_stays(self):
        body = {"configuration": {"event.notification.signature.key": MASK, "password": MASK, "x": 1}}
        changed = call("platform", "PATCH", "/instances/123456", body, {})

        assert {"configure": {"event.notification.signature.key": "a-key-of-your-own", "x": 1}} in steps(
            instance(), changed
        )

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            pytest.param({"authorization": "Basic ********"}, "Basic not-recorded", id="wrong"),
            pytest.param({}, None, id="none"),
        ],
    )
    def test_credentials_that_were_refused_are_wrong_again(self, given, said):
        refused = call("crm", "POST", "/v3.1/Contacts", {}, status=401, headers=given)

        assert request(refused)["headers"] == {"Authorization": said}

    def test_a_callback_url_of_the_sink_is_the_scenarios(self):
        body = {
            "name": "x",
            "configuration": {"event.notification.callback.url": "http://127.0.0.1:4702/mine/a"},
        }

        said = request(instance(), call("platform", "PATCH", "/instances/123456", body, {}))

        assert said["path"] == "/instances/{instance}"
        assert said["json"]["configuration"] == {"event.notification.callback.url": "{callback_url}/a"}


class TestTime:
    def test_what_an_advance_brought_is_expected_after_it(self):
        came = [callback(16, "contacts 12345678 CREATED")]

        assert steps(
            instance(),
            advance(1),
            contact("Ada", 12345678, at=TEN + timedelta(minutes=1)),
            advance(15, TEN + timedelta(minutes=1), polls=4, events=1, deliveries=1, attempts=1),
            callbacks=came,
            now=TEN + timedelta(minutes=16),
        ) == [
            {"advance": "1m"},
            {"expect": {"callbacks": []}},
            {"create": {"contacts/ada": {"FIRST_NAME": "Ada"}}},
            {"advance": "15m"},
            {"expect": {"callbacks": ["contacts/ada CREATED"]}},
        ]

    def test_attempts_that_failed_are_expected_too(self):
        came = [
            callback(15, "contacts 12345678 CREATED", status=503),
            callback(15, "contacts 12345678 CREATED", status=None),
            callback(15, "contacts 12345678 CREATED"),
        ]

        (expected,) = [
            step["expect"]
            for step in steps(
                instance(), advance(15, attempts=3), callbacks=came, now=TEN + timedelta(minutes=15)
            )
            if "expect" in step
        ]

        assert expected == {"callbacks": ["contacts/12345678 CREATED"], "attempts": [503, None, 200]}

    def test_a_clock_that_is_set_is_set(self):
        shown = {"mode": "virtual", "now": "2026-05-01T00:00:00Z"}
        later = call("platform", "PUT", "/_local/clock", {"now": "2026-05-01"}, shown)

        assert request(contact("Ada", 12345678), later, now=datetime(2026, 5, 1, tzinfo=UTC)) == {
            "method": "PUT",
            "path": "/_local/clock",
            "json": {"now": "2026-05-01T00:00:00Z"},
        }


class TestOthers:
    def test_what_the_sink_answers_is_a_verb_whatever_its_bin_was_called(self):
        told = {"bin": "elsewhere", "responses": [{"status": 503, "times": 2}]}

        assert steps(call("sink", "PUT", "/_local/responses", told, {})) == [
            {"respond": {"status": 503, "times": 2}}
        ]

    @pytest.mark.parametrize("service", ["platform", "sink"])
    def test_a_fault_says_whose_it_is_unless_it_is_the_crms(self, service):
        rule = {"effect": {"status": 503}}

        assert steps(call(service, "PUT", "/_local/faults", {"faults": [rule]}, {})) == [
            {"fault": {"service": service, **rule}}
        ]

    def test_a_call_that_failed_is_said_with_its_status(self):
        failed = call("platform", "POST", "/hubs/crm/contacts", '{"FIRST_NAME": ', status=400)

        assert request(instance(), failed) == {
            "method": "POST",
            "path": "/hubs/crm/contacts",
            "headers": {"Content-Type": "application/json"},
            "text": '{"FIRST_NAME": ',
            "status": 400,
        }

    def test_a_call_by_an_instances_token_names_it(self):
        changed = call("platform", "PUT", "/instances/enabled", headers={"authorization": ELEMENT})

        assert request(instance(), changed)["headers"] == {
            "Authorization": USER + ", Element {instance.token}"
        }

    @pytest.mark.parametrize("said", [{}, {THROUGH: "333"}, {THROUGH: "x"}])
    def test_where_no_answer_says_that_the_first_is_taken_and_a_note_says_so(self, said):
        asked = call("platform", "POST", "/hubs/crm/contacts", {}, status=400, reply_headers=said)
        made = recorded(instance(111, name="one"), instance(222, name="two"), asked)

        assert "headers" not in made.document["steps"][0]["request"]
        assert any("several instances" in note for note in made.notes)

    def test_what_a_call_made_is_kept_if_something_means_it_later(self):
        made = call("platform", "POST", "/users", {"email": "eve"}, {"id": 54321, "accountId": 99999})
        changed = call("platform", "PATCH", "/users/54321", {"firstName": "Eve"}, {})

        first, second = (step["request"] for step in steps(made, changed))

        assert first["keep"] == {"users/1": "id"}
        assert second["path"] == "/users/{users/1}"

    def test_a_path_is_written_as_it_is_sent(self):
        odd = call("platform", "DELETE", "/hubs/crm/contacts/a b%/{x}?where=x%3D'y'", status=404)

        assert request(instance(), odd)["path"] == "/hubs/crm/contacts/a%20b%25/%7Bx%7D?where=x%3D'y'"

    def test_an_instances_id_inside_of_a_text_is_a_name(self):
        body = {"topics": ["instance-123456-events", "instance-1234567-events"]}
        told = call("platform", "POST", "/notifications/subscriptions?q=a-123456", body, {})

        said = request(instance(), told)

        assert said["json"] == {"topics": ["instance-{instance}-events", "instance-1234567-events"]}
        assert said["path"] == "/notifications/subscriptions?q=a-{instance}"

    def test_reads_are_left_out_unless_they_are_wanted(self):
        calls = (contact("Ada", 12345678), call("crm", "GET", "/v3.1/Contacts/12345678"))

        assert len(steps(*calls)) == 1
        assert steps(*calls, reads=True)[1] == {
            "request": {"service": "crm", "method": "GET", "path": "/v3.1/Contacts/{contacts/ada}"}
        }

    @pytest.mark.parametrize(
        ("odd", "why"),
        [
            pytest.param({"status": None}, "whose connection was dropped", id="dropped"),
            pytest.param({"status": 429}, "which was one too many", id="too many"),
            pytest.param({"size": 70_000}, "whose body is too long", id="too long"),
            pytest.param({"target": "/elements/j_spring_security_check"}, "which is not below", id="elsewhere"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_repeated_is_left_out_and_said(self, odd, why):
        recording = recorded(contact("Ada", 12345678), replace(call("platform", "POST", "/users", {}), **odd))

        assert len(recording.document["steps"]) == 1
        assert any(why in note for note in recording.notes)


@each_row(
    ("text", "word"),
    [
        ("Ada", "ada"),
        ("  Zoë & Co. ", "zoe-co"),
        ("北京", ""),
        (None, ""),
        (5, ""),
        ("x" * 50, "x" * 30),
        ("{a}", ""),
    ],
)
def test_a_word_for_a_name_has_letters_that_can_be_typed(text, word):
    assert word_of(text) == word


def test_names_are_one_of_a_kind():
    namer = Namer()

    assert [namer.record("contacts", {"FIRST_NAME": "Ada"}, ["FIRST_NAME"]) for _ in range(3)] == [
        "contacts/ada",
        "contacts/ada-2",
        "contacts/ada-3",
    ]
    assert [namer.record("contacts", {}, ["FIRST_NAME"]) for _ in range(2)] == ["contacts/1", "contacts/2"]
    assert namer.instance("workspace", only=False) == "workspace-2"


@each_row(
    ("shown", "name"),
    [("My Insightly", "my-insightly"), ("4 you", "instance-4-you"), ("北京", "instance"), (None, "instance")],
)
def test_an_instances_name_can_stand_between_braces(shown, name):
    assert Namer().instance(shown, only=False) == name


def test_what_else_was_made_is_counted_by_where_it_was_made():
    namer = Namer()

    assert [namer.other(kind) for kind in ("users", "users", "contacts", "5", "北京")] == [
        "users/1",
        "users/2",
        "a-contacts/1",
        "a-5/1",
        "a-/1",
    ]
