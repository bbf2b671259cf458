"""Every operation of the three OpenAPI documents, asked for by who may not: nothing is told, and nothing changes.

A stranger's page, a page that bound its own name to this machine, somebody without credentials, and somebody with
another workspace's ask for what is a victim's: its ids stand in paths, queries and bodies.
"""

import json
import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, urlencode

import pytest

from elements_local.clients import BASE_PATH, ServiceClient, WorkspaceClients
from elements_local.guide import instance_body
from elements_local.stack.stack import Stack
from elements_local.start import Options, in_process
from mock_kit.api.json_text import decode
from mock_kit.web.guard import TOKEN_HEADER
from mock_kit.web.wire import Reply
from mock_kit.workspaces.workspace_secrets import DOCUMENTED

CANARY = "canary-5f0c2b"
"""Stands in all of the victim's texts that nobody else knows."""

SENT = "known-5f0c2b"
"""Stands where others send it."""

ORDER = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""What takes away comes last, or there would be nothing left to ask for."""

OPEN = re.compile(rf"/(\{{bin\}}|oauth/.*|{BASE_PATH[1:]}/events/.*)")
"""What anybody may call, at the vendors' too: receivers, providers' events, the page that asks for an API key."""

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound
DEEPEST = 3
WORDS = {
    "element_key": "insightly",
    "key_or_id": "insightly",
    "key": "insightly",
    "hub": "crm",
    "hub_key": "crm",
    "object_name": "contacts",
    "child_name": "notes",
    "role": "admin",
    "q": "select * from contacts",
    "topics[]": SENT,
    "tag_name": SENT,
    "resource": "Contacts",
}
IN_CRM = {
    "Organisations": "ORGANISATION_NAME",
    "Projects": "PROJECT_NAME",
    "Tasks": "TITLE",
    "Opportunities": "OPPORTUNITY_NAME",
    "Leads": "LAST_NAME",
}


@dataclass(frozen=True)
class Operation:
    service: str
    method: str
    path: str
    said: dict = field(repr=False)
    document: dict = field(repr=False)

    @property
    def is_admin(self):
        return self.path.startswith("/_local")

    @property
    def is_open(self):
        return bool(OPEN.fullmatch(self.path))

    def target(self, known):
        """Return path and query, with what is known of the victim in the places of variables."""
        wanted = [
            each for each in self.said.get("parameters", []) if each["in"] == "query" and each.get("required")
        ]
        query = urlencode({each["name"]: known.get(each["name"].lower(), "1") for each in wanted})
        path = re.sub(r"\{(\w+)\}", lambda found: quote(str(known.get(found[1], "1")), safe=""), self.path)
        return f"{path}?{query}" if query else path

    def body(self, known):
        """Return the content type and the bytes of a body; none for what takes none."""
        content = self.said.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            schema = content["application/json"].get("schema", {})
            return "application/json", json.dumps(sample(schema, self.document, known)).encode()
        return (next(iter(content)).replace("*/*", "text/plain"), b"text") if content else (None, b"")


def sample(schema, document, known, name="", depth=DEEPEST):
    """Return something that a schema takes, with what is known of the victim where the names fit."""
    while "$ref" in schema or schema.get("anyOf") or schema.get("oneOf"):
        named = schema.get("$ref", "").rpartition("/")[2]
        choices = schema.get("anyOf") or schema.get("oneOf")
        schema = document["components"]["schemas"][named] if named else choices[0]
    if name.lower() in known:
        return known[name.lower()]
    if "allOf" in schema:
        parts = [sample(part, document, known, name, depth) for part in schema["allOf"]]
        return {key: value for part in parts if isinstance(part, dict) for key, value in part.items()}
    fixed = [schema[key] for key in ("const", "default") if key in schema] + schema.get("enum", [])
    if fixed:
        return fixed[0]
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            properties = schema.get("properties", {}) if depth else {}
            return {each: sample(of, document, known, each, depth - 1) for each, of in properties.items()}
        case "array":
            return [sample(schema.get("items", {}), document, known, name, depth - 1)] if depth else []
        case plain:
            return {"integer": max(1, schema.get("minimum", 1)), "number": 1, "boolean": True}.get(
                plain, "text"
            )


class Victim:
    """A workspace with something of everything.

    Attributes:
        ids: what is in it, by the names that documents have for it, in lower case.
    """

    def __init__(self, clients: WorkspaceClients):
        self.clients = clients
        self.call = clients.platform.call
        made = clients.platform.send("POST", f"{BASE_PATH}/instances", json=self._instance())
        self.instance = decode(made.body)
        self.ids = {
            **WORDS,
            **dict.fromkeys(("bin", "workspace", "name"), clients.credentials.name),
            **dict.fromkeys(("instance_id", "instanceid", "id"), self.instance["id"]),
            "encoded_id": b64encode(str(self.instance["id"]).encode()).decode(),
            "trace_id": made.headers["Elements-Trace-Id"],
            "email_or_id": f"{SENT}@ada.example",
        }
        self._fill_platform()
        self._fill_crm()
        self._let_time_pass()

    @cached_property
    def secrets(self):
        """What must not be told."""
        mine = self.clients.credentials
        texts = (CANARY, self.instance["token"], mine.organization_secret, mine.user_secret, mine.crm_api_key)
        return frozenset(texts)

    def headers(self, *, element=None):
        return headers_of(self.clients, element=element or self.instance["token"])

    def _instance(self):
        body = instance_body(self.clients.credentials, signature_key=f"{CANARY}-key")
        return body | {"name": CANARY, "tags": [CANARY], "providerData": {"debug": True}}

    def _make(self, path, **body):
        return self.call("POST", BASE_PATH + path, json=body)

    def _fill_platform(self):
        below = f"/instances/{self.instance['id']}"
        self._make(f"{below}/objects/mine/definitions", fields=[{"path": CANARY, "type": "string"}])
        mapped = {"path": CANARY, "vendorPath": "FIRST_NAME", "type": "string"}
        self._make(f"{below}/transformations/mine", vendorName="contacts", fields=[mapped])
        person = {"firstName": CANARY, "lastName": CANARY, "password": CANARY}
        where = {"url": self.clients.credentials.callback_url}
        self.ids |= {
            "user_id": self._make("/organizations/users", email=self.ids["email_or_id"], **person)["id"],
            "account_id": self._make("/accounts", name=CANARY, externalId=CANARY)["id"],
            "subscription_id": self._make(
                "/notifications/subscriptions", channel="webhook", topics=[SENT], config=where
            )["id"],
            "notification_id": self._make("/notifications", topic=SENT, message=CANARY, severity="high")[
                "id"
            ],
            "config_id": self.call("GET", f"{BASE_PATH}{below}/configuration")[0]["id"],
        }

    def _fill_crm(self):
        crm = self.clients.crm
        self.clients.clock.advance("1m")
        contact = crm.create("Contacts", {"FIRST_NAME": CANARY, "TAGS": [{"TAG_NAME": SENT}]})
        for collection, name in IN_CRM.items():
            crm.send("POST", f"/v3.1/{collection}", json={name: CANARY, "STATUS": "NOT STARTED"})
        crm.call("POST", f"/v3.1/Contacts/{contact['CONTACT_ID']}/Notes", json={"TITLE": CANARY})
        for collection in ("Users", "Pipelines", "PipelineStages", "Notes", *IN_CRM, "Contacts"):
            for record in crm.call("GET", f"/v3.1/{collection}")[-1:]:
                self.ids |= {
                    key.lower(): value for key, value in record.items() if key.endswith("_ID") and value
                }
        self.ids["record_id"] = contact["CONTACT_ID"]

    def _let_time_pass(self):
        hub = self.clients.platform.hub(self.instance["token"])
        scheduled = hub.send("GET", "/contacts", headers={"Elements-Schedule-Request": "0 * * * *"})
        platform = ServiceClient(http=hub.http, url=hub.url.removesuffix("/hubs/crm"), headers=hub.headers)
        bulk = platform.call("POST", "/bulk/query?q=select%20*%20from%20contacts")
        self.clients.clock.advance("15m")
        self.ids |= {
            "job_id": decode(scheduled.body)["id"],
            "bulk_id": bulk["id"],
            "event_id": self.clients.platform.events(self.instance["id"])[0]["id"],
            "request_id": self.call("GET", f"{BASE_PATH}/usage")[0].get("request_id", "1"),
            "callback_id": self.clients.sink.callbacks()[0]["id"],
        }


@dataclass
class Walk:
    """Asks for operations, and counts what came of that."""

    stack: Stack = field(repr=False)
    victim: Victim = field(repr=False)
    operations: list = field(repr=False)
    asked: set = field(default_factory=set, repr=False)
    statuses: Counter = field(default_factory=Counter)
    leaks: list = field(default_factory=list)

    @property
    def figures(self):
        answers = ", ".join(f"{count} times {status}" for status, count in sorted(self.statuses.items()))
        return f"{len(self.asked)} routes, {self.statuses.total()} calls ({answers}), {len(self.leaks)} leaks"

    def ask(self, operation, headers, *, more=""):
        """Ask for an operation, and look whether the answer tells what only the victim knows.

        Args:
            more: at the end of the query.
        """
        known = self.victim.ids | (
            {"bin": "nobody", "encoded_id": "MQ=="} if operation.is_open and not more else {}
        )
        content_type, body = operation.body(known)
        target = operation.target(known)
        target += ("&" if "?" in target else "?") + more if more else ""
        sent = {**headers, **({"Content-Type": content_type} if content_type else {})}
        url = getattr(self.stack.addresses, operation.service) + target
        reply = self.stack.http.send(operation.method, url, headers=sent, body=body)
        assert isinstance(reply, Reply), (operation, reply)
        self.asked.add((operation.method, operation.service, operation.path))
        self.statuses[reply.status] += 1
        told = f"{reply.headers}{reply.body.decode('utf-8', 'replace')}"
        self.leaks += [(operation.method, target, word) for word in self.victim.secrets if word in told]
        return reply


def headers_of(clients, *, element):
    """Return what a workspace's credentials are to each service; nothing for the sink, which knows none."""
    return {
        "platform": {"Authorization": f"{clients.platform.headers['Authorization']}, Element {element}"},
        "crm": {"Authorization": clients.crm.headers["Authorization"]},
        "sink": {},
    }


