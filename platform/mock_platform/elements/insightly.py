"""Insightly's dialect: where its resources live, how they are asked for, what its answers mean. Pure."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from mock_platform.domain.ceql import And, Clause, Comparison, In, IsNull, Like, Or
from mock_platform.domain.errors import InvalidRequestError, NotFoundError, ProviderError
from mock_platform.elements.insightly_definition import ID_FIELDS

COLLECTIONS = {
    "accounts": "Organisations",
    "contacts": "Contacts",
    "leads": "Leads",
    "opportunities": "Opportunities",
    "users": "Users",
}
LARGEST_PAGE = 500
"""Insightly gives no more at a time, and says nothing if asked for more (documented)."""

VENDOR_HOST = "api.insight.ly"
UPDATED_AFTER = "updated_after_utc"
_UPDATED = "DATE_UPDATED_UTC"
_READ_ONLY = frozenset({"users"})

_STATUSES = {
    400: 400,
    401: 401,
    402: 400,
    403: 403,
    404: 404,
    405: 405,
    409: 409,
    415: 415,
    417: 400,
    429: 429,
}
"""Insightly's status -> ours; a fault of its own becomes 502 (the last is observed, the others assumed)."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A call to make: method, URL below the instance's ``base.url``, and a body or none."""

    method: str
    path: str
    body: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How a clause is put to Insightly: what it filters itself, and what is left to do here.

    Attributes:
        residual: the part that Insightly does not understand; None if it takes all of it.
    """

    collection: str
    filters: Mapping[str, str]
    residual: Clause | None

    def page(self, *, top: int, skip: int) -> Request:
        """Return the request for a stretch of the list, with a count of all of it."""
        search = "/Search" if self.filters else ""
        query = urlencode({**self.filters, "top": top, "skip": skip, "count_total": "true"}, errors="replace")
        return Request(method="GET", path=f"/{self.collection}{search}?{query}")


def headers(configuration: Mapping[str, str | None]) -> dict[str, str]:
    """Return the headers of every call: the API key as user name, no password (documented)."""
    key = configuration.get("password") or ""
    return {
        "Accept": "application/json",
        "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
    }


def credentials_check() -> Request:
    """Return the call that shows whether the credentials are good."""
    return Request(method="GET", path="/Users/Me")


def listing(resource: str, where: Clause | None) -> Listing:
    """Split a clause into what Insightly filters and what is left.

    ``updated_after_utc = '...'`` is no field but its name for "updated later than"; alone or joined by AND it
    goes to Insightly as it is, anywhere else it is held against the updated date here.

    Raises:
        NotFoundError: the hub has no such resource.
        InvalidRequestError: ``updated_after_utc`` stands with anything but ``=``, which nothing understands.

    Source: the poll filter of the vendor's guide (documented); its meaning (inferred).
    """
    parts = where.clauses if isinstance(where, And) else () if where is None else (where,)
    pushed = next((part for part in parts if _is_updated_after(part)), None)
    rest = tuple(_rewrite(part) for part in parts if part is not pushed)
    filters = {UPDATED_AFTER: str(pushed.value)} if isinstance(pushed, Comparison) else {}
    residual = And(rest) if len(rest) > 1 else rest[0] if rest else None
    return Listing(collection=collection(resource), filters=filters, residual=residual)


def get(resource: str, record_id: str) -> Request:
    """Return the call for one record."""
    return Request(method="GET", path=_record(resource, record_id))


def create(resource: str, body: Mapping[str, object]) -> Request:
    """Return the call that makes a record."""
    _refuse_read_only(resource)
    return Request(method="POST", path=f"/{collection(resource)}", body=body)


