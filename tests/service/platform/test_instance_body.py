"""The guide's body over HTTP: what it answers makes an instance that polls and reports."""

import pytest

from elements_local.clients.errors import CallError
from elements_local.clients.guide import instance_body
from elements_local.start import Options, in_process


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=("hubspotcrm",))) as started:
        yield started


@pytest.fixture
def acme(stack):
    made = stack.new_workspace()
    yield made
    stack.delete_workspace(made.credentials.name)


@pytest.mark.parametrize("element", ["insightly", "hubspotcrm"])
def test_it_is_the_guides_and_makes_an_instance(acme, element):
    body = acme.platform.call("GET", f"/_local/instance-body?element={element}")

    made = acme.platform.create_instance(body)

    assert body == instance_body(acme.credentials, element=element)
    assert (made["element"]["key"], made["valid"], made["disabled"]) == (element, True, False)
    assert acme.clock.advance("15m")["polls"] == len(body["configuration"]["event.poller.configuration"])


def test_without_an_element_it_is_insightlys(acme):
    assert acme.platform.call("GET", "/_local/instance-body")["element"] == {"key": "insightly"}


@pytest.mark.parametrize(
    ("query", "said"), [("?element=x", "only insightly, hubspotcrm"), ("?elements=x", "elements")]
)
def test_what_the_stack_does_not_play_is_refused(acme, query, said):
    with pytest.raises(CallError) as refused:
        acme.platform.call("GET", f"/_local/instance-body{query}")

    assert refused.value.status == 400
    assert said in refused.value.body
