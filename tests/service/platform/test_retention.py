"""Polls, callbacks and changes of long ago are forgotten, and failures say so, and not that they are lost."""

import pytest

from elements_local.clients import guide
from elements_local.stack.failures.failure_report import PlainWording
from elements_local.stack.failures.observed import observe
from elements_local.stack.failures.reasons import Explainer, Unreported

HOUR = {
    "ELEMENTS_LOCAL_PLATFORM_HISTORY_RETENTION": "3600",
    "ELEMENTS_LOCAL_PLATFORM_EVENT_RETENTION": "3600",
}


@pytest.fixture
def short(stack_set_to):
    """A workspace whose platform keeps things for an hour."""
    return stack_set_to(HOUR).new_workspace()


def made(clients, minutes=15):
    body = guide.instance_body(clients.credentials)
    body["configuration"]["event.poller.refresh_interval"] = str(minutes)
    return clients.platform.create_instance(body)["id"]


def change(clients, name="Ada"):
    return str(clients.crm.create("Contacts", {"FIRST_NAME": name})["CONTACT_ID"])


def pruned(clients, what="polls"):
    return clients.platform.call("GET", f"/_local/{what}")["pruned"]


def test_a_missing_callback_is_said_to_be_pruned(short):
    made(short)
    ada = change(short)
    short.clock.advance("3h")

    observed = observe(short)
    explainer = Explainer(
        explain=short.platform.explain, observed=observed, words=PlainWording(""), cures=False
    )

    (reason, *_) = explainer.lines(Unreported(observed).of("contacts", "Contacts", ada))

    assert "; explained: pruned, " in reason
    assert pruned(short)["before"].removesuffix("Z").replace("T", " ") in reason
