"""Answers with what nobody changes, and the routes of lists that follow from records: tags, custom fields, members."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from elements_local.kit.api.json_text import encode
from mock_insightly.account.definitions import CUSTOM_FIELDS, CustomField, custom_fields_of
from mock_insightly.account.lookups import Lookup
from mock_insightly.errors import MissingFieldError, NoSuchRowError
from mock_insightly.records.fields import Record
from mock_insightly.records.query import is_true
from mock_insightly.routes import answers
from mock_insightly.routes.call import CrmCall, this_call
from mock_insightly.versions.known import ANY_VERSION

bp = Blueprint("lookups", __name__, url_prefix=ANY_VERSION)


def listed(call: CrmCall, lookup: Lookup) -> ResponseReturnValue:
    """Answer with a list, or with the one object it is.

    Source: sets of activities take ``brief`` (Insightly v2.2 and v3.1 OpenAPI documents, documented).
    """
    found = lookup.rows(call.account)
    if lookup.collection and is_true(call.query.get("brief")):
        found = [{name: value for name, value in row.items() if name != lookup.collection} for row in found]
    return (
        answers.answer(call, encode(found[0]))
        if lookup.single
        else answers.rows(call, found, paged=lookup.paged)
    )


def one(call: CrmCall, lookup: Lookup, called: str) -> ResponseReturnValue:
    """Answer with the row that the end of a path names; case does not count.

    Raises:
        MethodNotAllowed: rows of this list cannot be asked for.
        NoSuchRowError: there is none of that name.
    """
    if lookup.key is None:
        raise MethodNotAllowed(valid_methods=[])
    for row in lookup.rows(call.account):
        if str(row[lookup.key]).casefold() == called.casefold():
            return answers.answer(call, encode(row))
    raise NoSuchRowError(lookup.name, called)


@bp.get("/<resource>/<name>")
def named(version: str, resource: str, name: str) -> ResponseReturnValue:
    """Answer with the row of a list that a text names."""
    call = this_call(version)
    if resource in call.version.lookups:
        return one(call, call.version.lookups[resource], name)
    call.shape(resource)
    raise NoSuchRowError(resource, name)


@bp.get("/tags")
def tags(version: str) -> ResponseReturnValue:
    """List the tags that records of one kind carry.

    Source: ``record_type`` is required on v3.1 (Insightly v3.1 OpenAPI document, documented), and a resource's name
        (the vendor's test suite, documented); that the order is the alphabet's is assumed.
    """
    call = this_call(version)
    wanted = call.query.get("record_type", "").strip().lower()
    if not wanted and call.version.tags_of_one:
        raise MissingFieldError("record_type", "query")
    return answers.rows(call, _tags(call, wanted), paged=True)


@bp.get("/customfields/<of>")
def custom_fields(version: str, of: str) -> ResponseReturnValue:
    """List the custom fields of a kind of record; on v2, show one.

    Source: singular or plural will do, and an unknown name gives all fields (live probes of v3.1, observed
        second-hand).
    """
    call = this_call(version)
    if "customfields" in call.version.lookups:
        return one(call, call.version.lookups["customfields"], of)
    return answers.answer(call, encode([field.to_v3() for field in _custom_fields(call, of)]))


@bp.get("/customfields/<of>/search")
def search_custom_fields(version: str, of: str) -> ResponseReturnValue:
    """Show the custom field of a kind of record that has a name.

    Source: one object, the name required (Insightly v3.1 OpenAPI document, documented); 404 for a name that no field has
        is assumed.
    """
    call = this_call(version)
    if "customfields" in call.version.lookups:
        raise NoSuchRowError("CustomFields", of)
    name = call.query.get("fieldname", "").strip()
    if not name:
        raise MissingFieldError("fieldName", "query")
    named = (field for field in _custom_fields(call, of) if field.name.casefold() == name.casefold())
    field = next(named, None)
    if field is None:
        raise NoSuchRowError(f"CustomFields of {of}", name)
    return answers.answer(call, encode(field.to_v3()))


def _tags(call: CrmCall, wanted: str) -> list[Record]:
    """Return the tags of records of a kind, named in singular or plural; without a name, of all."""
    kinds = [
        shape.kind
        for name, shape in call.version.shapes.items()
        if shape.kind.field("TAGS") and wanted in {"", name, shape.kind.entity.lower()}
    ]
    with call.reading() as records:
        names = {tag for kind in kinds for tag in records.tags(kind)}
    return [{"TAG_NAME": name} for name in sorted(names, key=str.casefold)]


def _custom_fields(call: CrmCall, of: str) -> list[CustomField]:
    kind, own = call.version.kind_called(of), call.account.custom_objects
    entity = kind.entity if kind else next((name for name in own if name.lower() == of), None)
    if entity is not None:
        return [*custom_fields_of(entity)]
    return [*CUSTOM_FIELDS, *(field for name in own for field in custom_fields_of(name))]
