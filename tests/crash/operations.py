"""The operations that are cut off: what is there before, what is asked, and what a client asks again that got no answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH

SETTLED = "2026-03-02T12:00:00Z"
"""By when all that was owed has been told, with the retries of what failed."""

INSTANCES = f"{BASE_PATH}/instances"
NOTIFICATIONS = f"{BASE_PATH}/notifications"
RELEASE = f"{NOTIFICATIONS}/subscriptions/deliveries?where=status%3D%27queued%27"
_BOUNDARY = "crash-points"


def nothing(_stack: Any) -> None:
    """Leave all as it is."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What is cut off.

    Attributes:
        before: makes what is there already, and may return what the others are given.
        act: is cut off.
        again: what a client asks for that got no answer.
        starting: whether the start of the stack is cut off, too, which finds nothing kept.
    """

    name: str
    before: Callable[[Any], Any] = nothing
    act: Callable[..., Any]
    again: Callable[..., Any]
    starting: bool = False


def ask(stack: Any, method: str, path: str, body: Any = None) -> Any:
    """Ask the default workspace's platform."""
    return stack.workspace().platform.call(method, path, json=body)


def instances(stack: Any) -> list[int]:
    return [one["instanceId"] for one in stack.workspace().platform.pollers()]


def make(stack: Any) -> None:
    if not instances(stack):
        clients = stack.workspace()
        clients.platform.create_instance(instance_body(clients.credentials))


def create_one(stack: Any) -> None:
    """Make a contact, in the very second if nothing has been read in it."""
    create(stack, "ada")


def make_workspace(stack: Any) -> None:
    if "second" not in {each.name for each in stack.workspaces()}:
        stack.new_workspace(name="second", seed=7, records=1)
    stack.workspace("second").crm.seed(1, seed=7, if_empty=True)


def create(stack: Any, *names: str) -> None:
    """Make contacts that are not there."""
    crm = stack.workspace().crm
    there = {one["FIRST_NAME"] for one in crm.call("GET", "/v3.1/Contacts")}
    for name in names:
        if name not in there:
            crm.create("Contacts", {"FIRST_NAME": name})


def change(stack: Any) -> None:
    """Change one contact, delete one and make one."""
    crm = stack.workspace().crm
    contacts = {one["FIRST_NAME"]: one["CONTACT_ID"] for one in crm.call("GET", "/v3.1/Contacts")}
    if "ada" in contacts:
        crm.update("Contacts", contacts["ada"], {"FIRST_NAME": "Ada"})
    if "bob" in contacts:
        crm.delete("Contacts", contacts["bob"])
    create(stack, "cyd")


def advance(to: str) -> Callable[[Any], None]:
    """Return what moves the default workspace's time, if it is not there yet."""

    def moved(stack: Any) -> None:
        stack.workspace().clock.advance(to=to)

    return moved


def all_of(*steps: Callable[..., Any]) -> Callable[[Any], None]:
    def done(stack: Any) -> None:
        for step in steps:
            step(stack)

    return done


def answers(*statuses: Any) -> Callable[[Any], None]:
    def told(stack: Any) -> None:
        stack.workspace().sink.respond(*statuses)

    return told


def two_told(stack: Any) -> None:
    """Make an instance, and let it tell of two contacts."""
    make(stack)
    create(stack, "ada", "bob")
    advance("2026-03-02T10:20:00Z")(stack)


def some_to_tell(stack: Any) -> None:
    """Make an instance, and more contacts than one callback tells of."""
    two_told(stack)
    create(stack, *(f"contact {number}" for number in range(12)))


def queue(stack: Any) -> None:
    """Let callbacks that fail be put aside at once."""
    ask(stack, "PATCH", f"{BASE_PATH}/accounts/settings", {"notification.webhook.failure.policy": "queue"})


def release(stack: Any) -> None:
    stack.workspace().platform.call("PUT", RELEASE)


