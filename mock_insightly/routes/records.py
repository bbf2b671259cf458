"""Records: their lists, searches and writes, the same for every version and kind."""

from collections.abc import Callable

from flask import Response

from elements_local.kit.api.json_text import read_json
from elements_local.kit.values import replace
from mock_insightly.errors import FieldError, MissingFieldError
from mock_insightly.fields.fields import Record, Sent, read_id
from mock_insightly.fields.row_types import with_unlisted
from mock_insightly.json_schemas import DescribedTarget, JsonSchema, array, id_schema, with_key
from mock_insightly.kinds.sales import LEADS
from mock_insightly.kinds.work import FILE_ATTACHMENTS, FOLLOWS
from mock_insightly.records.rules import ANONYMOUS
from mock_insightly.records.search import EVERYTHING, Criterion, RecordFilter, is_true, updated_after
from mock_insightly.records.sequences import CONVERSIONS
from mock_insightly.routes import answers, writes
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.operations import (
    BRIEF,
    COUNTED,
    LOCATED,
    ONE,
    PAGING,
    UPDATED_AFTER,
    CrmOperation,
    asked,
    flag,
)
from mock_insightly.versions.shape import INCLUDE_CONVERTED, Shape

_RECORD_TYPE = asked("record_type", "the resource whose follows are asked for; blank means all")


def _shown_by_lists(of: DescribedTarget) -> tuple[JsonSchema, ...]:
    """Return the parameters of lists and searches."""
    hides = of.shape.hides is not None
    return (
        *PAGING,
        BRIEF,
        *([flag(INCLUDE_CONVERTED, "whether those of conversions are among them")] if hides else []),
    )


def _page(of: DescribedTarget) -> JsonSchema:
    return array(of.record)


def _links_of_page(of: DescribedTarget) -> dict[str, str]:
    return {"show": "0/"} if "GET" in of.shape.on_one else {}


def _links_of_new(of: DescribedTarget) -> dict[str, str]:
    """Return where a new record can be put next."""
    taken = of.methods(ONE)
    verbs = {"show": "GET", "update_one": "PUT", "delete": "DELETE"}
    return {verb: "" for verb, method in verbs.items() if method in taken}


def _refusals(*statuses: int) -> Callable[[DescribedTarget], tuple[int, ...]]:
    """Return the statuses of errors, with that for what others use, or what is retired."""
    return lambda of: (*statuses, 409) if of.shape.kind.used_by or of.shape.kind.retires else statuses


@CrmOperation(
    Shape,
    "GET",
    gives=_page,
    headers=COUNTED,
    links=_links_of_page,
    query=lambda of: (*([_RECORD_TYPE] if of.shape.kind is FOLLOWS else []), *_shown_by_lists(of)),
    problems=lambda of: (400,) if of.shape.kind is FOLLOWS else (),
)
def index(call: CrmCall, shape: Shape) -> Response:
    """List {name}."""
    wanted = EVERYTHING
    if call.crm.settings.list_honours_updated_after:
        wanted = RecordFilter(after=updated_after(call.query.get("updated_after_utc", "")))
    return answers.page(
        call, shape, replace(wanted, unless=_hidden(call, shape), criterion=_of_one_type(call, shape))
    )


@CrmOperation(
    Shape,
    "GET",
    "Search",
    gives=_page,
    headers=COUNTED,
    links=_links_of_page,
    query=lambda of: (
        *(asked(name, "what it must equal") for name in of.version.filters(of.shape.kind)),
        UPDATED_AFTER,
        *_shown_by_lists(of),
    ),
    problems=(400,),
)
def search(call: CrmCall, shape: Shape) -> Response:
    """List the {name} that a search finds."""
    settings, after = call.crm.settings, call.query.get("updated_after_utc", "")
    wanted = call.version.search_filter(shape, call.query)
    wanted = replace(
        wanted,
        after=updated_after(after, inclusive=settings.search_inclusive),
        unless=_hidden(call, shape),
        by_date=settings.search_order == "updated",
    )
    return answers.page(call, shape, wanted)


@CrmOperation(
    Shape,
    "GET",
    "SearchByTag",
    gives=_page,
    headers=COUNTED,
    links=_links_of_page,
    query=(asked("tagName", "the tag", {"type": "string", "pattern": r"\S"}, required=True), *PAGING, BRIEF),
    problems=(400,),
)
def search_by_tag(call: CrmCall, shape: Shape) -> Response:
    """List the {name} that a search finds.

    Source: Insightly v3.1 OpenAPI document (documented).
    """
    tag = call.query.get("tagname", "")
    if not tag.strip():
        raise MissingFieldError("tagName", "query")
    return answers.page(call, shape, RecordFilter(criterion=Criterion(places=("TAGS.TAG_NAME",), value=tag)))


@CrmOperation(
    Shape,
    "POST",
    gives=lambda of: of.record,
    headers=LOCATED,
    links=_links_of_new,
    takes=lambda of: of.schemas.to_create(of.shape),
    problems=(402,),
)
def create(call: CrmCall, shape: Shape) -> Response:
    """Create one of the {name}."""
    sent = shape.sent(read_json(call.request))
    given = shape.given(sent, {}, whole=call.version.replaces)
    with call.writing() as writing:
        writes.validate_task_links(writing, call, shape, given)
        made = writes.create_in(
            writing, call, shape.kind, writes.with_team(writing, call, shape, sent, given)
        )
    return answers.written(call, shape, made)


