"""A test of your own code would look like this: what happens in the CRM must arrive at your receiver."""

from elements_local import guide


def test_a_new_contact_is_reported_and_then_its_change(
    elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))

    ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
    elements_clock.advance("15m")
    elements_crm.update("Contacts", ada["CONTACT_ID"], {"LAST_NAME": "King"})
    elements_clock.advance("15m")

    created, updated = elements_sink.callbacks(objectType="contacts")
    assert created["json"]["message"]["events"][0]["eventType"] == "CREATED"
    assert updated["json"]["message"]["events"][0]["eventType"] == "UPDATED"
    assert updated["json"]["message"]["raw"]["contacts"][0]["LAST_NAME"] == "King"
    assert {created["signature"], updated["signature"]} == {"valid"}