def operations_of(stack):
    """Return all operations of the three services."""
    headers = {} if stack.token is None else {TOKEN_HEADER: stack.token}
    documents = {
        service: decode(stack.http.send("GET", f"{url}/_local/openapi.json", headers=headers).body)
        for service, url in stack.addresses.running.items()
    }
    found = [
        Operation(service, method.upper(), path, said, document)
        for service, document in documents.items()
        for path, item in document["paths"].items()
        for method, said in item.items()
        if method.upper() in ORDER
    ]
    return sorted(found, key=lambda each: (ORDER.index(each.method), each.path))


@pytest.fixture(scope="module")
def walks():
    """A stack as it is guarded on loopback, and one as it is where others can reach it, each with a victim."""
    with in_process(Options(host=LOOPBACK)) as local, in_process(Options(host=EVERYWHERE)) as reached:
        yield {
            host: Walk(
                stack, Victim(stack.new_workspace(name="victim", seed=1, records=3)), operations_of(stack)
            )
            for host, stack in ((LOOPBACK, local), (EVERYWHERE, reached))
        }


@pytest.fixture(params=[LOOPBACK])
def asking(request, walks, record_property):
    """Ask, and see to it that neither was anything told nor has anything changed of the victim."""
    walk = walks[request.param]
    for counted in (walk.asked, walk.statuses, walk.leaks):
        counted.clear()
    before = walk.victim.clients.snapshot()
    yield walk
    record_property("figures", walk.figures)
    assert walk.leaks == []
    assert walk.victim.clients.snapshot() == before


