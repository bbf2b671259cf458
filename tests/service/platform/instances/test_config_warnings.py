"""What users will regret, said in the header of an answer, at ``/_local/warnings`` and in the audit."""

import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process

HEADER = "Elements-Local-Warnings"
POLLER = "event.poller.configuration"
UNKNOWN = {
    "rule": "unknown-key",
    "path": "mine",
    "message": "'mine' has no effect: nothing reads it",
    "nearest": None,
}


def rules_in(reply):
    assert reply.status == 200, reply.body
    return [each["rule"] for each in json.loads(reply.headers.get(HEADER, "[]"))]


@pytest.fixture
def warnings(clients):
    """Return a function that gives the warnings of the workspace's instances, by id."""

    def ask(query=""):
        shown = clients.platform.call("GET", f"/_local/warnings{query}")["warnings"]
        return {each["instanceId"]: [slip["rule"] for slip in each["warnings"]] for each in shown}

    return ask


@pytest.fixture
def told(clients):
    """Return a function that gives the warnings that were told as they came."""

    def ask():
        shown = clients.platform.call("GET", "/_local/activity")["activities"]
        return [each["rule"] for each in shown if each["kind"] == "warning"]

    return ask


def test_the_guides_instance_is_answered_without_the_header(instances, body_of, warnings):
    reply = instances("POST", json=body_of())

    assert reply.status == 200
    assert HEADER not in reply.headers
    assert warnings() == {}


@pytest.mark.parametrize("code", ["any", {"a": [1]}, 5, False, ["x"]])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_code_may_be_any_json_and_is_said_to_mean_nothing(instances, instance, body_of, method, code):
    path = "" if method == "POST" else f"/{instance['id']}"

    reply = instances(method, path, json=body_of(providerData={"code": code}))

    assert [each["path"] for each in json.loads(reply.headers[HEADER])] == ["providerData.code"]
    assert b"providerData" not in reply.body


@pytest.mark.parametrize(
    ("method", "path", "seen"),
    [
        ("POST", "/instances", ["element.id"]),
        ("POST", "/elements/insightly/instances", ["element.id"]),
        ("PUT", "/instances/{id}", ["element.id", "retrieveObjectsAfterInstantiation"]),
        ("PATCH", "/instances/{id}", ["element.id", "retrieveObjectsAfterInstantiation"]),
    ],
)
def test_an_id_beside_another_elements_key_and_objects_with_a_change_are_said_to_mean_nothing(
    *, clients, instance, body_of, method, path, seen
):
    body = body_of(element={"key": "insightly", "id": 7}, retrieveObjectsAfterInstantiation=True)

    reply = clients.platform.send(method, BASE_PATH + path.format(id=instance["id"]), json=body)

    assert reply.status == 200
    assert [each["path"] for each in json.loads(reply.headers[HEADER])] == seen


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_user_name_that_is_nobodys_is_taken_and_said_to_mean_nothing(
    clients, instances, instance, body_of, method
):
    path = "" if method == "POST" else f"/{instance['id']}"

    reply = instances(method, path, json=body_of({"username": "nobody"}))

    (slip,) = json.loads(reply.headers[HEADER])
    assert (slip["path"], slip["nearest"]) == ("configuration.username", clients.credentials.crm_username)


def test_a_slip_changes_nothing_of_the_answer_but_the_header(instances, body_of):
    plain, slipped = (instances("POST", json=body_of(**more)) for more in ({}, {"mine": 1}))

    bodies = [decode(reply.body) | {"id": 0, "token": "", "subscriptionId": 0} for reply in (plain, slipped)]
    assert bodies[0] == bodies[1]
    assert plain.status == slipped.status == 200
    assert {name for name, _ in slipped.headers} - {name for name, _ in plain.headers} == {HEADER}
    assert slipped.headers[HEADER] == json.dumps([UNKNOWN], separators=(",", ":"))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/instances/{id}"),
        ("PATCH", "/instances/{id}"),
        ("PUT", "/instances"),
        ("PATCH", "/instances"),
        ("PUT", "/elements/insightly/instances/{id}"),
    ],
)
def test_each_way_of_a_change_says_what_users_will_regret(clients, instance, body_of, method, path):
    headers = clients.platform.hub(instance["token"]).headers
    place = BASE_PATH + path.format(**instance)

    reply = clients.platform.send(method, place, json=body_of(mine=1), headers=headers)

    assert rules_in(reply) == ["unknown-key"]


def test_an_instance_made_below_its_element_says_the_same(clients, body_of):
    reply = clients.platform.send("POST", f"{BASE_PATH}/elements/insightly/instances", json=body_of(mine=1))

    assert rules_in(reply) == ["unknown-key"]


