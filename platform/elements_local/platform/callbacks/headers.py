"""The headers of a callback: its signature, credentials, and what the instance's configuration adds."""

from base64 import b64encode
from collections.abc import Mapping

from elements_local.kit.web.signature import sign
from elements_local.platform.configuration.callback_headers import (
    EXTRA,
    PASSWORD,
    SIGNATURE,
    SIGNATURE_KEY,
    USERNAME,
    WEBHOOK_ID,
    extra_headers,
)
from elements_local.platform.core.instance import Values


def callback_headers(body: bytes, values: Values, *, notification_id: int) -> dict[str, str]:
    """Return a callback's headers.

    Args:
        values: the configuration of the instance whose subscription it is; empty for a subscription of its own.

    Source: a signature only where the instance has a key (documented); that extra headers come as the text of a
        JSON object, that basic authentication takes the place of an ``Authorization`` among them, and that the
        webhook id is the notification's, is assumed.
    """
    headers = {**extra_headers(values.get(EXTRA)), **_basic(values)}
    # after the configured ones: these three are the platform's to say
    headers["Content-Type"] = "application/json"
    headers[WEBHOOK_ID] = str(notification_id)
    key = values.get(SIGNATURE_KEY)
    if key:
        headers[SIGNATURE] = sign(body, key)
    return headers


def _basic(values: Values) -> Mapping[str, str]:
    user, password = values.get(USERNAME) or "", values.get(PASSWORD) or ""
    if not user and not password:
        return {}
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}
