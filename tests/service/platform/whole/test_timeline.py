"""``/_local/timeline``: how much there was in each stretch of time, and how much is to come."""

import pytest


@pytest.fixture
def counts(clients):
    """Return a function that gives what was counted: what, from when to when, and how many."""

    def ask(service="platform", query="every=3600"):
        found = getattr(clients, service).call_object("GET", f"/_local/timeline?{query}")["stretches"]
        return [(one["of"], one["first"][11:-1], one["last"][11:-1], one["counts"]) for one in found]

    return ask


@pytest.mark.usefixtures("instance")
def test_what_happened_is_counted_by_stretches_of_a_range(clients, counts):
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    clients.crm.delete("Contacts", ada["CONTACT_ID"])

    assert counts() == [
        ("polls", "10:15:00", "10:15:00", {"idle": 3, "polls": 1, "events": 1}),
        ("attempts", "10:15:00", "10:15:00", {"delivered": 1}),
    ]
    assert counts("crm") == [("changes", "10:00:01", "10:15:01", {"created": 1, "deleted": 1})]
    clients.clock.advance("30m")
    clients.sink.respond({"status": 503, "times": 2})
    clients.crm.create("Contacts", {"FIRST_NAME": "Eve"})
    clients.clock.advance("15m")
    assert counts() == [
        ("polls", "10:15:00", "10:45:00", {"idle": 11, "polls": 1, "events": 1}),
        ("polls", "11:00:00", "11:00:00", {"idle": 3, "polls": 1, "events": 1}),
        ("attempts", "10:15:00", "10:15:00", {"delivered": 1}),
        ("attempts", "11:00:00", "11:00:00", {"refused": 1}),
        ("due", "11:00:04", "11:00:04", {"due": 1}),
    ]
    assert counts(query="since=2026-03-02T10:15:01Z&until=2026-03-02T10:45:00Z&every=86400") == [
        ("polls", "10:30:00", "10:45:00", {"idle": 8}),
    ]