def test_a_change_of_one_entry_says_what_users_will_regret(instances, instance):
    path = f"/{instance['id']}/configuration"
    entries = {entry["key"]: entry["id"] for entry in decode(instances("GET", path).body)}

    slow, quick = (
        instances(
            "PATCH", f"{path}/{entries['event.poller.refresh_interval']}", json={"propertyValue": value}
        )
        for value in (3000, 15)
    )

    assert rules_in(slow) == ["interval-too-long"]
    assert HEADER not in quick.headers


def test_a_body_that_is_refused_has_no_header(instances, body_of):
    reply = instances("POST", json=body_of({"password": None}, mine=1))

    assert reply.status == 400
    assert HEADER not in reply.headers


def test_what_is_said_stays_until_the_next_body(instances, instance, warnings):
    number = instance["id"]
    instances("PATCH", f"/{number}", json={"mine": 1})
    instances("DELETE", f"/{number}/enabled")
    instances("PUT", f"/{number}/enabled")

    assert warnings() == {number: ["unknown-key"]}
    assert rules_in(instances("PATCH", f"/{number}", json={"tags": ["x"]})) == []
    assert warnings() == {}


def test_a_change_of_something_else_leaves_the_slips_of_the_configuration(instances, instance, warnings):
    number = instance["id"]
    instances("PATCH", f"/{number}", json={"configuration": {"my.own": "x"}})

    assert rules_in(instances("PATCH", f"/{number}", json={"name": "Other"})) == ["unknown-key"]
    assert warnings() == {number: ["unknown-key"]}


@pytest.mark.parametrize("taken_back", [None, ""])
def test_a_key_that_is_taken_back_ends_its_warning(instances, instance, warnings, taken_back):
    number = instance["id"]
    instances("PATCH", f"/{number}", json={"configuration": {"my.own": "x"}})

    assert rules_in(instances("PATCH", f"/{number}", json={"configuration": {"my.own": taken_back}})) == []
    assert warnings() == {}


def test_a_slip_that_is_mended_ends_its_warning(instances, body_of, warnings):
    body = body_of({POLLER: {"contacts": {"url": "/hubs/crm/contacts", "idFeild": "CONTACT_ID"}}})
    made = instances("POST", json=body)
    number = decode(made.body)["id"]

    assert rules_in(made) == [
        "missing-id-field",
        "missing-date-field",
        "url-without-date",
        "misspelt-key",
    ]
    assert rules_in(instances("PATCH", f"/{number}", json=body_of({POLLER: {"contacts": {}}}))) == []
    assert warnings() == {}


def test_warnings_are_told_as_they_come_and_each_but_once(instances, instance, told):
    number = instance["id"]
    for configured in ({"my.own": "x"}, {"my.other": "x"}, {"my.own": "y"}):
        instances("PATCH", f"/{number}", json={"configuration": configured, "mine": 1})

    assert told() == ["unknown-key"] * 3


def test_what_is_told_says_rule_place_and_instance(clients, body_of):
    made = clients.platform.create_instance(body_of({"event.poller.refresh_interval": 2880}))

    told = clients.platform.call("GET", "/_local/activity")["activities"][-1]

    assert told["text"] == (
        "warning interval-too-long: polls are 2 days apart, so a change may wait as long until it is reported "
        f"(configuration.event.poller.refresh_interval, instance {made['id']})"
    )
    assert {key: told[key] for key in ("kind", "instanceId", "rule", "path", "nearest")} == {
        "kind": "warning",
        "instanceId": made["id"],
        "rule": "interval-too-long",
        "path": "configuration.event.poller.refresh_interval",
        "nearest": None,
    }


def test_only_instances_with_warnings_are_listed_each_with_its_name(clients, make_instance):
    make_instance()
    made = make_instance(name="Slipped", mine=1)

    assert clients.platform.call("GET", "/_local/warnings")["warnings"] == [
        {"instanceId": made["id"], "name": "Slipped", "warnings": [UNKNOWN]}
    ]


def test_one_instance_may_be_asked_for(make_instance, warnings):
    slipped, plain = make_instance(mine=1), make_instance()

    assert warnings(f"?instanceId={slipped['id']}") == {slipped["id"]: ["unknown-key"]}
    assert warnings(f"?instanceId={plain['id']}") == {}


def test_warnings_of_no_instance_are_not_found(clients, refused):
    assert "999" in refused(clients.platform.send("GET", "/_local/warnings?instanceId=999"), 404)


def test_an_instance_that_is_deleted_has_no_warnings(make_instance, instances, warnings):
    made = make_instance(mine=1)
    instances("DELETE", f"/{made['id']}")

    assert warnings() == {}


def test_the_audit_shows_them_beside_what_became_of_the_events(clients, make_instance):
    slipped, plain = make_instance(mine=1), make_instance()

    def audited(made):
        return clients.platform.call("GET", f"/_local/audit?instanceId={made['id']}")["warnings"]

    assert audited(slipped) == [UNKNOWN]
    assert audited(plain) == []


