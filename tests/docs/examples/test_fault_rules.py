"""Ten recipes of faults: what a rule does to polls, callbacks and your own calls."""

import pytest

from elements_local import guide

CONTACTS = "/v2.2/Contacts*"  # what polls ask for


@pytest.fixture(autouse=True)
def instance(elements_workspace, elements_platform):
    return elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))


@pytest.fixture
def make(elements_crm):
    return lambda name: elements_crm.create("Contacts", {"FIRST_NAME": name})


@pytest.fixture
def names(elements_sink):
    def names():
        callbacks = elements_sink.callbacks(objectType="contacts")
        records = [one for each in callbacks for one in each["json"]["message"]["raw"]["contacts"]]
        return [record["FIRST_NAME"] for record in records]

    return names


def test_1_the_crm_is_down_for_one_poll(elements_crm, elements_clock, make, names):
    elements_crm.script_faults(
        [{"match": {"path": CONTACTS}, "effect": {"status": 503}, "when": {"first_n": 1}}]
    )
    make("Ada")

    elements_clock.advance("15m")
    assert names() == []
    elements_clock.advance("15m")
    assert names() == ["Ada"]  # late, not lost: the next poll asks for the same stretch


def test_2_the_api_key_is_revoked(elements_crm, elements_clock, elements_platform):
    elements_crm.script_faults([{"match": {"path": "/v2.2/*"}, "effect": {"status": 401}}])

    elements_clock.advance("15m")
    assert {poll["request"]["status"] for poll in elements_platform.polls()} == {401}


def test_3_the_crm_takes_two_calls_a_second(elements_crm, elements_clock, elements_platform):
    elements_crm.script_faults([{"match": {"path": "/v2.2/*"}, "effect": {"burst_limit": 2}}])

    elements_clock.advance("15m")  # four resources are polled at one instant
    assert [poll["request"]["status"] for poll in elements_platform.polls()] == [200, 200, 429, 429]


def test_4_the_connection_breaks_within_an_answer(elements_crm, elements_clock, elements_platform):
    elements_crm.script_faults([{"match": {"path": CONTACTS}, "effect": {"truncate": 1}}])

    elements_clock.advance("15m")
    (poll,) = elements_platform.polls(resource="contacts")
    assert poll["error"]


def test_5_the_crm_is_slower_than_the_platform_waits(elements_crm, elements_clock, elements_platform):
    elements_crm.script_faults([{"match": {"path": CONTACTS}, "effect": {"delay_s": 40}}])

    elements_clock.advance("15m")  # takes no time: the answer says that it took 40 s
    (poll,) = elements_platform.polls(resource="contacts")
    assert poll["error"]


def test_6_the_search_lags_so_a_change_is_lost(elements_crm, elements_clock, make, names):
    elements_crm.script_faults([{"match": {"path": CONTACTS}, "effect": {"index_lag_s": 3}}])
    elements_clock.advance("14m58s")
    make("Ada")  # two seconds before the poll

    elements_clock.advance("1h")
    assert names() == []


def test_7_the_crms_clock_is_behind_so_a_change_is_lost(elements_crm, elements_clock, make, names):
    elements_crm.script_faults([{"match": {"method": "POST"}, "effect": {"clock_skew_s": -20}}])
    elements_clock.advance("15m1s")
    make("Ada")  # just after a poll, stamped before it

    elements_clock.advance("1h")
    assert names() == []


def test_8_a_record_comes_on_two_pages(
    elements_crm, elements_clock, elements_platform, instance, make, names
):
    block = {**guide.poller_entry("contacts", "CONTACT_ID"), "pageSize": 2}
    body = {"configuration": {"event.poller.configuration": {"contacts": block}}}
    elements_platform.patch_instance(instance["id"], body)
    elements_crm.script_faults([{"match": {"path": CONTACTS}, "effect": {"page_overlap": 1}}])
    for name in ("Ada", "Grace", "Mary"):
        make(name)

    elements_clock.advance("15m")
    assert sorted(names()) == ["Ada", "Grace", "Grace", "Mary"]


def test_9_the_crm_renames_a_field(elements_crm, elements_clock, elements_sink, make):
    elements_crm.script_faults(
        [{"match": {"path": CONTACTS}, "effect": {"rename_fields": {"CONTACT_ID": "ID"}}}]
    )
    make("Ada")

    elements_clock.advance("15m")
    (callback,) = elements_sink.callbacks(objectType="contacts")
    assert "objectId" not in callback["json"]["message"]["events"][0]


def test_10_your_own_call_of_the_platform_fails_once(elements_platform, instance):
    hub = elements_platform.hub(instance["token"])
    rule = {
        "match": {"method": "POST", "path": "*/contacts"},
        "effect": {"status": 502},
        "when": {"first_n": 1},
    }
    elements_platform.call("PUT", "/_local/faults", json={"faults": [rule]})

    statuses = [hub.send("POST", "/contacts", json={"FIRST_NAME": "Ada"}).status for _ in range(2)]
    assert statuses == [502, 200]
