"""Answers with the lists of v2.1: all records at once, unless OData or a parameter says otherwise.

Source: recorded v2.1 lists: whole, contacts by name, nameless ones last, organisations by name, others by id (observed);
    parameters from the vendor's Ruby client (documented); above 10,000 records without their collections (v2.1 help
    page, documented).
"""

from collections.abc import Iterator

from flask import request
from flask.typing import ResponseReturnValue

from mock_insightly.errors import FieldError
from mock_insightly.records.query import WHOLE, Query, parse_odata
from mock_insightly.records.search import EVERYTHING, Criterion, sort_key
from mock_insightly.records.stamps import record_in
from mock_insightly.routes import answers
from mock_insightly.routes.call import CrmCall
from mock_insightly.versions.shape import Shape
from mock_kit.api.json_text import Json, encode

_BIG = 10_000
_TAG = {"tag": "TAGS.TAG_NAME"}
PARAMETERS: dict[str, dict[str, str]] = {
    "Contacts": {"email": "EMAIL_ADDRESS CONTACTINFOS:EMAIL", **_TAG},
    "Leads": {"email": "EMAIL", **_TAG},
    "Organisations": {"domain": "EMAILDOMAINS.EMAIL_DOMAIN", **_TAG},
    "Opportunities": _TAG,
    "Projects": _TAG,
    "Emails": _TAG,
}
"""What a list can be asked for by parameters of its own, and the places in a record where that stands."""


def listed(call: CrmCall, shape: Shape, unless: Criterion | None) -> ResponseReturnValue:
    """Answer with a list.

    Args:
        unless: what it leaves out.
    """
    odata = parse_odata(request.environ.get("QUERY_STRING", ""), (key.name for key in shape.keys))
    ids = _numbers(call.query.get("ids", ""))
    criteria = [*_criteria(shape, call.query)]
    visible = answers.indexed(call, shape.kind, EVERYTHING)
    with call.reading() as records:
        every = records.find(shape.kind, visible, WHOLE).documents
    found = [
        record
        for record in map(record_in, every)
        if not (unless and unless.holds(record))
        and (not ids or record[shape.kind.id_field] in ids)
        and all(criterion.holds(record) for criterion in criteria)
    ]
    found.sort(key=lambda record: sort_key(record, shape.order or shape.kind.order))
    found = answers.capped(call, shape.kind, found)
    brief = len(found) > _BIG
    shown = (answers.with_image(call, shape.show_listed(record, brief=brief)) for record in found)
    return answers.answer(call, encode(odata.of(shown)))


def _criteria(shape: Shape, query: Query) -> Iterator[Criterion]:
    for name, places in PARAMETERS.get(shape.kind.name, {}).items():
        value = query.get(name, "").strip()
        if value:
            yield Criterion(places=tuple(places.split()), value=value)


def _numbers(text: str) -> set[Json]:
    """Read ids with commas between them.

    Raises:
        FieldError: there is something else.
    """
    words = [word.strip() for word in text.split(",")] if text.strip() else []
    if not all(word.isascii() and word.isdecimal() and len(word) < 19 for word in words):
        raise FieldError("ids", "ids with commas between them", text)
    return {int(word) for word in words}
