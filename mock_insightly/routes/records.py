"""The routes of records, the same for every version and kind."""

from datetime import timedelta
from hashlib import blake2b

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from mock_insightly.dates import whole_second
from mock_insightly.errors import StaleRecordError
from mock_insightly.fields import Record, Sent
from mock_insightly.kinds import USERS, Kind
from mock_insightly.parts import parts
from mock_insightly.query import Query, is_true, page_of, parse_query
from mock_insightly.records import changed, created, updated_at
from mock_insightly.routes.caller import caller
from mock_insightly.search import EVERYTHING, Wanted, updated_after
from mock_insightly.store import Stored
from mock_insightly.versions.known import VERSIONS, served
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.version import Version
from mock_kit.json_text import encode_text, read_json
from mock_kit.workspaces import Workspace

_NAMES = ", ".join(f'"{name}"' for name in VERSIONS)
_ONE = "/<resource>/<int(max=9223372036854775807):record_id>"

bp = Blueprint("records", __name__, url_prefix=f"/<any({_NAMES}):version>")


@bp.get("/<resource>")
def index(version: str, resource: str) -> ResponseReturnValue:
    """List a resource's records."""
    query = _query()
    wanted = EVERYTHING
    if parts().settings.list_honours_updated_after:
        wanted = Wanted(after=updated_after(query.get("updated_after_utc", "")))
    return _page(VERSIONS[version], served(VERSIONS[version], resource), wanted, query)


@bp.get("/<resource>/search")
def search(version: str, resource: str) -> ResponseReturnValue:
    """List the records that a search finds."""
    query = _query()
    shape = served(VERSIONS[version], resource)
    wanted = VERSIONS[version].wanted(shape, query)
    after = updated_after(query.get("updated_after_utc", ""), inclusive=parts().settings.search_inclusive)
    return _page(VERSIONS[version], shape, Wanted(after=after, criterion=wanted.criterion), query)


@bp.get("/users/me")
def me(version: str) -> ResponseReturnValue:
    """Show the caller."""
    return _shown(VERSIONS[version], USERS.name.lower(), parts().account(caller()).user_id)


@bp.get(_ONE)
def show(version: str, resource: str, record_id: int) -> ResponseReturnValue:
    """Show a record."""
    return _shown(VERSIONS[version], resource, record_id)


@bp.post("/<resource>")
def create(version: str, resource: str) -> ResponseReturnValue:
    """Create a record."""
    shape = _writable(VERSIONS[version], resource)
    workspace, now = caller(), caller().clock.now()
    given = shape.given(shape.sent(read_json(request)), {}, whole=VERSIONS[version].replaces)

    def make(record_id: int) -> Record:
        account = parts().account(workspace)
        made = created(shape.kind, given, record_id=record_id, account=account, now=whole_second(now))
        return updated_at(now + timedelta(seconds=parts().settings.updated_later_s), made)

    return _written(VERSIONS[version], shape, parts().store.create(workspace, shape.kind, make, at=now), 201)


@bp.put("/<resource>")
def update(version: str, resource: str) -> ResponseReturnValue:
    """Change the record whose id the body says."""
    shape = _writable(VERSIONS[version], resource)
    sent = shape.sent(read_json(request))
    return _update(VERSIONS[version], shape, shape.id_in(sent), sent)


@bp.put(_ONE)
def update_one(version: str, resource: str, record_id: int) -> ResponseReturnValue:
    """Change the record whose id the path says, whatever the body says.

    Source: no vendor document has the route, but the Ampersand connector uses it and is understood (observed).
    """
    shape = _writable(VERSIONS[version], resource)
    return _update(VERSIONS[version], shape, record_id, shape.sent(read_json(request)))


@bp.delete(_ONE)
def delete(version: str, resource: str, record_id: int) -> ResponseReturnValue:
    """Delete a record.

    Source: 202 with an empty body (recorded v2.1 exchanges, live probes of v3.1; observed).
    """
    shape = _writable(VERSIONS[version], resource)
    parts().store.delete(caller(), shape.kind, record_id, at=caller().clock.now())
    return Response(status=202)


def _update(version: Version, shape: Shape, record_id: int, sent: Sent) -> Response:
    """Change a record: all of it where the version replaces, unless the query says ``brief=true``.

    Source: Insightly v2.2 OpenAPI document, v3.1 help page (documented).
    """
    workspace, now = caller(), caller().clock.now()
    brief = version.replaces and is_true(_query().get("brief"))
    if_match = request.headers.get("If-Match", "*") if version.tagged else "*"

    def change(before: Record) -> Record:
        if if_match not in {"*", _etag(shape.one(encode_text(before)))}:
            raise StaleRecordError(if_match)
        given = shape.given(sent, before, whole=version.replaces and not brief, brief=brief)
        return changed(shape.kind, before, given, account=parts().account(workspace), now=whole_second(now))

    return _written(
        version, shape, parts().store.update(workspace, shape.kind, record_id, change, at=now), 200
    )


def _page(version: Version, shape: Shape, wanted: Wanted, query: Query) -> Response:
    page = page_of(query)
    workspace = caller()
    _see_to_users(workspace, shape.kind)
    found = parts().store.find(workspace, shape.kind, wanted, page)
    response = _answer(version, shape.page(found.documents, brief=page.brief))
    if found.total is not None:
        response.headers["X-Total-Count"] = str(found.total)
    return response


def _shown(version: Version, resource: str, record_id: int) -> Response:
    shape = served(version, resource)
    workspace = caller()
    _see_to_users(workspace, shape.kind)
    stored = parts().store.get(workspace, shape.kind, record_id)
    return _answer(version, shape.one(stored.document))


def _written(version: Version, shape: Shape, stored: Stored, status: int) -> Response:
    """Answer with a written record and where it is.

    Source: Location on 201 and on a PUT's 200 (recorded v2.1 exchanges, observed); for later versions assumed.
    """
    response = _answer(version, shape.one(stored.document), status)
    response.headers["Location"] = f"{request.host_url}{version.name}/{shape.kind.name}/{stored.id}"
    return response


def _answer(version: Version, body: bytes, status: int = 200) -> Response:
    response = Response(body, status=status, mimetype="application/json")
    if version.tagged:
        response.headers["ETag"] = _etag(body)
    return response


def _etag(body: bytes) -> str:
    """Return an opaque tag of a body.

    Source: v3.1 lists and records carry one (live probes, observed second-hand); how it is made is unknown.
    """
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _writable(version: Version, resource: str) -> Shape:
    shape = served(version, resource)
    if not shape.kind.writable:
        raise MethodNotAllowed(valid_methods=["GET", "HEAD"])
    return shape


def _see_to_users(workspace: Workspace, kind: Kind) -> None:
    if kind is USERS:
        parts().welcome_owner(workspace)


def _query() -> Query:
    return parse_query(request.environ.get("QUERY_STRING", ""))
