"""Answers about the conversion of leads.

Source: ``POST /leads/{id}/convert`` (the vendor's test suite, documented); the answer is unknown, here it is the lead.
"""

from flask import request
from flask.typing import ResponseReturnValue

from mock_insightly.errors import InUseError
from mock_insightly.kinds import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS, RecordKind
from mock_insightly.records.conversion import contact_of, opportunity_of, organisation_of
from mock_insightly.records.dates import format_date
from mock_insightly.records.fields import Record, Text
from mock_insightly.records.sequences import CONVERSIONS
from mock_insightly.records.writing import Writing
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.writes import create_in, update_in
from mock_insightly.versions.sub_resources import Conversion


def create(parent: Parent, _conversion: Conversion) -> ResponseReturnValue:
    """Convert a lead."""
    sent = parent.call.body() if request.get_data() else {}
    name = sent.get("OPPORTUNITY_NAME")
    opportunity = None if name is None else str(Text(longest=255).read(name, "OPPORTUNITY_NAME"))
    lead = convert(parent.call, parent.id, opportunity)
    return parent.answer_record(lead, 201)


def convert(call: CrmCall, lead_id: int, opportunity: str | None) -> Record:
    """Convert a lead, and return it.

    Args:
        opportunity: the name of one that comes with it.

    Raises:
        NoSuchRecordError: there is no such lead.
        InUseError: it is converted already.
    """
    with call.writing() as writing:
        lead = writing.get(LEADS, lead_id)
        if lead["CONVERTED"]:
            raise InUseError(LEADS.entity, lead_id, "is converted already")
        company = organisation_of(lead)
        organisation = None if company is None else _made(writing, call, ORGANISATIONS, company)
        contact = _made(writing, call, CONTACTS, contact_of(lead, organisation))
        deal = None
        if opportunity:
            deal = _made(writing, call, OPPORTUNITIES, opportunity_of(opportunity, contact, organisation))
        told: Record = {
            "CONVERTED": True,
            "CONVERTED_DATE_UTC": format_date(call.stamped),
            "CONVERTED_CONTACT_ID": contact,
            "CONVERTED_ORGANISATION_ID": organisation,
            "CONVERTED_OPPORTUNITY_ID": deal,
        }
        writing.reserve(CONVERSIONS, 1)
        return update_in(writing, call, LEADS, lead_id, lambda before: call.changed(LEADS, before, told))


def _made(writing: Writing, call: CrmCall, kind: RecordKind, given: Record) -> int:
    return kind.id_of(create_in(writing, call, kind, given))
