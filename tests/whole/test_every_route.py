"""Every operation of the three OpenAPI documents, asked for by who may not: nothing is told, and nothing changes.

A stranger's page, a page that bound its own name to this machine, somebody without credentials, and somebody with
another workspace's ask for what is a victim's: its ids stand in paths, queries and bodies. A check takes a quarter of the operations
for each way of asking, other ones for each, a long run all.
"""

import re
from base64 import b64encode
from collections import Counter
from dataclasses import dataclass, field

import pytest
from documented_operations import operations_of
from examples import drawn
from filled_workspace import FilledWorkspace, headers_of

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.http_message import Reply
from elements_local.kit.web.guard import TOKEN_HEADER
from elements_local.kit.workspaces.workspace import DOCUMENTED
from elements_local.stack.stack import Stack
from elements_local.start import Options, in_process

OPEN = re.compile(rf"/(\{{bin\}}|oauth/.*|{BASE_PATH[1:]}/events/.*)")
"""What anybody may call, at the vendors' too: receivers, providers' events, the page that asks for an API key."""

LOOPBACK = "127.0.0.1"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound


@dataclass
class Walk:
    """Asks for operations, and counts what came of that."""

    stack: Stack = field(repr=False)
    victim: FilledWorkspace = field(repr=False)
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
        known = self.victim.ids_of(operation.service) | (
            {"bin": "nobody", "encoded_id": "MQ=="} if OPEN.fullmatch(operation.path) and not more else {}
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


@pytest.fixture(scope="module")
def walks():
    """A stack as it is guarded on loopback, and one as it is where others can reach it, each with a victim."""
    with in_process(Options(host=LOOPBACK)) as local, in_process(Options(host=EVERYWHERE)) as reached:
        yield {
            host: Walk(
                stack,
                FilledWorkspace(stack.new_workspace(name="victim", seed=1, records=3)),
                operations_of(stack),
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

    for operation in drawn(asking.operations, share=4, seed=len(str(attack))):
        reply = asking.ask(operation, {**right[operation.service], **token, **attack})

        assert reply.status == 403, operation
        assert "Access-Control" not in str(reply.headers), operation


@on_both
@pytest.mark.parametrize("more", ["", "returnQueue"])
def test_what_another_sites_page_embeds_reaches_no_admin_route_and_changes_nothing(asking, more):
    """It comes without an Origin, and on loopback a browser need not have any credentials for admin routes."""
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}

    for operation in drawn((each for each in asking.operations if each.method == "GET"), share=4):
        reply = asking.ask(operation, embedded, more=more)

        changes = operation.service == "sink" or operation.path.startswith(f"{BASE_PATH}/events/")
        assert reply.status == 403 or not (operation.is_admin or changes), operation


@everywhere
def test_without_credentials_nothing_is_told_and_nothing_changes(asking):
    for operation in drawn(asking.operations, share=4):
        reply = asking.ask(operation, {})

        assert reply.status == 403 if operation.is_admin else reply.status < 500, operation


@everywhere
@pytest.mark.parametrize("of", ["thief", "victim"])
def test_with_another_workspaces_credentials_nothing_is_told_and_nothing_changes(asking, of):
    """Be the Element token the thief's own, or the victim's."""
    thief = asking.stack.new_workspace(name="thief", seed=2, records=3)
    own = thief.platform.create_instance(instance_body(thief.credentials))
    stolen = headers_of(thief, element=own["token"] if of == "thief" else asking.victim.instance["token"])

    for operation in drawn(asking.operations, share=4, seed=len(of)):
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
    assert told > {f"{BASE_PATH}/instances", "/v3.1/Contacts", "/v2.2/Contacts", "/_local/workspaces"}
