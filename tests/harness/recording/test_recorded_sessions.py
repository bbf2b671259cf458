"""Whatever is done in a workspace, its recording does the same: random sessions, recorded, replay green."""

from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from examples import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from elements_local.clients import guide
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.commands.replaying.runner import Runner
from elements_local.scenarios.recording import Recording, compose, session_of, write
from elements_local.scenarios.scenario import load
from elements_local.stack.output_files import OutputFile
from elements_local.stack.stack import Stack

ODD = st.sampled_from(
    ["yes", "null", "10:30", "0x1F", "1e5", "012", "- a", "a: b", "#x", "'", '"', "a\nb", "a \n b\n", " x ", "Zoë", "北京",
     "\U0001f600", "{instance}", "{{contacts/ada}}", "{user_secret}", "<kind>", "${gmtDate:yyyy}", "a\tb", "\u2028", "~", "=", "Ada"]
)  # fmt: skip
TEXTS = st.one_of(
    ODD, st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(str.strip)
)
SMALL = st.integers(0, 5)
ACTS = st.one_of(
    st.tuples(st.just("instance"), st.booleans(), st.sampled_from([5, "15", None]), TEXTS),
    st.tuples(st.just("create"), st.sampled_from(["v3.1", "v2.2", "hub"]), SMALL, TEXTS),
    st.tuples(st.just("update"), st.sampled_from(["v3.1", "body", "hub"]), SMALL, TEXTS),
    st.tuples(st.just("delete"), st.sampled_from(["v3.1", "hub"]), SMALL),
    st.tuples(st.just("link"), SMALL, SMALL),
    st.tuples(st.just("advance"), st.sampled_from(["1m", "15m", "7m", "1h", "0.5s", "0s"])),
    st.tuples(st.just("poll"), st.booleans()),
    st.tuples(st.just("respond"), st.sampled_from([503, 500, 404]), st.integers(1, 2)),
    st.tuples(st.just("fault"), st.sampled_from(["/v2.2/*", "/v3.1/Contacts*"]), st.sampled_from([401, 503])),
    st.tuples(st.just("no faults")),
    st.tuples(st.just("configure"), st.sampled_from([1, 30])),
    st.tuples(st.just("sign otherwise"), TEXTS),
    st.tuples(st.just("rename"), TEXTS),
    st.tuples(st.just("wrong"), st.sampled_from(["body", "field", "path", "credentials", "secret"])),
    st.tuples(st.just("read"), st.sampled_from(["/v2.2/Contacts", "/v3.1/Contacts"])),
    st.tuples(st.just("task"), TEXTS),
    st.tuples(st.just("sign in")),
    st.tuples(st.just("drop instance")),
)  # fmt: skip


