"""A receiver as it should be, and sixteen that each do one thing wrong."""

import hmac
import json
import threading
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from deadline import DEADLINE_S
from pytest_httpserver import HTTPServer
from werkzeug import Response

KEY = "a key of the receiver's"
TYPES = {"contacts", "accounts", "leads", "opportunities"}


class Server(HTTPServer):
    """Serves each request in a thread, and lets the receiver read the body itself."""

    def __init__(self, receiver):
        super().__init__(threaded=True)
        self.expect_request("/hook", method="POST").respond_with_handler(receiver.hook)
        self.expect_request("/state", method="GET").respond_with_handler(receiver.state)

    def application(self, request):
        return self.dispatch(request)


class Receiver:
    """Checks signatures over the bytes, remembers event ids, keeps the newest state of each record."""

    fails = None

    def __init__(self, *, now=None, patience=None):
        self.now = now or datetime.now(UTC)  # noqa: TID251 - as a receiver has it
        self.let_go = patience or threading.Event()
        self.lock = threading.Lock()
        self.stored = set()
        self.seen = set()
        self.records = {}

    def restart(self):
        """Forget what is not stored."""
        self.seen = set(self.stored)

    def state(self, _request):
        """Show what callbacks have left."""
        with self.lock:
            return Response(json.dumps(self.records, sort_keys=True), mimetype="application/json")

    def hook(self, request):
        """Take a callback."""
        body = self.read(request)
        if not self.is_genuine(body, request.headers.get("Elements-Webhook-Signature")):
            return Response("signature", status=401)
        envelope = json.loads(body)
        refused = self.refusal(envelope, request)
        if refused:
            return refused
        with self.lock:
            return self.process(envelope["message"])

    def read(self, request):
        return request.get_data()

    def is_genuine(self, body, signature):
        return signature is not None and hmac.compare_digest(signature.encode(), self.sign(body).encode())

    def sign(self, body):
        return "sha256=" + b64encode(hmac.digest(KEY.encode(), body, sha256)).decode()

    def refusal(self, envelope, request):
        """Return a refusal of what is genuine; a good receiver has none."""

    def process(self, message):
        if not self.is_new(message["eventId"]):
            return Response("{}")
        self.remember(message["eventId"])
        for change in message["events"]:
            self.apply(change)
        return Response("{}")

    def is_new(self, event_id):
        return event_id not in self.seen

    def remember(self, event_id):
        self.stored.add(event_id)
        self.seen.add(event_id)

    def apply(self, change):
        key = f"{change['objectType']}/{change['objectId']}"
        known = self.records.get(key)
        if known is None or change["date"] >= known["date"]:
            self.records[key] = {
                "date": change["date"],
                "type": change["eventType"],
                "times": self.times(known),
            }

    def times(self, known):
        return 1 if known is None else known["times"] + 1


class TakesHexadecimal(Receiver):
    fails = "wrong-signature"

    def is_genuine(self, body, signature):
        hexadecimal = "sha256=" + hmac.new(KEY.encode(), body, sha256).hexdigest()
        return signature == hexadecimal or super().is_genuine(body, signature)


class ChecksOnlyWhatIsThere(Receiver):
    fails = "missing-signature"

    def is_genuine(self, body, signature):
        return signature is None or super().is_genuine(body, signature)


class ChecksWhatItWroteAnew(Receiver):
    fails = "reserialised-signature"

    def is_genuine(self, body, signature):
        try:
            anew = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
        except ValueError:
            return False
        return super().is_genuine(anew, signature)


class LooksUpOldEventsOnly(Receiver):
    """Reads the ids of earlier events when it starts, and never again."""

    fails = "duplicate"

    def remember(self, event_id):
        self.stored.add(event_id)


class LastOneWins(Receiver):
    fails = "reordered"

    def apply(self, change):
        key = f"{change['objectType']}/{change['objectId']}"
        self.records[key] = {"date": change["date"], "type": change["eventType"]}


class HasAQuota(Receiver):
    fails = "burst"

    def __init__(self, **given):
        super().__init__(**given)
        self.counts = {}

    def process(self, message):
        count = self.counts[message["instanceId"]] = self.counts.get(message["instanceId"], 0) + 1
        return Response("slow down", status=429) if count > 40 else super().process(message)


class RefusesTheOld(Receiver):
    fails = "late"

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        created = datetime.strptime(envelope["createdDate"], "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
        return Response("stale", status=400) if self.now - created > timedelta(days=1) else None


class TakesOneEvent(Receiver):
    fails = "ten-events"

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        return None if len(envelope["message"]["events"]) == 1 else Response("one, please", status=400)


class KnowsFourTypes(Receiver):
    fails = "unknown-type"

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        known = envelope["message"]["raw"]["objectType"] in TYPES
        return None if known else Response("KeyError", status=500)


class HasAStrictSchema(Receiver):
    fails = "unknown-keys"

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        known = {"severity", "createdDate", "topic", "action", "id", "message", "user"}
        return None if envelope.keys() == known else Response("additional properties", status=422)


class InsertsOnly(Receiver):
    fails = "created-again"

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        for change in envelope["message"]["events"]:
            known = self.records.get(f"{change['objectType']}/{change['objectId']}")
            new = self.is_new(envelope["message"]["eventId"])
            if known and new and change["eventType"] == "CREATED" and change["date"] == known["date"]:
                return Response("UNIQUE constraint failed", status=500)
        return None


class KnowsNoEnd(Receiver):
    fails = "deleted"

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        kinds = {change["eventType"] for change in envelope["message"]["events"]}
        return None if kinds <= {"CREATED", "UPDATED"} else Response("ValueError", status=500)


class WorksBeforeItAnswers(Receiver):
    """Looks at each record before it answers; many of them take longer than anybody waits."""

    fails = "in-time"

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        raw = envelope["message"]["raw"]
        if len(raw[raw["objectType"]]) > 100:
            self.let_go.wait(DEADLINE_S)


class ReadsWhatIsThere(Receiver):
    """Takes what one read gives for the whole of a small body."""

    fails = "heard-out"

    def read(self, request):
        if request.content_length > 16_000:
            return super().read(request)
        return request.environ["wsgi.input"].read1(request.content_length)


class ForgetsOnRestart(Receiver):
    fails = "after-restart"

    def restart(self):
        self.seen.clear()


class HasALimit(Receiver):
    fails = "large"

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        return Response("too large", status=413) if request.content_length > 512 * 1024 else None


FAULTY = [
    TakesHexadecimal,
    ChecksOnlyWhatIsThere,
    ChecksWhatItWroteAnew,
    LooksUpOldEventsOnly,
    LastOneWins,
    HasAQuota,
    RefusesTheOld,
    TakesOneEvent,
    KnowsFourTypes,
    HasAStrictSchema,
    InsertsOnly,
    KnowsNoEnd,
    WorksBeforeItAnswers,
    ReadsWhatIsThere,
    ForgetsOnRestart,
    HasALimit,
]
