"""A call that a client makes a job of: what is sent of it, and what could never be sent.

Source: the keys of the body (observed: a client made from the vendor's Swagger document, and its API test suite); that a
body is JSON, and a text in its place sent as it is, is assumed.
"""

import json
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote, urlencode

from msgspec import Struct

from mock_platform.accounts.authorization import Authorization
from mock_platform.configuration.callback_headers import is_header
from mock_platform.core.paths import BASE_PATH
from mock_platform.errors import InvalidRequestError, shown

_IN_URI = "/%?&=+:,;@!$'()*~[]"
_SENT_BY_ITSELF = frozenset({"connection", "content-length", "host", "transfer-encoding"})


class TriggerRequest(Struct):
    """When a job is to run: by a cron expression."""

    cron: str


class RescheduleRequest(Struct):
    """By what a job is to run from now on (observed)."""

    trigger: TriggerRequest


class JobRequest(Struct, rename="camel", kw_only=True):
    """A job to make.

    Attributes:
        uri: a path on the platform, with or without the base path.
        body: JSON.
        query: names and values that join the URI's.
        instance_id: of the instance that the call goes through.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    uri: str
    trigger: TriggerRequest
    name: str | None = None
    description: str | None = None
    body: object = None
    headers: dict[str, str] | None = None
    query: dict[str, str | int | float | bool] | None = None
    instance_id: int | str | None = None


def target(job: JobRequest) -> str:
    """Return the path and query that are called, the base path included.

    Raises:
        InvalidRequestError: it is no path on the platform.

    >>> target(JobRequest(method="GET", uri="/hubs/crm/contacts", trigger=TriggerRequest(cron=""), query={"pageSize": 5}))
    '/elements/api-v2/hubs/crm/contacts?pageSize=5'
    """
    if not job.uri.startswith("/") or job.uri.startswith("//"):
        raise InvalidRequestError(
            f"uri must be a path on the platform, such as /hubs/crm/contacts; got {shown(job.uri)}"
        )
    # What is escaped already stays as it is; what no URL can hold is escaped now.
    path = quote(job.uri if job.uri.startswith(f"{BASE_PATH}/") else BASE_PATH + job.uri, safe=_IN_URI)
    if not job.query:
        return path
    values = {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in job.query.items()
    }
    return f"{path}{'&' if '?' in path else '?'}{urlencode(values)}"


def content(job: JobRequest) -> bytes:
    """Return what is sent as the body."""
    if job.body is None:
        return b""
    return (
        job.body.encode() if isinstance(job.body, str) else json.dumps(job.body, ensure_ascii=False).encode()
    )


def headers(job: JobRequest, caller: Authorization, *, token: str | None) -> dict[str, str]:
    """Return what is sent as headers: those that are given, and the caller's secrets unless others are.

    Args:
        token: of the instance that is meant; None is the caller's, if there is one.

    Raises:
        InvalidRequestError: a header cannot be sent.
    """
    given = job.headers or {}
    for name, value in given.items():
        if not is_header(name, value) or name.lower() in _SENT_BY_ITSELF:
            raise InvalidRequestError(
                f'headers must be names and values that can be sent, such as {{"Accept": "application/json"}}; got {shown(name)}'
            )
    if len({name.lower() for name in given}) < len(given):
        raise InvalidRequestError("headers has one name twice, in other letters")
    implied = {"Authorization": _secrets(caller, token)}
    if job.body is not None:
        implied["Content-Type"] = "application/json"
    return {**_without(implied, given), **given}


def _without(implied: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    names = {name.lower() for name in given}
    return {name: value for name, value in implied.items() if name.lower() not in names}


def _secrets(caller: Authorization, token: str | None) -> str:
    pairs = {
        "User": caller.user,
        "Bearer": caller.bearer,
        "Organization": caller.organization,
        "Element": token or caller.element,
    }
    return ", ".join(f"{scheme} {secret}" for scheme, secret in pairs.items() if secret)
