"""A test that looks too early, whose report is kept as an artefact."""

import pytest

from elements_local.clients import guide


@pytest.mark.elements(seed=7)
def test_a_change_is_reported(
    elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink
):
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
    ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    elements_clock.advance("15m")
    elements_crm.update("Contacts", ada["CONTACT_ID"], {"LAST_NAME": "Lovelace"})
    elements_clock.advance("10m")

    reported = elements_sink.callbacks(eventType="UPDATED")

    assert reported