@dataclass
class Person:
    """Somebody who works in a workspace, whatever comes of it."""

    clients: WorkspaceClients
    instances: list[dict[str, Any]] = field(default_factory=list)
    contacts: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)

    def do(self, act: tuple[Any, ...]) -> None:
        getattr(self, act[0].replace(" ", "_"))(*act[1:])

    def crm(self, method: str, path: str, body: object = None) -> Any:
        return self.clients.crm.send(method, path, json=body)

    def hub(self, method: str, path: str, body: object = None) -> Any:
        if not self.instances:
            return None
        authorization = (
            f"{self.clients.platform.headers['Authorization']}, Element {self.instances[-1]['token']}"
        )
        return self.clients.platform.send(
            method, f"{BASE_PATH}/hubs/crm{path}", json=body, headers={"Authorization": authorization}
        )

    def instance(self, signed: bool, interval: object, name: str) -> None:  # noqa: FBT001 - drawn
        if len(self.instances) > 1:
            return
        body = guide.instance_body(self.clients.credentials)
        configuration = {**body["configuration"], "event.poller.refresh_interval": interval}
        if not signed:
            del configuration["event.notification.signature.key"]
        made = self.clients.platform.send(
            "POST", f"{BASE_PATH}/instances", json={**body, "name": name, "configuration": configuration}
        )
        if made.ok:
            self.instances.append(_json(made))

    def create(self, way: str, kind: int, name: str) -> None:
        account = kind % 2 == 0
        collection, resource = ("Organisations", "accounts") if account else ("Contacts", "contacts")
        fields = {"ORGANISATION_NAME": name} if account else {"FIRST_NAME": name, "LAST_NAME": "X"}
        if way == "hub":
            made = self.hub("POST", f"/{resource}", fields)
        else:
            made = self.crm("POST", f"/{way}/{collection}", fields)
        if made is not None and made.ok:
            (self.accounts if account else self.contacts).append(
                _json(made)["ORGANISATION_ID" if account else "CONTACT_ID"]
            )

    def update(self, way: str, which: int, text: str) -> None:
        number = self.contact(which)
        if way == "hub":
            self.hub("PATCH", f"/contacts/{number}", {"LAST_NAME": text})
        elif way == "body":
            self.crm("PUT", "/v3.1/Contacts", {"CONTACT_ID": number, "LAST_NAME": text})
        else:
            self.crm("PUT", f"/v3.1/Contacts/{number}", {"LAST_NAME": text})

    def delete(self, way: str, which: int) -> None:
        number = self.contact(which)
        if way == "hub":
            self.hub("DELETE", f"/contacts/{number}")
        else:
            self.crm("DELETE", f"/v3.1/Contacts/{number}")

    def link(self, contact: int, account: int) -> None:
        if self.accounts:
            body = {"ORGANISATION_ID": self.accounts[account % len(self.accounts)]}
            self.crm("PUT", f"/v3.1/Contacts/{self.contact(contact)}", body)

    def contact(self, which: int) -> int:
        return self.contacts[which % len(self.contacts)] if self.contacts else 12345678

    def advance(self, duration: object) -> None:
        self.clients.clock.advance(duration)  # type: ignore[arg-type]

    def poll(self, one: bool) -> None:  # noqa: FBT001 - drawn
        self.clients.platform.poll(self.instances[-1]["id"] if one and self.instances else None)

    def respond(self, status: int, times: int) -> None:
        self.clients.sink.respond({"status": status, "times": times})

    def fault(self, path: str, status: int) -> None:
        self.clients.crm.script_faults(
            [{"match": {"path": path}, "effect": {"status": status}, "when": {"first_n": 2}}]
        )

    def no_faults(self) -> None:
        self.clients.crm.call("DELETE", "/_local/faults")

    def configure(self, interval: int) -> None:
        self.patch({"configuration": {"event.poller.refresh_interval": interval}})

    def sign_otherwise(self, key: str) -> None:
        self.patch({"configuration": {"event.notification.signature.key": key}})

    def rename(self, name: str) -> None:
        self.patch({"name": name})

    def patch(self, body: object) -> None:
        if self.instances:
            path = f"{BASE_PATH}/instances/{self.instances[-1]['id']}"
            self.clients.platform.send("PATCH", path, json=body)

    def wrong(self, how: str) -> None:
        match how:
            case "body":
                self.clients.crm.send("POST", "/v3.1/Contacts", body=b'{"FIRST_NAME": ')
            case "field":
                self.crm("POST", "/v3.1/Contacts", {"FIRST_NAME": None})
            case "path":
                self.clients.platform.send("DELETE", f"{BASE_PATH}/instances/123456")
            case "credentials":
                basic = b64encode(b"somebody-else:").decode()
                self.clients.crm.send(
                    "POST", "/v3.1/Contacts", json={}, headers={"Authorization": f"Basic {basic}"}
                )
            case _:
                secret = self.clients.credentials.crm_api_key
                self.crm("POST", "/v3.1/Contacts", {"FIRST_NAME": secret, "LAST_NAME": f"by {secret}"})

    def read(self, path: str) -> None:
        self.crm("GET", path)

    def task(self, title: str) -> None:
        made = self.crm("POST", "/v3.1/Tasks", {"TITLE": title, "STATUS": "NOT STARTED", "COMPLETED": False})
        if made.ok:
            self.crm("PUT", f"/v3.1/Tasks/{_json(made)['TASK_ID']}", {"TITLE": "done"})

    def sign_in(self) -> None:
        body = {"username": self.clients.credentials.crm_username, "password": "Hush-hush-1"}
        self.clients.platform.send("POST", f"{BASE_PATH}/authentication", json=body)

    def drop_instance(self) -> None:
        if self.instances:
            self.clients.platform.delete_instance(self.instances.pop(0)["id"])


def _json(reply: Any) -> Any:
    from elements_local.kit.api.json_text import decode  # noqa: PLC0415 - a word for it

    return decode(reply.body)


def recorded(stack: Stack, clients: WorkspaceClients, path: Path) -> tuple[Recording, str]:
    recording = compose(session_of(stack, clients.credentials.name))
    return recording, write(OutputFile(path=path, force=True), recording.document, recording.notes)


def check(acts: list[tuple[Any, ...]], stack: Stack, folder: Path, runner: Runner) -> None:
    clients = stack.new_workspace(seed=11)
    try:
        person = Person(clients)
        clients.clock.advance("1s")
        clients.crm.create("Contacts", {"FIRST_NAME": "first"})
        for act in acts:
            person.do(act)
        _, text = recorded(stack, clients, folder / "it.yaml")
        credentials = clients.credentials
        for secret in (credentials.user_secret, credentials.organization_secret, credentials.crm_api_key):
            assert secret not in text
        for instance in person.instances:
            assert instance["token"] not in text
        assert "Hush-hush-1" not in text
    finally:
        stack.delete_workspace(clients.credentials.name)
    (scenario,) = load(folder / "it.yaml")
    failure = runner.run(scenario).failure
    assert failure is None, f"{failure}\n{text}"


GUIDED = [("instance", True, "15", "mine")]


@settings(
    max_examples=examples(15),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACTS, max_size=12), guided=st.booleans())
@example(
    acts=[
        ("fault", "/v2.2/*", 401),
        ("instance", True, 5, "a"),
        ("create", "hub", 0, "b"),
        ("instance", False, 5, "c"),
    ],
    guided=True,
)
@example(acts=[("create", "hub", 1, "\u2028"), ("update", "hub", 0, "\u2028")], guided=True)
@example(acts=[("advance", "0.5s")], guided=False)
def test_a_recorded_session_replays(acts, guided, stack_in_process, tmp_path, runner):
    check((GUIDED if guided else []) + acts, stack_in_process, tmp_path, runner)
