"""What becomes of a lead that is converted: a contact, the organisation it works for, perhaps an opportunity.

Source: that a lead can be converted on v2.1, and that a body may name the opportunity (the vendor's test suite,
    documented); the fields that a converted lead points with (recorded v2.1 leads, observed); which of a lead's fields
    the new records take is assumed.
"""

from mock_insightly.records.fields import Record
from mock_insightly.records.references import link_to
from mock_insightly.records.row_types import ADDRESS_PARTS

_SAME = ("SALUTATION", "FIRST_NAME", "LAST_NAME", "TITLE", "PHONE", "TAGS")


def organisation_of(lead: Record) -> Record | None:
    """Return the fields of the organisation that a lead works for; None if it names none."""
    if not lead["ORGANISATION_NAME"]:
        return None
    return {"ORGANISATION_NAME": lead["ORGANISATION_NAME"], "WEBSITE": lead["WEBSITE"]}


def contact_of(lead: Record, organisation_id: int | None) -> Record:
    """Return the fields of the contact that a lead becomes."""
    return {
        **{name: lead[name] for name in _SAME},
        "EMAIL_ADDRESS": lead["EMAIL"] or None,
        "PHONE_MOBILE": lead["MOBILE"],
        "PHONE_FAX": lead["FAX"],
        "BACKGROUND": lead["LEAD_DESCRIPTION"],
        **{f"ADDRESS_MAIL_{part}": lead[f"ADDRESS_{part}"] for part in ADDRESS_PARTS},
        "ORGANISATION_ID": organisation_id,
    }


def opportunity_of(name: str, contact_id: int, organisation_id: int | None) -> Record:
    """Return the fields of the opportunity that comes with a lead."""
    return {
        "OPPORTUNITY_NAME": name,
        "ORGANISATION_ID": organisation_id,
        "LINKS": [link_to("Contact", contact_id)],
    }
