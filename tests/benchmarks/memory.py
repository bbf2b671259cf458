"""What a stack holds in memory: the resident size of its one process, as workspaces, polls and callbacks add up.

Run with ``poe bench-memory``: 1,000 workspaces, 50,000 polls and 10,000 callbacks, some minutes; ``--part 20`` does a
twentieth of it. The stack is ``elements-local up`` on free ports, as it starts by default: what it keeps for good is in
a temporary SQLite file, and the rest in its memory. Exits with 1 if more than ``MOST`` was resident at any time.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from running import up

from elements_local.clients import guide
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.stack.stack import Stack

MOST = 256
WORKSPACES = 1000
CHANGES = 10
RESOURCES = 4
ROUNDS = 13
LONG = "x" * 60_000


def main() -> int:
    """Measure, print, and say whether it is little enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", type=int, default=1, help="do only this part of it: a half, a third, ...")
    workspaces = WORKSPACES // parser.parse_args().part
    with up() as served:
        return 0 if measure(served.pid, served.stack, served.clients, workspaces) < MOST else 1


def measure(pid: int, stack: Stack, mine: WorkspaceClients, workspaces: int) -> float:
    """Fill a stack, print its size in between, and return the most that it was, in MiB."""
    show(pid, "started")
    every = [stack.new_workspace() for _ in range(workspaces)]
    show(pid, f"{workspaces} workspaces")
    for clients in every:
        work(clients)
    sink = mine.sink.call("GET", "/_local/health")
    polls = sum(clients.platform.call("GET", "/_local/polls?limit=1")["total"] for clients in every)
    show(pid, f"{polls} polls, {sink['callbacks']} callbacks")
    for number in range(500):  # more than may be kept of either
        fields = {"FIRST_NAME": f"N{number}", "BACKGROUND": LONG, "TOKEN": "x"}
        every[number % 10].crm.send("POST", "/v3.1/Contacts", json=fields)
        every[number % 10].sink.send("POST", f"/bin/{number}", body=LONG.encode())
    show(pid, "1000 long bodies")
    for clients in every[:10]:
        read(clients)
    show(pid, "all lists of 10 workspaces read")
    return show(pid, "the most", "VmHWM")


def work(clients: WorkspaceClients) -> None:
    """Let a workspace poll and be called back."""
    clients.platform.create_instance(guide.instance_body(clients.credentials))
    for number in range(ROUNDS):
        if number < CHANGES:
            clients.crm.create("Contacts", {"FIRST_NAME": f"N{number}", "LAST_NAME": "Lovelace"})
        clients.clock.advance("15m")


def read(clients: WorkspaceClients) -> None:
    """Read whatever can be listed."""
    clients.platform.polls()
    clients.crm.changes()
    clients.sink.callbacks()
    clients.platform.filtered("deliveries", {})
    for client in (clients.platform, clients.crm):
        client.listed("/_local/journal?limit=1000", "exchanges", newest_first=True)
        client.listed("/_local/journal/calls?limit=1000", "calls")


def show(pid: int, what: str, figure: str = "VmRSS") -> float:
    """Print how much of a process is resident, or was at the most, and return it in MiB."""
    status: dict[str, Any] = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    resident = int(status[figure].split()[0]) / 1024
    print(f"  {what:<40} {resident:7.1f} MiB", flush=True)  # noqa: T201
    return resident


if __name__ == "__main__":
    sys.exit(main())
