"""The routes of records, the same for every version and kind."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from elements_local.kit.api.json_text import read_json
from elements_local.kit.values import replace
from mock_insightly.errors import FieldError, MissingFieldError
from mock_insightly.kinds import FOLLOWS, LEADS, USERS
from mock_insightly.records.fields import Record, Sent, read_id
from mock_insightly.records.query import is_true
from mock_insightly.records.row_types import with_unlisted
from mock_insightly.records.rules import ANONYMOUS
from mock_insightly.records.search import EVERYTHING, Criterion, RecordFilter, updated_after
from mock_insightly.records.sequences import CONVERSIONS
from mock_insightly.routes import answers, lookups, writes
from mock_insightly.routes.call import CrmCall, allow, this_call
from mock_insightly.versions.known import ANY_VERSION
from mock_insightly.versions.shape import INCLUDE_CONVERTED, Shape

_ONE = "/<resource>/<int:record_id>"

bp = Blueprint("records", __name__, url_prefix=ANY_VERSION)


@bp.get("/<resource>")
def index(version: str, resource: str) -> ResponseReturnValue:
    """List a resource's records."""
    call = this_call(version)
    if resource in call.version.lookups:
        return lookups.listed(call, call.version.lookups[resource])
    shape = call.shape(resource)
    allow(shape.on_all)
    wanted = EVERYTHING
    if call.dependencies.settings.list_honours_updated_after:
        wanted = RecordFilter(after=updated_after(call.query.get("updated_after_utc", "")))
    return answers.page(
        call, shape, replace(wanted, unless=_hidden(call, shape), criterion=_of_one_type(call, shape))
    )


@bp.get("/<resource>/search")
def search(version: str, resource: str) -> ResponseReturnValue:
    """List the records that a search finds."""
    call = this_call(version)
    shape = call.shape(resource)
    allow(shape.on_all if shape.searched else frozenset())
    settings, asked = call.dependencies.settings, call.query.get("updated_after_utc", "")
    wanted = call.version.search_filter(shape, call.query)
    wanted = replace(
        wanted,
        after=updated_after(asked, inclusive=settings.search_inclusive),
        unless=_hidden(call, shape),
        criterion=wanted.criterion and replace(wanted.criterion, cased=settings.search_heeds_case),
        by_date=settings.search_order == "updated",
    )
    return answers.page(call, shape, wanted)


@bp.get("/<resource>/searchbytag")
def search_by_tag(version: str, resource: str) -> ResponseReturnValue:
    """List the records that carry a tag.

    Source: Insightly v3.1 OpenAPI document (documented).
    """
    call = this_call(version)
    shape = call.shape(resource)
    allow(shape.on_all if shape.tagged else frozenset())
    tag = call.query.get("tagname", "")
    if not tag.strip():
        raise MissingFieldError("tagName", "query")
    return answers.page(call, shape, RecordFilter(criterion=Criterion(places=("TAGS.TAG_NAME",), value=tag)))


@bp.get("/users/me")
def me(version: str) -> ResponseReturnValue:
    """Show the caller."""
    call = this_call(version)
    return _shown(call, call.shape(USERS.name.lower()), call.account.user_id)


@bp.get(_ONE)
def show(version: str, resource: str, record_id: int) -> ResponseReturnValue:
    """Show a record."""
    call = this_call(version)
    if resource in call.version.lookups:
        return lookups.one(call, call.version.lookups[resource], str(record_id))
    shape = call.shape(resource)
    allow(shape.on_path)
    return _shown(call, shape, record_id)


@bp.post("/<resource>")
def create(version: str, resource: str) -> ResponseReturnValue:
    """Create a record."""
    call = this_call(version)
    shape = call.shape(resource)
    allow(shape.on_all)
    sent = shape.sent(read_json(call.request))
    given = shape.given(sent, {}, whole=call.version.replaces)
    with call.writing() as writing:
        writes.see_that_it_fits(writing, call, shape, given)
        made = writes.create_in(
            writing, call, shape.kind, writes.with_team(writing, call, shape, sent, given)
        )
    return answers.written(call, shape, made, 201)


@bp.put("/<resource>")
def update(version: str, resource: str) -> ResponseReturnValue:
    """Change the record whose id the body says."""
    call = this_call(version)
    shape = call.shape(resource)
    allow(shape.on_all)
    sent = shape.sent(read_json(call.request))
    return _update(call, shape, shape.id_in(sent), sent)


