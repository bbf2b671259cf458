"""Pages of a list: which one a request asks for, and what its answer has beside the records."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request

from elements_local.platform.elements.vendor_file.exchange import page_effect
from elements_local.platform.elements.vendor_file.model import VendorFile, VendorPaging
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.templates import filled

Found = dict[str, Any]
"""What a request has in the places of its template."""


def page_size(paging: VendorPaging, found: Found) -> int:
    """Return how many records a page has that a request asks for."""
    size = _whole(found.get("size", min(paging.default, paging.max)), "the size of a page")
    if size < 1 or (size > paging.max and paging.over == "refuse"):
        raise VendorRefusalError("invalid", f"a page has from 1 to {paging.max} records; got {size}")
    return min(size, paging.max)


def page_start(paging: VendorPaging, found: Found, size: int, ids: Sequence[str]) -> int:
    """Return how many records come before the page that is answered: the one that is asked for, unless a fault says otherwise."""
    return page_effect().start(_asked_start(paging, found, size, ids), size, len(ids))


def _asked_start(paging: VendorPaging, found: Found, size: int, ids: Sequence[str]) -> int:
    if paging.by == "page":
        page = _whole(found.get("page", paging.first), "the number of a page")
        return max(page - paging.first, 0) * size
    token = found.get("token")
    if paging.by != "token" or token is None or token == "":
        return _whole(found.get("offset", 0), "the offset")
    if paging.token == "id":  # noqa: S105 - what a token is
        return _place_of(str(token), ids)
    return _whole(token if paging.token == "offset" else opened(str(token)).get("offset"), "the token")  # noqa: S105 - as above


def _place_of(token: str, ids: Sequence[str]) -> int:
    """Return where a record stands in a list, or the one after it if it is gone meanwhile and the list is in the order of ids."""
    if token in ids:
        return ids.index(token)
    if not all(each.isdecimal() for each in ids):
        return len(ids)
    number, numbers = _whole(token, "the token"), [int(each) for each in ids]
    is_ordered = numbers == sorted(numbers)
    return sum(each < number for each in numbers) if is_ordered else len(ids)


def _whole(value: object, what: str) -> int:
    text = str(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or len(text) > 15:
        raise VendorRefusalError("invalid", f"{what} is a whole number, counted from 0; got {text[:100]!r}")
    return int(text)


def _kept(found: Found) -> Found:
    """Return what a link has to keep of the request that it goes on with."""
    return {name: value for name, value in found.items() if name not in {"asked", "token", "offset"}}


def sealed(found: Found) -> str:
    """Return a token that says nothing to a client."""
    return urlsafe_b64encode(json.dumps(found, separators=(",", ":")).encode()).decode().rstrip("=")


def opened(token: str) -> Found:
    """Return what a token has that ``sealed`` made."""
    try:
        found = json.loads(urlsafe_b64decode(f"{token}{'=' * (-len(token) % 4)}"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or "offset" not in found:
        raise VendorRefusalError("invalid", f"the token {token[:100]!r} is none of a page")
    return found


def page_places(  # noqa: PLR0913 - what a page is
    file: VendorFile, paging: VendorPaging, found: Found, ids: Sequence[str], *, start: int, size: int
) -> dict[str, Any]:
    """Return what fills an answer's places, but the records."""
    end = start + size
    more = end < len(ids) or (page_effect().never_empty and bool(ids))
    values = {"origin": request.host_url.rstrip("/"), "resource": found["resource"], "size": size}
    here = {**values, "offset": start, "page": paging.first + start // size}
    next_page = paging.first + end // size
    tokens = {
        "id": next(iter(ids[end:] or ids[start:]), ""),
        "offset": str(end),
        "opaque": sealed({"offset": end}),
    }
    following = {
        "offset": end,
        "page": next_page,
        "token": tokens[paging.token],
        "link": sealed({**_kept(found), "offset": end, "size": size}),
    }[paging.by]
    named = {**found, **values, "token": following, "offset": end, "page": next_page}
    ahead = {"next": following, "link": _link(file, paging, named)} if more else {}
    return {**here, "more": more, "done": not more, "total": len(ids), **ahead}


def _link(file: VendorFile, paging: VendorPaging, named: Found) -> object:
    """Return the address of the next page, with all else that the request asked for, but never its credential."""
    link = filled(paging.link, named)
    if not isinstance(link, str) or paging.by == "link":  # its token has all that was asked for
        return link
    path, _, query = link.partition("?")
    given = parse_qsl(query, keep_blank_values=True)
    settled = {*(name for name, _ in given), file.authentication.parameter}
    asked = parse_qsl(request.query_string.decode(), keep_blank_values=True)
    return f"{path}?{urlencode([*(each for each in asked if each[0] not in settled), *given])}"
