"""Resets of a running stack: in every service and of every workspace, or not at all."""

import pytest

from elements_local.clients.errors import CallError, UnreachableError
from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import PartlyResetError, reset_services
from elements_local.start import Options, in_process

RECEIVER = "http://127.0.0.1:4799"


@pytest.fixture
def stack():
    with in_process(Options()) as running:
        yield running


def lived_in(clients):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")


def left(clients):
    """Say what a workspace has: polls, changes in the CRM, callbacks."""
    return len(clients.platform.polls()), len(clients.crm.changes()), len(clients.sink.callbacks())


def test_a_reset_of_all_is_of_every_workspace_in_every_service(stack):
    both = [stack.workspace(), stack.new_workspace()]
    for clients in both:
        lived_in(clients)

    stack.reset_all()

    assert [left(clients) for clients in both] == [(0, 0, 0)] * 2
    assert {clients.clock.show()["now"] for clients in both} == {"2026-03-02T10:00:00Z"}


def test_what_was_before_a_reset_is_in_no_list_of_what_happened(stack):
    one, other = stack.workspace(), stack.new_workspace()
    for clients in (one, other):
        lived_in(clients)
    said = other.platform.call("GET", "/_local/activity?after=0")["last"]

    one.reset()

    for path in ("/_local/activity?after=0&workspace=default", f"/_local/activity?after={said}"):
        listed = one.platform.call("GET", path)
        assert [each["text"] for each in listed["activities"]] == ["workspace default reset"]
        assert listed["dropped"] == 0
    everywhere = one.platform.call("GET", "/_local/activity?after=0")["activities"]
    assert [each["kind"] for each in everywhere if each["workspace"] == "default"] == ["reset"]
    page = one.platform.send("GET", "/_local/dashboard/default/").body.decode()
    assert "workspace default reset" in page
    assert "My Insightly" not in page


@pytest.mark.parametrize("reset", ["all", "one"])
def test_while_a_workspace_is_busy_nothing_is_reset_anywhere(reset):
    refused, had = [], []

    def receiver(_environ, start_response):
        """Take a callback of the busy workspace, and reset meanwhile."""
        had.append((left(busy), left(other)))
        with pytest.raises(CallError) as told:
            stack.reset_all() if reset == "all" else busy.reset()
        refused.append(told.value.status)
        had.append((left(busy), left(other)))
        start_response("204 No Content", [])
        return []

    with in_process(Options(applications={RECEIVER: receiver})) as stack:
        busy, other = stack.workspace(), stack.new_workspace()
        lived_in(other)
        body = instance_body(busy.credentials)
        body["configuration"]["event.notification.callback.url"] = RECEIVER
        busy.platform.create_instance(body)
        busy.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        busy.clock.advance("15m")

    assert refused == [409]
    assert had == [((4, 1, 0), (4, 1, 1))] * 2


class Side:
    """A service that answers a reset as it is told to."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def call_object(self, _method, path):
        self.asked.append("check" if "check=true" in path else "reset")
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer


GONE = UnreachableError("http://127.0.0.1:4701", "connection refused")


def test_every_service_is_asked_before_the_first_is_reset():
    sides = {"platform": Side(None), "crm": Side(GONE)}

    with pytest.raises(UnreachableError):
        reset_services({name: (side, {}) for name, side in sides.items()})

    assert [side.asked for side in sides.values()] == [["check"], ["check"]]


def test_what_fails_after_that_is_named_with_what_was_reset_and_what_not():
    sides = {"platform": Side(None, None), "crm": Side(None, GONE), "sink": Side(None)}

    with pytest.raises(PartlyResetError) as told:
        reset_services({name: (side, {}) for name, side in sides.items()})

    assert str(told.value).startswith(
        "platform has been reset, crm and sink not: no answer from http://127.0.0.1:4701"
    )
