"""A custom field comes with the callback, and the CRM's limit of calls is met."""

from elements_local import guide


def test_a_custom_field_comes_with_the_callback(
    elements_workspace, elements_platform, elements_crm, elements_clock, elements_sink
):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
    hobby = {"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "chess"}
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada", "CUSTOMFIELDS": [hobby]})

    elements_clock.advance("15m")

    (callback,) = elements_sink.callbacks(objectType="contacts")
    (record,) = callback["json"]["message"]["raw"]["contacts"]
    assert record["CUSTOMFIELDS"] == [{"CUSTOM_FIELD_ID": "CONTACT_FIELD_1", "FIELD_VALUE": "chess"}]


def test_the_eleventh_call_of_a_second_is_refused(elements_crm):
    elements_crm.script_faults([{"effect": {"burst_limit": 10}}])

    replies = [elements_crm.send("GET", "/v3.1/Contacts") for _ in range(11)]

    assert [reply.status for reply in replies] == [200] * 10 + [429]
    assert replies[-1].header("Retry-After") == "1"
