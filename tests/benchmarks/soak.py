"""How much of a stack is resident as mixed load goes on and on, and after requests that were made to fill its memory.

Run with ``poe soak``: an hour of load by some clients at once, then five minutes of hostile requests; ``--minutes 20``,
``--hostile 2`` do less. The stack is ``elements-local up`` on free ports, as it starts by default. Prints a line a
minute, and exits with 1 if it grew after ten minutes by more than ``GROWTH``, or held more than ``MOST``, or than
``MOST_HOSTILE`` in the end.
"""

import argparse
import sys
from collections.abc import Callable
from itertools import count
from random import Random
from threading import Event, Thread
from time import monotonic
from urllib.parse import urlsplit

from running import resident_mib, up

from elements_local.clients import guide
from elements_local.clients.errors import HarnessError
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.stack.stack import Stack

MOST, MOST_HOSTILE = 200, 256
"""In MiB."""

WARM_MINUTES = 10
GROWTH = 1.1
CLIENTS = 6
WORKSPACES = 4
"""That a client has at a time; each is deleted after some ``TURNS``, and another one made."""

TURNS = 60
PAGES = ("", "callbacks/", "instances/", "polls/", "records/", "journal/", "state/")


class Caller:
    """One client, who does one thing after the other by a seed.

    Attributes:
        calls: how many turns it has had.
    """

    def __init__(self, stack: Stack, seed: int) -> None:
        self.calls = 0
        self._stack, self._dice = stack, Random(seed)  # noqa: S311 - a load, no secret
        self._mine: list[WorkspaceClients] = []
        self._numbers = count(seed * 1_000_000)
        self._mixed: tuple[Callable[[WorkspaceClients], object], ...] = (
            self._write,
            self._write,
            lambda one: one.clock.advance("15m"),
            self._change_instance,
            self._call_back,
            self._lists,
            self._page,
            self._judge,
        )
        self._hostile: tuple[Callable[[WorkspaceClients], object], ...] = (
            self._long_headers,
            self._many_headers,
            self._long_path,
            self._query_keys,
            self._strange_keys,
            self._bad_json,
            self._long_texts,
            self._big_body,
        )

    def turn(self, *, hostile: bool) -> None:
        """Do something."""
        self.calls += 1
        if len(self._mine) == WORKSPACES and self.calls % (TURNS // WORKSPACES) == 0:
            self._stack.delete_workspace(self._mine.pop(0).credentials.name)
        if len(self._mine) < WORKSPACES:
            made = self._stack.new_workspace()
            made.platform.create_instance(guide.instance_body(made.credentials))
            self._mine.append(made)
        # a tenth of an ordinary load is strange as well
        kinds = self._hostile if hostile or self._dice.random() < 1 / 10 else self._mixed
        self._dice.choice(kinds)(self._dice.choice(self._mine))

    def _text(self, longest: int) -> str:
        return f"{next(self._numbers)}-".ljust(self._dice.randrange(20, longest), "x")

    def _write(self, one: WorkspaceClients) -> None:
        made = one.crm.create("Contacts", {"FIRST_NAME": "Ada", "BACKGROUND": self._text(4000)})
        one.crm.update("Contacts", made["CONTACT_ID"], {"FIRST_NAME": "Grace"})
        if self._dice.random() < 1 / 2:
            one.crm.delete("Contacts", made["CONTACT_ID"])

    def _change_instance(self, one: WorkspaceClients) -> None:
        body = {**guide.instance_body(one.credentials), "name": self._text(60)}
        made = one.platform.create_instance({**body, "tags": [self._text(40)]})
        one.platform.patch_instance(made["id"], {"name": self._text(60)})
        one.platform.send("GET", f"{BASE_PATH}/instances?hydrate=true")
        one.platform.delete_instance(made["id"])

    def _call_back(self, one: WorkspaceClients) -> None:
        target = urlsplit(one.credentials.callback_url).path
        one.sink.send("POST", target, json={"text": self._text(20_000)})

    def _lists(self, one: WorkspaceClients) -> None:
        topics = "&".join(f"topics[]={self._text(30)}" for _ in range(self._dice.randrange(1, 300)))
        one.platform.send("GET", f"{BASE_PATH}/notifications?{topics}")
        one.platform.send("GET", f"{BASE_PATH}/instances?tags[]={self._text(30)}")
        for path in ("polls", "deliveries", "journal", "journal/calls?limit=1000", "activity"):
            one.platform.send("GET", f"/_local/{path}")
        one.crm.send("GET", f"/v3.1/Contacts/Search?field_name=FIRST_NAME&field_value={self._text(30)}")
        one.sink.callbacks()

    def _page(self, one: WorkspaceClients) -> None:
        page = f"/_local/dashboard/{one.credentials.name}/{self._dice.choice(PAGES)}"
        one.platform.send("GET", page)

    def _judge(self, one: WorkspaceClients) -> None:
        one.platform.audit_counts()
        for kind in ("lint", "explain"):
            instance = self._dice.choice(one.platform.call("GET", f"{BASE_PATH}/instances"))
            target = f"/_local/instances/{instance['id']}/{kind}"
            one.platform.send("GET", target + ("?resource=contacts" if kind == "explain" else ""))

    def _anyone(self, one: WorkspaceClients) -> tuple[Callable[..., object], str]:
        services = ((one.platform, f"{BASE_PATH}/instances"), (one.crm, "/v3.1/Contacts"), (one.sink, "/b"))
        service, path = self._dice.choice(services)
        return service.send, path

    def _long_headers(self, one: WorkspaceClients) -> None:
        send, path = self._anyone(one)
        send("GET", path, headers={"X-Long": self._text(200_000)})
        send("GET", path, headers={f"X-{self._text(200_000)}": "1"})

    def _many_headers(self, one: WorkspaceClients) -> None:
        send, path = self._anyone(one)
        send("GET", path, headers={f"X-{self._text(100)}": self._text(200) for _ in range(90)})

    def _long_path(self, one: WorkspaceClients) -> None:
        send, path = self._anyone(one)
        send("GET", f"{path}/{self._text(200_000)}")
        send("POST", f"/{self._text(100)}/{self._text(100)}", json={})

    def _query_keys(self, one: WorkspaceClients) -> None:
        send, path = self._anyone(one)
        send("GET", f"{path}?" + "&".join(f"{self._text(60)}={self._text(60)}" for _ in range(1000)))
        send("GET", f"{path}?{self._text(200_000)}=1")

    def _strange_keys(self, one: WorkspaceClients) -> None:
        send, path = self._anyone(one)
        for scheme in ("Basic ", "User ", "Bearer "):
            send("GET", path, headers={"Authorization": scheme + self._text(100_000)})
        send("GET", path, headers={"Host": f"{self._text(50_000)}.example"})

    def _bad_json(self, one: WorkspaceClients) -> None:
        send, path = self._anyone(one)
        send("POST", path, body=f'{{"a": "{self._text(200_000)}'.encode())
        send("POST", path, body=b"[" * 100_000, headers={"Content-Type": "application/json"})

    def _long_texts(self, one: WorkspaceClients) -> None:
        where = f"LAST_NAME%20=%20'{self._text(50_000)}'"
        instance = one.platform.call("GET", f"{BASE_PATH}/instances")[0]
        one.platform.hub(instance["token"]).send("GET", f"/contacts?where={where}")
        one.crm.send("GET", f"/v3.1/Contacts?updated_after_utc={self._text(50_000)}")
        body = guide.instance_body(one.credentials)
        body["configuration"]["event.poller.configuration"] = {
            self._text(30_000): {"url": self._text(30_000)}
        }
        one.platform.send("POST", f"{BASE_PATH}/instances", json=body)

    def _big_body(self, one: WorkspaceClients) -> None:
        send, path = self._anyone(one)
        send("POST", path, json={"FIRST_NAME": self._text(900_000), "LAST_NAME": "x"})


def main() -> int:
    """Measure, print, and say whether it is little enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60, help="of mixed load")
    parser.add_argument("--hostile", type=int, default=5, help="minutes of hostile requests after that")
    chosen = parser.parse_args()
    with up() as served:
        print(f"started: {resident_mib(served.pid):.1f} MiB", flush=True)  # noqa: T201
        callers = [Caller(served.stack, seed) for seed in range(CLIENTS)]
        curve = measure(served.pid, callers, chosen.minutes, hostile=False)
        last = measure(served.pid, callers, chosen.hostile, hostile=True)
    late = curve[WARM_MINUTES:]
    grew = max(late, default=0) / late[0] if late else 1
    said = (
        f"grew by {grew:.2f} after {WARM_MINUTES} minutes; at most {max(curve):.1f} and {max(last):.1f} MiB"
    )
    print(said)  # noqa: T201
    return 0 if grew <= GROWTH and max(curve) < MOST and max(last) < MOST_HOSTILE else 1


def measure(pid: int, callers: list[Caller], minutes: int, *, hostile: bool) -> list[float]:
    """Let clients call for some minutes, and return what was resident at the end of each, in MiB."""
    over, curve = Event(), [resident_mib(pid)]
    threads = [Thread(target=_go_on, args=(caller, over), kwargs={"hostile": hostile}) for caller in callers]
    for thread in threads:
        thread.start()
    start = monotonic()
    for minute in range(1, minutes + 1):
        over.wait(start + 60 * minute - monotonic())
        curve.append(resident_mib(pid))
        calls = sum(caller.calls for caller in callers)
        word = "hostile" if hostile else "mixed"
        print(f"  {word} minute {minute:3}  {calls:8,} turns  {curve[-1]:7.1f} MiB", flush=True)  # noqa: T201
    over.set()
    for thread in threads:
        thread.join()
    return curve


def _go_on(caller: Caller, over: Event, *, hostile: bool) -> None:
    while not over.is_set():
        try:
            caller.turn(hostile=hostile)
        except HarnessError as error:
            print(f"  {str(error)[:200]}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