everywhere = pytest.mark.parametrize("asking", [EVERYWHERE], indirect=True)
on_both = pytest.mark.parametrize("asking", [LOOPBACK, EVERYWHERE], indirect=True)


@on_both
@pytest.mark.parametrize(
    "attack",
    [
        pytest.param({"Origin": "https://evil.example"}, id="a page of another site"),
        pytest.param({"Origin": "null"}, id="a page without an origin"),
        pytest.param(
            {"Host": "evil.example", "Origin": "http://evil.example"}, id="a page that bound its name"
        ),
        pytest.param({"Host": "evil.example"}, id="a name that was bound"),
    ],
)
def test_no_page_of_elsewhere_reaches_anything_with_the_right_credentials_too(asking, attack):
    token = {} if asking.stack.token is None else {TOKEN_HEADER: asking.stack.token}
    right = asking.victim.headers()

    for operation in asking.operations:
        reply = asking.ask(operation, {**right[operation.service], **token, **attack})

        assert reply.status == 403, operation
        assert "Access-Control" not in str(reply.headers), operation


@on_both
@pytest.mark.parametrize("more", ["", "returnQueue"])
def test_what_another_sites_page_embeds_reaches_no_admin_route_and_changes_nothing(asking, more):
    """It comes without an Origin, and on loopback a browser need not have any credentials for admin routes."""
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}

    for operation in (each for each in asking.operations if each.method == "GET"):
        reply = asking.ask(operation, embedded, more=more)

        changes = operation.service == "sink" or operation.path.startswith(f"{BASE_PATH}/events/")
        assert reply.status == 403 or not (operation.is_admin or changes), operation


