"""The headers of a callback: its signatures, credentials, and what the instance's configuration adds."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime

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


def standard_headers(
    body: bytes, secret: str | None, *, message_id: str, sent: datetime
) -> Mapping[str, str]:
    """Return ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``; none without a secret.

    This second signature is that of standardwebhooks.com, for teams that plan a successor. The vendor has nothing of the
    kind; it is switched on for an instance by a secret in its configuration.

    Args:
        secret: has been checked.
        message_id: the same for every attempt, as the specification demands.
        sent: when this attempt is made.
    """
    if not secret:
        return {}
    from standardwebhooks import Webhook  # noqa: PLC0415 - only where it is switched on

    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, sent, body.decode()),
    }


def _basic(values: Values) -> Mapping[str, str]:
    user, password = values.get(USERNAME) or "", values.get(PASSWORD) or ""
    if not user and not password:
        return {}
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}
