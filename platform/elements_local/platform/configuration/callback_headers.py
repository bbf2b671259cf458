"""The configuration keys that say which headers callbacks carry: what they may hold."""

import json
import re

from elements_local.kit.text import HEADER_NAME
from elements_local.platform.errors import InvalidRequestError, quoted

SIGNATURE_KEY = "event.notification.signature.key"
EXTRA = "event.notification.callback.headers"
USERNAME = "event.notification.basic.username"
PASSWORD = "event.notification.basic.password"  # noqa: S105 - a configuration key's name

WEBHOOK_ID = "Elements-Webhook-Id"
SIGNATURE = "Elements-Webhook-Signature"

_NAME = re.compile(HEADER_NAME)
_LONGEST_NAME = 200
_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?")
_OURS = frozenset(
    {
        "content-length",
        "content-type",
        "connection",
        "host",
        "transfer-encoding",
        WEBHOOK_ID.lower(),
        SIGNATURE.lower(),
    }
)


def extra_headers(text: str | None) -> dict[str, str]:
    """Read ``event.notification.callback.headers``: a JSON object of texts; nothing means none.

    Raises:
        InvalidRequestError: it is something else, or names a header that is the platform's to send.

    >>> extra_headers('{"X-Tenant": "acme"}')
    {'X-Tenant': 'acme'}
    """
    if not text or not text.strip():
        return {}
    try:
        headers = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unusable(text) from error
    if not isinstance(headers, dict) or not all(is_header(name, value) for name, value in headers.items()):
        raise _unusable(text)
    reserved = [name for name in headers if name.lower() in _OURS]
    if reserved:
        raise InvalidRequestError(
            f"{EXTRA}: {', '.join(reserved)} is the platform's own to send; leave it out"
        )
    return headers


def is_header(name: str, value: object) -> bool:
    """Say whether a header can be sent."""
    return (
        len(name) <= _LONGEST_NAME
        and bool(_NAME.fullmatch(name))
        and isinstance(value, str)
        and bool(_VALUE.fullmatch(value))
    )


def _unusable(text: str) -> InvalidRequestError:
    return InvalidRequestError(
        f'{EXTRA} must be a JSON object of header names and values, such as {{"X-Tenant": "acme"}}; got {quoted(text)}'
    )
