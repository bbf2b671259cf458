"""A second signature, as standardwebhooks.com describes it, for teams that plan a successor. Off by default.

The vendor has nothing of the kind. It is switched on for an instance by a secret in its configuration.
"""

from collections.abc import Mapping
from datetime import datetime


def standard_headers(
    body: bytes, secret: str | None, *, message_id: str, sent: datetime
) -> Mapping[str, str]:
    """Return ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``; none without a secret.

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
