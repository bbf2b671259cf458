"""A change that polling loses, the cause by its name, and the cure."""

from elements_local import guide


def test_a_change_is_lost_at_a_boundary_named_and_cured(
    elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink, elements_explain
):
    body = guide.instance_body(elements_workspace.credentials)
    instance = elements_platform.create_instance(body)
    rule = {"match": {"path": "/v2.2/Contacts/Search"}, "effect": {"index_lag_s": 3}}
    elements_crm.script_faults([rule])  # the CRM's search finds a record three seconds after it was written

    elements_clock.advance("14m58s")
    ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})  # two seconds before the poll
    elements_clock.advance("1h")
    assert elements_sink.callbacks() == []  # lost: no later poll asks for it

    explained = elements_explain("contacts", ada["CONTACT_ID"])
    assert explained["cause"] == "index-lag"  # named
    assert explained["fix"]["text"] == "set pollDelay of contacts to 3"
    assert explained["fix"]["tried"] == "reported at 2026-03-02T10:30:00Z"

    body["configuration"]["event.poller.configuration"]["contacts"]["pollDelay"] = 3
    elements_platform.patch_instance(instance["id"], {"configuration": body["configuration"]})

    elements_clock.advance("15m")
    elements_crm.create("Contacts", {"FIRST_NAME": "Bob"})  # two seconds before a poll again
    elements_clock.advance("30m")
    assert [callback["status"] for callback in elements_sink.callbacks(eventType="CREATED")] == [200]  # cured
