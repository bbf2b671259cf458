"""A receiver with Flask: ``flask --app with_flask run --port 8000``."""

import os

from flask import Flask, request
from signature import is_signed

KEY = os.environ.get("CALLBACK_SIGNATURE_KEY", "a-key-of-your-own")

app = Flask(__name__)
app.config["events"] = {}  # a table of yours, by eventId


@app.post("/callbacks")
def callbacks():
    if not is_signed(request.get_data(), KEY, request.headers.get("Elements-Webhook-Signature", "")):
        return {"error": "the signature is not of this key"}, 401
    message = request.get_json().get("message")
    if isinstance(message, dict) and "events" in message:  # a bulk job's end has none
        app.config["events"].setdefault(
            message["eventId"], message["events"]
        )  # what comes again is done once
    return "", 204