def _text_of_update(of: DescribedTarget) -> str:
    return f"What the body does not mention {'is cleared' if of.version.replaces else 'stays'}."


def _query_of_update(of: DescribedTarget) -> tuple[JsonSchema, ...]:
    brief = of.version.briefs or of.shape.is_team
    return (flag("brief", "whether what is not given, and every collection, stays"),) if brief else ()


def _to_update(of: DescribedTarget) -> JsonSchema:
    return of.schemas.to_update(of.shape, whole=of.version.replaces)


@CrmOperation(
    Shape,
    "PUT",
    status=lambda of: of.version.put_status,
    gives=lambda of: of.record,
    headers=LOCATED,
    text=_text_of_update,
    query=_query_of_update,
    if_match=True,
    takes=lambda of: with_key(_to_update(of), of.shape.kind.id_field, id_schema()),
    problems=_refusals(404),
)
def update(call: CrmCall, shape: Shape) -> Response:
    """Change the one of the {name} whose id the body says."""
    sent = shape.sent(read_json(call.request))
    return _update(call, shape, shape.id_in(sent), sent)


@CrmOperation(
    Shape,
    "PUT",
    ONE,
    status=lambda of: of.version.put_status,
    gives=lambda of: of.record,
    headers=LOCATED,
    text=_text_of_update,
    query=_query_of_update,
    if_match=True,
    takes=_to_update,
    problems=_refusals(404),
)
def update_one(call: CrmCall, shape: Shape, record_id: int) -> Response:
    """Change the one of the {name} whose id the path says.

    Source: no vendor document has the route, but the Ampersand connector uses it and is understood (observed).
    """
    return _update(call, shape, record_id, shape.sent(read_json(call.request)))


@CrmOperation(
    Shape,
    "GET",
    ONE,
    when=lambda of: of.shape.kind is not FILE_ATTACHMENTS,
    gives=lambda of: of.record,
    problems=(404,),
)
def show(call: CrmCall, shape: Shape, record_id: int) -> Response:
    """Show one of the {name}."""
    return _shown(call, shape, record_id)


@CrmOperation(
    Shape,
    "GET",
    ONE,
    id="show",
    when=lambda of: of.shape.kind is FILE_ATTACHMENTS,
    gives=lambda of: of.record,
    file=True,
    query=(asked("format", "JSON for what is known of the file, instead of the file"),),
    problems=(404,),
)
def show_file(call: CrmCall, shape: Shape, record_id: int) -> Response:
    """Show one of the {name}."""
    with call.reading() as records:
        document = records.document(shape.kind, record_id)
        file = records.file(shape.kind, record_id)
    if file is None or call.query.get("format", "").lower() == "json":
        return answers.answer(call, shape.one(document))
    return answers.file_answer(file)


@CrmOperation(Shape, "DELETE", ONE, problems=_refusals(404))
def delete(call: CrmCall, shape: Shape, record_id: int) -> None:
    """Delete one of the {name}.

    Source: 202 with an empty body (recorded v2.1 exchanges, live probes of v3.1; observed).
    """
    writes.delete(call, shape.kind, record_id)


@CrmOperation(
    Shape,
    "DELETE",
    query=lambda _of: (asked("id", "the record's id", id_schema(), required=True),),
    problems=_refusals(400, 404),
)
def delete_by_query(call: CrmCall, shape: Shape) -> None:
    """Delete one of the {name}.

    Source: lead sources and statuses on v3.1 (Insightly v3.1 OpenAPI document, documented).
    """
    if not call.query.get("id", "").strip():
        raise MissingFieldError("id", "query")
    writes.delete(call, shape.kind, read_id(call.query["id"], "id"))


@CrmOperation(Shape, "GET", "Me", gives=lambda of: of.record)
def me(call: CrmCall, shape: Shape) -> Response:
    """Show the caller."""
    return _shown(call, shape, call.account.user_id)


def _update(call: CrmCall, shape: Shape, record_id: int, sent: Sent) -> Response:
    """Change a record: all of it where the version replaces, unless the query says ``brief=true``.

    Source: Insightly v2.2 OpenAPI document, v3.1 help page; of teams, v3.1 OpenAPI document (documented).
    """
    brief_asked = is_true(call.query.get("brief"))

    with call.writing() as writing:

        def change(before: Record) -> Record:
            answers.check_if_match(call, shape, before)
            if shape.kind.retires:
                writes.ensure_not_in_use(writing, shape.kind, before)
            # a brief change leaves the members of a team alone, but not those of an anonymous one
            brief = brief_asked and (not before[ANONYMOUS] if shape.is_team else call.version.briefs)
            whole = call.version.replaces and not brief
            given = shape.given(sent, before, whole=whole, brief=brief)
            if call.crm.settings.put_keeps_custom_fields and not whole:
                given = with_unlisted(sent, before, given)
            writes.validate_task_links(writing, call, shape, {**before, **given})
            given = writes.with_team(writing, call, shape, sent, given)
            return call.changed(shape.kind, before, given)

        made = writes.update_in(writing, call, shape.kind, record_id, change)
    return answers.written(call, shape, made)


def _shown(call: CrmCall, shape: Shape, record_id: int) -> Response:
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
        with call.lookup() as records:
            if not records.count(CONVERSIONS):
                return None
    return Criterion(places=(shape.hides,), value=True)
