"""A receiver of callbacks to start from: it takes what is signed with your key, and nothing else.

elements-local replay scenarios --receiver receiver:app/callbacks
flask --app receiver run --port 8000
"""

import hmac
import os
from base64 import b64encode
from typing import Any

from flask import Flask, request

SIGNATURE_KEY = os.environ.get("CALLBACK_SIGNATURE_KEY", "a-key-of-your-own")
"""What the instance's configuration has as ``event.notification.signature.key``."""

app = Flask(__name__)


@app.post("/callbacks")
def callbacks() -> tuple[Any, int]:
    """Take a callback; it may hold several events, and any of them may come again."""
    given = request.headers.get("Elements-Webhook-Signature", "")
    if not is_genuine(request.get_data(), given):
        return {"error": "the signature is not of this key"}, 401
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        return {"error": "expected a JSON object"}, 400
    message = body.get("message")
    events = message.get("events", []) if isinstance(message, dict) else []  # a bulk job's end has none
    for event in events:
        app.logger.info("%s %s %s", event["eventType"], event["objectType"], event.get("objectId"))
    return "", 204


def is_genuine(body: bytes, signature: str) -> bool:
    """Say whether a body was signed with the key: ``sha256=`` and the base64 of its HMAC-SHA256."""
    expected = b"sha256=" + b64encode(hmac.digest(SIGNATURE_KEY.encode(), body, "sha256"))
    return hmac.compare_digest(signature.encode("utf-8", "replace"), expected)