def update(
    resource: str,
    record_id: str,
    body: Mapping[str, object],
    *,
    base_url: str,
    stored: Mapping[str, object] | None,
) -> Request:
    """Return the call that changes some fields of a record.

    Insightly takes updates at the collection, the id in the body. Version 3.1 leaves alone what is not sent;
    2.x replaces the whole record, unless asked to touch top-level values only (documented).

    Args:
        stored: the record as it stands, if ``needs_stored`` says so.
    """
    _refuse_read_only(resource)
    path = f"/{collection(resource)}"
    changed = {key: value for key, value in body.items() if key.upper() != ID_FIELDS[resource]}
    identified = {ID_FIELDS[resource]: _number(resource, record_id), **changed}
    if stored is not None:
        given = {key.upper() for key in identified}
        kept = {key: value for key, value in stored.items() if key.upper() not in given}
        return Request(method="PUT", path=path, body={**kept, **identified})
    return Request(
        method="PUT", path=path + ("" if _is_partial(base_url) else "?brief=true"), body=identified
    )


def needs_stored(body: Mapping[str, object], *, base_url: str) -> bool:
    """Say whether an update has to start from the record as it stands: 2.x has no partial one for lists."""
    return not _is_partial(base_url) and any(isinstance(value, list) for value in body.values())


def delete(resource: str, record_id: str) -> Request:
    """Return the call that deletes a record."""
    _refuse_read_only(resource)
    return Request(method="DELETE", path=_record(resource, record_id))


def refusal(status: int, body: bytes) -> ProviderError:
    """Turn an answer that is no success into the platform's error."""
    text = body.decode("utf-8", "replace").strip()
    ours = _STATUSES.get(status, 400 if 400 <= status < 500 else 502)
    words = _message(text)
    return ProviderError(
        status=ours,
        message=f"Insightly answered {status}" + (f": {words}" if words else ""),
        provider_message=text or None,
    )


def collection(resource: str) -> str:
    """Return Insightly's name of a hub resource.

    Raises:
        NotFoundError: the hub has no such resource.
    """
    if resource not in COLLECTIONS:
        raise NotFoundError("resource", resource, named="name")
    return COLLECTIONS[resource]


def _record(resource: str, record_id: str) -> str:
    return f"/{collection(resource)}/{_number(resource, record_id)}"


def _number(resource: str, record_id: str) -> int:
    """Return an id as Insightly has them; anything else is an id that nothing has."""
    if not record_id.isascii() or not record_id.isdecimal() or len(record_id) > 18:
        raise NotFoundError(resource, quote(record_id, safe="", errors="replace"))
    return int(record_id)


def _refuse_read_only(resource: str) -> None:
    if resource in _READ_ONLY:
        raise InvalidRequestError(f"{resource} can only be read")


def _is_partial(base_url: str) -> bool:
    return "/v3.1" in base_url


def _is_updated_after(clause: Clause) -> bool:
    return isinstance(clause, Comparison) and clause.field.lower() == UPDATED_AFTER and clause.operator == "="


def _rewrite(clause: Clause) -> Clause:
    """Return a clause that means the same to a record: later than, on the updated date."""
    match clause:
        case Comparison(value=value) if _is_updated_after(clause):
            return Comparison(_UPDATED, ">", _space_form(str(value)))
        case And(clauses):
            return And(tuple(map(_rewrite, clauses)))
        case Or(clauses):
            return Or(tuple(map(_rewrite, clauses)))
        case Comparison(field) | Like(field) | In(field) | IsNull(field) if field.lower() == UPDATED_AFTER:
            raise InvalidRequestError(f"{UPDATED_AFTER} takes = and a date in quotes, nothing else")
        case _:
            return clause


def _space_form(text: str) -> str:
    """Return an instant the way records write theirs, so that texts compare as times."""
    return text.replace("T", " ").removesuffix("Z").partition(".")[0]


def _message(text: str) -> str:
    """Return the words of an Insightly error body."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return "" if text.startswith("<") else text[:200]
    message = value.get("Message") if isinstance(value, dict) else value
    return message if isinstance(message, str) else ""
