"""Hub calls that are answered at once and done later: who asks for one, what is kept of it, and where its result goes.

Source: ``Elements-Async-Request``, the immediate answer, where the result goes, and the keys of the result, whose ids
are integers (documented); that its ``response`` is the body of the call's answer is assumed.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from mock_platform.configuration.instance_configuration import CALLBACK_URL
from mock_platform.core.instance import Values
from mock_platform.errors import InvalidRequestError, shown

REQUEST = "Elements-Async-Request"
URL = "Elements-Async-Callback-Url"


class AsyncCall(Struct, frozen=True, kw_only=True):
    """A call that waits to be done.

    Attributes:
        number: of the notification that its result will be.
        target: path and query, below the base path.
        headers: those of the request that make a difference.
        url: where the result goes.
    """

    number: int
    instance_id: int
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    url: str


def is_async(value: str | None) -> bool:
    """Read the header that asks for it."""
    return (value or "").strip().lower() == "true"


def receiver(url: str | None, values: Values) -> str:
    """Return where a call's result goes: the URL of its own header, else the instance's.

    Raises:
        InvalidRequestError: there is neither, or it is no URL of http or https.

    >>> receiver(None, {"event.notification.callback.url": "http://127.0.0.1/x"})
    'http://127.0.0.1/x'
    """
    url_text = (url or "").strip() or values.get(CALLBACK_URL) or ""
    if not url_text:
        raise InvalidRequestError(
            f"a call that is done later needs {URL}, since the instance has no {CALLBACK_URL} for its result"
        )
    try:
        parts = urlsplit(url_text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise InvalidRequestError(f"{URL} must be a URL of http or https; got {shown(url_text)}")
    return url_text