@everywhere
def test_without_credentials_nothing_is_told_and_nothing_changes(asking):
    for operation in asking.operations:
        reply = asking.ask(operation, {})

        assert reply.status == 403 if operation.is_admin else reply.status < 500, operation


@everywhere
@pytest.mark.parametrize("of", ["thief", "victim"])
def test_with_another_workspaces_credentials_nothing_is_told_and_nothing_changes(asking, of):
    """Be the Element token the thief's own, or the victim's."""
    thief = asking.stack.new_workspace(name="thief", seed=2, records=3)
    own = thief.platform.create_instance(instance_body(thief.credentials))
    stolen = headers_of(thief, element=own["token"] if of == "thief" else asking.victim.instance["token"])

    for operation in asking.operations:
        reply = asking.ask(operation, stolen[operation.service])

        assert reply.status == 403 if operation.is_admin else reply.status < 500, operation

    assert thief.platform.call("GET", f"{BASE_PATH}/organizations/me")
    assert thief.crm.call("GET", "/v3.1/Users")
    asking.stack.delete_workspace("thief")


@everywhere
def test_what_is_published_opens_nothing_where_others_can_reach(asking):
    key = b64encode(f"{DOCUMENTED.crm_api_key}:".encode()).decode()
    secrets = f"User {DOCUMENTED.user_secret}, Organization {DOCUMENTED.organization_secret}"
    published = {"platform": {"Authorization": secrets}, "crm": {"Authorization": f"Basic {key}"}}

    for operation in asking.operations:
        if operation.service in published and operation.said.get("security") and not operation.is_admin:
            assert asking.ask(operation, published[operation.service]).status == 401, operation


def test_who_may_ask_is_told(walks):
    """Or the others would have asked for nothing."""
    walk = walks[EVERYWHERE]
    asking = Walk(walk.stack, walk.victim, walk.operations)
    right = walk.victim.headers()

    for operation in (
        each for each in walk.operations if each.method == "GET" and "/stream" not in each.path
    ):
        asking.ask(operation, {**right[operation.service], TOKEN_HEADER: walk.stack.token})

    told = {path.partition("?")[0] for _, path, _ in asking.leaks}
    assert asking.statuses[200] > asking.statuses.total() / 2, asking.figures
    assert len(told) > 100
    assert told > {f"{BASE_PATH}/instances", "/v3.1/Contacts", "/v2.1/Contacts", "/_local/workspaces"}
