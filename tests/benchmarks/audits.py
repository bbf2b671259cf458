"""What an audit costs, and the counts of a page's head, with ten thousand changes whose callbacks nobody takes.

Run with ``poe bench-audits``. Seconds are the processor's, of all three services, as they are in one process. Exits with 1 if a
first page takes more than ``MOST_S``.
"""

import time
from collections.abc import Callable

from elements_local.clients.guide import instance_body
from elements_local.start import in_process

CHANGES = 10_000
POLLS = 20
MOST_S = 2.0


def main() -> int:
    """Measure, print, and say whether it is little enough."""
    with in_process() as stack:
        clients = stack.new_workspace(start="2026-03-02T10:00:00Z")
        platform, instance = (
            clients.platform,
            clients.platform.create_instance(instance_body(clients.credentials)),
        )
        clients.sink.respond({"status": 503, "times": 10**9})
        for _ in range(POLLS):
            for _ in range(CHANGES // POLLS):
                clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
            platform.poll(instance["id"])
            clients.clock.advance("2s")

        def page() -> object:
            return platform.call("GET", f"/_local/audit?instanceId={instance['id']}&limit=50")["counts"]

        first = spent("a page of the audit, all of it read", page)
        spent("a page of the audit, as nothing has happened", page)
        spent("the counts, as nothing has happened", platform.audit_counts)
        clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
        spent("the counts after a change", platform.audit_counts)
        platform.poll(instance["id"])
        spent("the counts after a poll", platform.audit_counts)
        spent("the whole audit", lambda: len(platform.audit(instance["id"])["late"]))
    return 1 if first > MOST_S else 0


def spent(what: str, measured: Callable[[], object]) -> float:
    """Print what something costs, and what came of it, and return the seconds."""
    start = time.process_time()
    came = measured()
    seconds = time.process_time() - start
    print(f"{what:<46}{seconds * 1000:8.0f} ms  {came}")  # noqa: T201
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