@bp.put(_ONE)
def update_one(version: str, resource: str, record_id: int) -> ResponseReturnValue:
    """Change the record whose id the path says, whatever the body says.

    Source: no vendor document has the route, but the Ampersand connector uses it and is understood (observed).
    """
    call = this_call(version)
    shape = call.shape(resource)
    allow(shape.on_path if call.version.puts_by_id else shape.on_one)
    return _update(call, shape, record_id, shape.sent(read_json(call.request)))


@bp.delete(_ONE)
def delete(version: str, resource: str, record_id: int) -> ResponseReturnValue:
    """Delete a record."""
    call = this_call(version)
    shape = call.shape(resource)
    allow(shape.on_path)
    writes.delete(call, shape.kind, record_id)
    return answers.accepted()


@bp.delete("/<resource>")
def delete_by_query(version: str, resource: str) -> ResponseReturnValue:
    """Delete the record that the query names.

    Source: lead sources and statuses on v3.1 (Insightly v3.1 OpenAPI document, documented).
    """
    call = this_call(version)
    shape = call.shape(resource)
    allow(shape.on_all)
    if not call.query.get("id", "").strip():
        raise MissingFieldError("id", "query")
    record_id = read_id(call.query["id"], "id")
    writes.delete(call, shape.kind, record_id)
    return answers.accepted()


def _update(call: CrmCall, shape: Shape, record_id: int, sent: Sent) -> ResponseReturnValue:
    """Change a record: all of it where the version replaces, unless the query says ``brief=true``.

    Source: Insightly v2.2 OpenAPI document, v3.1 help page; of teams, v3.1 OpenAPI document (documented).
    """
    asked = is_true(call.query.get("brief"))

    with call.writing() as writing:

        def change(before: Record) -> Record:
            answers.insist(call, shape, before)
            if shape.kind.retires:
                writes.see_that_it_is_free(writing, shape.kind, before)
            # a brief change leaves the members of a team alone, but not those of an anonymous one
            brief = asked and (not before[ANONYMOUS] if shape.minds_members else call.version.briefs)
            whole = call.version.replaces and not brief
            given = shape.given(sent, before, whole=whole, brief=brief)
            if call.dependencies.settings.put_keeps_custom_fields and not whole:
                given = with_unlisted(sent, before, given)
            writes.see_that_it_fits(writing, call, shape, {**before, **given})
            given = writes.with_team(writing, call, shape, sent, given)
            return call.changed(shape.kind, before, given)

        made = writes.update_in(writing, call, shape.kind, record_id, change)
    return answers.written(call, shape, made, call.version.put_status)


def _shown(call: CrmCall, shape: Shape, record_id: int) -> ResponseReturnValue:
    with call.reading() as records:
        document = records.document(shape.kind, record_id)
    return answers.answer(call, shape.one(document))


def _of_one_type(call: CrmCall, shape: Shape) -> Criterion | None:
    """Return what narrows the list of follows to those of one kind of record.

    Raises:
        FieldError: there is no such kind.

    Source: ``record_type``, and 400 for an unknown one (Insightly v3.1 OpenAPI document, documented); that both singular
        and plural will do is assumed.
    """
    wanted = call.query.get("record_type", "").strip().lower()
    if shape.kind is not FOLLOWS or not wanted:
        return None
    followed = {of for of, sub in call.version.sub_resources if sub == "follow"}
    kinds = [one.kind for name, one in call.version.shapes.items() if name in followed]
    kind = call.version.kind_called(wanted)
    if kind not in kinds:
        raise FieldError("record_type", f"one of {', '.join(one.name for one in kinds)}", wanted)
    return Criterion(places=("RECORD_TYPE",), value=kind.entity)


def _hidden(call: CrmCall, shape: Shape) -> Criterion | None:
    """Return what a list leaves out.

    Source: converted leads, and the status of such, unless asked for (Insightly v2.2 OpenAPI document, documented).
    """
    if shape.hides is None or is_true(call.query.get(INCLUDE_CONVERTED)):
        return None
    if shape.kind is LEADS:
        with call.reading() as records:
            if not records.count(CONVERSIONS):
                return None
    return Criterion(places=(shape.hides,), value=True)