def test_a_callback_url_is_held_against_the_outbound_guard(make_body, own_stack):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_ALLOW_HOSTS": "allowed.example"}).workspace()

    def said(url):
        body = make_body(clients)
        body["configuration"]["event.notification.callback.url"] = url
        return rules_in(clients.platform.send("POST", f"{BASE_PATH}/instances", json=body))

    assert [said(f"http://{host}/x") for host in ("allowed.example", "localhost:8000", "[::1]:1")] == [[]] * 3
    assert said("https://webhook.site/x") == ["callback-url"]
    assert said("http://192.0.2.1/") == ["callback-url"]
    assert said("localhost:8000/x") == ["callback-url"]


def test_secrets_in_a_callback_url_are_not_repeated(make_instance, clients):
    make_instance({"event.notification.callback.url": "htp://ada:hidden@host?token=hidden"})

    said = str(clients.platform.call("GET", "/_local/warnings"))

    assert "callback-url" in said
    assert "hidden" not in said


def test_a_hostile_body_breaks_neither_header_nor_answer(instances, instance, clients):
    number = instance["id"]
    own = {f"\x00\x1b[2J{nth}\u202e\r\nX-Evil: 1": 1 for nth in range(5000)}
    top = {f"clé\r\n{nth}": [] for nth in range(5000)} | {"x" * 100_000: 1}

    replies = [
        instances("PATCH", f"/{number}", json=top),
        instances("PATCH", f"/{number}", json={"configuration": own}),
        instances("PATCH", f"/{number}", json={"configuration": {POLLER: {"b": {"url": "/", **own}}}}),
    ]

    for reply in replies:
        said = reply.headers[HEADER]
        assert said.isascii()
        assert said.isprintable()
        assert len(said) <= 4096
        assert json.loads(said)[-1]["rule"] == "more"
        assert "X-Evil" not in reply.headers
    listed = clients.platform.call("GET", "/_local/warnings")["warnings"][0]["warnings"]
    assert (len(listed), listed[-1]["rule"]) == (51, "more")


def test_a_hostile_body_comes_over_a_socket_as_well(stack_on_ports, make_body):
    clients = stack_on_ports.new_workspace()
    body = make_body(clients) | {f"clé\r\n{nth}": [] for nth in range(500)}

    reply = clients.platform.send("POST", f"{BASE_PATH}/instances", json=body)

    assert json.loads(reply.headers[HEADER])[-1]["rule"] == "more"
    stack_on_ports.delete_workspace(clients.credentials.name)


def test_warnings_come_back_with_a_snapshot(clients, make_instance, warnings):
    made = make_instance(mine=1)
    snapshot = clients.platform.call("POST", "/_local/snapshot", json={})
    clients.platform.call("POST", "/_local/reset", json={})

    assert warnings() == {}

    clients.platform.call("PUT", "/_local/snapshot", json=snapshot)

    assert warnings() == {made["id"]: ["unknown-key"]}


def test_warnings_outlast_a_restart(tmp_path, make_body):
    options = Options(data=tmp_path, environment={})
    with in_process(options) as stack:
        clients = stack.workspace()
        made = clients.platform.create_instance(make_body(clients) | {"mine": 1})

    with in_process(options) as stack:
        listed = stack.workspace().platform.call("GET", "/_local/warnings")["warnings"]

    assert listed == [{"instanceId": made["id"], "name": "My Insightly", "warnings": [UNKNOWN]}]


def test_the_openapi_document_declares_the_header_where_it_may_come(stranger):
    paths = decode(stranger.send("GET", "/_local/openapi.json").body)["paths"]

    declared = {
        f"{method.upper()} {path.removeprefix(BASE_PATH)}"
        for path, methods in paths.items()
        for method, described in methods.items()
        if isinstance(described, dict) and HEADER in described["responses"].get("200", {}).get("headers", {})
    }

    of_objects = {
        f"{method} /instances{which}/{path}"
        for which in ("", "/{instance_id}")
        for method, path in (
            ("POST", "objects/definitions"),
            *((method, "objects/{object_name}/definitions") for method in ("POST", "PUT")),
            *((method, "transformations/{object_name}") for method in ("POST", "PUT")),
        )
    }
    assert declared == of_objects | {
        "POST /instances",
        "PUT /instances",
        "PATCH /instances",
        "PUT /instances/{instance_id}",
        "PATCH /instances/{instance_id}",
        "POST /elements/{key_or_id}/instances",
        "PUT /elements/{key_or_id}/instances/{instance_id}",
        "PATCH /instances/configuration/{config_id}",
        "PATCH /instances/{instance_id}/configuration/{config_id}",
    }
