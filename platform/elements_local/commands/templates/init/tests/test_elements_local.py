"""What happens in the CRM arrives as a callback: the fixtures come with elements-local."""

from elements_local import guide


def test_a_new_contact_is_reported(
    elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))

    elements_crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
    elements_clock.advance("15m")

    (callback,) = elements_sink.callbacks()
    assert [event["eventType"] for event in callback["json"]["message"]["events"]] == ["CREATED"]