def upload(stack: Any) -> None:
    """Upload contacts, unless there is a job."""
    clients = stack.workspace()
    if clients.snapshot()["platform"]["tables"].get("platform_bulk_jobs"):
        return
    hub = clients.platform.hub(ask(stack, "GET", INSTANCES)[0]["token"])
    part = 'Content-Disposition: form-data; name="file"; filename="some.csv"\r\nContent-Type: text/csv'
    lines = "FIRST_NAME\nEve\nFay\n"
    body = f"--{_BOUNDARY}\r\n{part}\r\n\r\n{lines}\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        "Elements-Async-Callback-Url": f"{clients.credentials.callback_url}/ended",
    }
    reply = hub.send("POST", "/bulk/contacts", body=body, headers=headers)
    assert reply.ok, reply


def by_hub(stack: Any) -> None:
    """Make a contact by the hub."""
    clients = stack.workspace()
    if len(clients.crm.call("GET", "/v3.1/Contacts")) < 3:
        hub = clients.platform.hub(ask(stack, "GET", INSTANCES)[0]["token"])
        hub.call("POST", "/contacts", json={"FIRST_NAME": "Dee"})


def reset(stack: Any) -> None:
    stack.workspace().reset()


def without_events(stack: Any) -> None:
    """Make an instance that polls nothing yet, and let time go on."""
    clients = stack.workspace()
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.enabled"] = False
    clients.platform.create_instance(body)
    advance("2026-03-02T10:05:00Z")(stack)


def configure(stack: Any) -> None:
    """Let it poll, and sign by another key."""
    keys = {"event.notification.enabled": True, "event.notification.signature.key": "another-key"}
    ask(stack, "PATCH", f"{INSTANCES}/{ask(stack, 'GET', INSTANCES)[0]['id']}", {"configuration": keys})


def unmake(stack: Any) -> None:
    for number in instances(stack):
        stack.workspace().platform.delete_instance(number)


def unmake_workspace(stack: Any) -> None:
    if "second" in {each.name for each in stack.workspaces()}:
        stack.delete_workspace("second")


def kept_before(stack: Any) -> Any:
    """Take a snapshot, tell of contacts after it, and return it."""
    two_told(stack)
    document = stack.workspace().snapshot()
    some_to_tell(stack)
    advance(POLL)(stack)
    return document


def restore(stack: Any, document: Any) -> None:
    stack.workspace().restore(document)


FAILING = {"status": 503}
POLL, RETRIED = "2026-03-02T10:30:00Z", "2026-03-02T10:31:00Z"

OPERATIONS = (
    Operation(name="start", starting=True, act=nothing, again=all_of(make, create_one)),
    Operation(name="make", act=make, again=all_of(make, create_one)),
    Operation(name="make a workspace", act=make_workspace, again=make_workspace),
    Operation(name="configure", before=without_events, act=configure, again=all_of(configure, create_one)),
    Operation(name="change", before=two_told, act=change, again=change),
    Operation(name="poll and deliver", before=some_to_tell, act=advance(POLL), again=advance(POLL)),
    Operation(
        name="retry",
        before=all_of(some_to_tell, answers(FAILING | {"times": 5}), advance(POLL)),
        act=advance(RETRIED),
        again=advance(RETRIED),
    ),
    Operation(
        name="put aside",
        before=all_of(some_to_tell, queue, answers(FAILING)),
        act=advance(POLL),
        again=all_of(advance(POLL), answers({"status": 200}), release),
    ),
    Operation(
        name="release",
        before=all_of(some_to_tell, queue, answers(FAILING), advance(POLL), answers({"status": 200})),
        act=all_of(release, advance(RETRIED)),
        again=all_of(release, advance(RETRIED)),
    ),
    Operation(
        name="bulk", before=two_told, act=all_of(upload, advance(POLL)), again=all_of(upload, advance(POLL))
    ),
    Operation(name="write by the hub", before=two_told, act=by_hub, again=by_hub),
    Operation(name="reset", before=some_to_tell, act=reset, again=reset),
    Operation(name="restore", before=kept_before, act=restore, again=restore),
    Operation(name="unmake", before=some_to_tell, act=unmake, again=unmake),
    Operation(
        name="unmake a workspace",
        before=all_of(some_to_tell, make_workspace),
        act=unmake_workspace,
        again=unmake_workspace,
    ),
)
