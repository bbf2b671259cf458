"""Callbacks as the sink has recorded them."""

from datetime import UTC, datetime

from callback_sink.inbox import Callback
from callback_sink.signature import SignatureVerdict

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def recorded(body: bytes = b"", **differs: object) -> Callback:
    """Return a callback that came at noon without headers and a signature, and was answered 200, but for what differs."""
    return Callback(
        **{
            "id": 1,
            "received_at": NOON,
            "bin": "default",
            "method": "POST",
            "path": "/default",
            "headers": [],
            "body": body,
            "status": 200,
            "signature": SignatureVerdict.ABSENT,
            "size": len(body),
            **differs,
        }
    )
