"""A receiver with FastAPI: ``uvicorn with_fastapi:app --port 8000``."""

import json
import os

from fastapi import FastAPI, Request, Response
from signature import is_signed

KEY = os.environ.get("CALLBACK_SIGNATURE_KEY", "a-key-of-your-own")

app = FastAPI()
app.state.events = {}  # a table of yours, by eventId


@app.post("/callbacks")
async def callbacks(request: Request):
    body = await request.body()  # the bytes as they came, not a parsed parameter
    if not is_signed(body, KEY, request.headers.get("Elements-Webhook-Signature", "")):
        return Response(status_code=401)
    message = json.loads(body).get("message")
    if isinstance(message, dict) and "events" in message:  # a bulk job's end has none
        app.state.events.setdefault(message["eventId"], message["events"])  # what comes again is done once
    return Response(status_code=204)
