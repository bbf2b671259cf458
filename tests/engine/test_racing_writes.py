"""Writes that race an advance: what the CRM answered with 201 and a stamp is seen by the next poll, once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

WRITERS = 8
EACH = 15


@pytest.mark.parametrize("stack", ["stack_in_process", "stack_on_ports"])
def test_whatever_runs_at_the_same_time_each_creation_is_told_once_and_rightly(request, poll_contacts, stack):
    clients = request.getfixturevalue(stack).new_workspace(seed=7)
    instance = poll_contacts(clients, configuration={"event.poller.refresh_interval": 1})
    written = Event()

    def write(writer):
        return [
            clients.crm.create("Contacts", {"FIRST_NAME": f"{writer}-{number}"})["CONTACT_ID"]
            for number in range(EACH)
        ]

    def advance():
        while not written.is_set():
            clients.clock.advance("61s")

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        moving = pool.submit(advance)
        made = [number for numbers in pool.map(write, range(WRITERS)) for number in numbers]
        written.set()
        moving.result()
    clients.clock.advance("2m")

    audit = clients.platform.audit(instance["id"])
    assert {name: audit[name] for name in ("late", "duplicate", "misclassified", "lost")} == {
        "late": [], "duplicate": [], "misclassified": [], "lost": [],
    }  # fmt: skip
    assert sorted(int(entry["recordId"]) for entry in audit["reported"]) == sorted(made)
    assert len(made) == WRITERS * EACH
    request.getfixturevalue(stack).delete_workspace(clients.credentials.name)
