"""How many of our files a request passes: ``POST /instances``, and a poll of one resource that finds one change.

Run with ``poe bench-files``; ``--list`` names the files. A file counts if a function of it runs, in any of the three
services; the client that asks is left out, and so is the delivery of what the poll has found.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from elements_local.clients.guide import instance_body
from elements_local.start import in_process

ROOT = Path(__file__).parents[2]
SERVICES = tuple(
    f"{ROOT / folder}/"
    for folder in (
        "platform/elements_local/kit",
        "platform/elements_local/platform",
        "mock_insightly",
        "callback_sink",
    )
)
DELIVERY = "/callbacks/task.py"
MOST_OF_POST, MOST_OF_POLL = 95, 100


class FilesPassed:
    """Notes the files of functions that run while it is asked to, in every thread that begins after it was made."""

    def __init__(self) -> None:
        self._noted: set[str] | None = None
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    @contextmanager
    def noted(self) -> Iterator[set[str]]:
        """Give the files that are passed meanwhile, or until a delivery begins."""
        files: set[str] = set()
        self._noted = files
        try:
            yield files
        finally:
            self._noted = None

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        if self._noted is None or event != "call" or frame.f_code.co_name == "<module>":
            return
        if frame.f_code.co_filename.endswith(DELIVERY):
            self._noted = None
        else:
            self._noted.add(frame.f_code.co_filename)


def main() -> None:
    """Print both counts, and refuse more than there may be."""
    passed = FilesPassed()
    with in_process() as stack:
        clients = stack.new_workspace(start="2024-05-01T00:00:00Z")
        body = instance_body(clients.credentials)
        blocks = body["configuration"]["event.poller.configuration"]
        body["configuration"]["event.poller.configuration"] = {"contacts": blocks["contacts"]}
        # what is made once, at first, does not count
        first = clients.platform.create_instance(body)
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        clients.clock.advance("1h")
        clients.platform.delete_instance(first["id"])
        with passed.noted() as post:
            instance = clients.platform.create_instance(body)
        clients.clock.advance("1m")
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        with passed.noted() as poll:
            clients.platform.poll(instance["id"])
    too_many = [show("POST /instances", post, MOST_OF_POST), show("a poll", poll, MOST_OF_POLL)]
    if any(too_many):
        raise SystemExit(1)


def show(what: str, files: set[str], most: int) -> bool:
    """Print the count, with the files if they are asked for, and say whether they are too many."""
    ours = sorted(str(Path(name).relative_to(ROOT)) for name in files if name.startswith(SERVICES))
    print(f"{what:16} {len(ours):4} of our files; at most {most}")  # noqa: T201
    if "--list" in sys.argv:
        print(*(f"  {name}" for name in ours), sep="\n")  # noqa: T201
    return len(ours) > most


if __name__ == "__main__":
    main()
