"""Three receivers as they should be, of different design, and others that each do one thing wrong; TABLE says what it fails."""

import hmac
import json
import threading
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from queue import SimpleQueue

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


def events_of(envelope):
    return envelope["message"].get("events", ())


class Receiver:
    """Checks signatures over the bytes, remembers event ids, keeps the newest state of each record."""

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
            return Response(json.dumps(self.kept()), mimetype="application/json")

    def kept(self):
        return list(self.records.values())

    def stop(self):
        """Let go of whatever is held up, or at work."""
        self.let_go.set()

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
        if "events" not in message:
            self.end_of_bulk_job(message)
        elif self.is_new(message["eventId"]):
            self.remember(message["eventId"])
            self.apply_all(message["events"])
        return Response("{}")

    def end_of_bulk_job(self, message):
        """Take what has no events."""

    def apply_all(self, changes):
        for change in changes:
            self.apply(change)

    def is_new(self, event_id):
        return event_id not in self.seen

    def remember(self, event_id):
        self.stored.add(event_id)
        self.seen.add(event_id)

    def apply(self, change):
        key = f"{change['objectType']}/{change['objectId']}"
        known = self.records.get(key)
        if known is None or change["date"] >= known["date"]:
            self.records[key] = {**change, "times": self.times(known)}

    def times(self, known):
        return 1 if known is None else known["times"] + 1


class TakesHexadecimal(Receiver):
    def is_genuine(self, body, signature):
        hexadecimal = "sha256=" + hmac.new(KEY.encode(), body, sha256).hexdigest()
        return signature == hexadecimal or super().is_genuine(body, signature)


class ChecksOnlyWhatIsThere(Receiver):
    def is_genuine(self, body, signature):
        return signature is None or super().is_genuine(body, signature)


class ChecksWhatItWroteAnew(Receiver):
    def is_genuine(self, body, signature):
        try:
            anew = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
        except ValueError:
            return False
        return super().is_genuine(anew, signature)


class LooksUpOldEventsOnly(Receiver):
    """Reads the ids of earlier events when it starts, and never again."""

    def remember(self, event_id):
        self.stored.add(event_id)


class LastOneWins(Receiver):
    def apply(self, change):
        key = f"{change['objectType']}/{change['objectId']}"
        self.records[key] = change


class HasAQuota(Receiver):
    def __init__(self, **given):
        super().__init__(**given)
        self.counts = {}

    def process(self, message):
        count = self.counts[message["instanceId"]] = self.counts.get(message["instanceId"], 0) + 1
        return Response("slow down", status=429) if count > 15 else super().process(message)


class RefusesTheOld(Receiver):
    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        created = datetime.strptime(envelope["createdDate"], "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
        return Response("stale", status=400) if self.now - created > timedelta(days=1) else None


class TakesOneEvent(Receiver):
    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        return None if len(events_of(envelope)) < 2 else Response("one, please", status=400)


class KnowsFourTypes(Receiver):
    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        known = {change["objectType"] for change in events_of(envelope)} <= TYPES
        return None if known else Response("KeyError", status=500)


class HasAStrictSchema(Receiver):
    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        known = {"severity", "createdDate", "topic", "action", "id", "message", "user"}
        return None if envelope.keys() == known else Response("additional properties", status=422)


class InsertsOnly(Receiver):
    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        for change in events_of(envelope):
            known = self.records.get(f"{change['objectType']}/{change['objectId']}")
            new = self.is_new(envelope["message"]["eventId"])
            if known and new and change["eventType"] == "CREATED" and change["date"] == known["date"]:
                return Response("UNIQUE constraint failed", status=500)
        return None


class KnowsNoEnd(Receiver):
    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        kinds = {change["eventType"] for change in events_of(envelope)}
        return None if kinds <= {"CREATED", "UPDATED"} else Response("ValueError", status=500)


class WorksBeforeItAnswers(Receiver):
    """Looks at each record before it answers; many of them take longer than anybody waits."""

    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        raw = envelope["message"].get("raw", {})
        if len(raw.get("contacts", ())) > 100:
            self.let_go.wait(DEADLINE_S)


class ReadsWhatIsThere(Receiver):
    """Takes what one read gives for the whole of a small body."""

    def read(self, request):
        if request.content_length > 16_000:
            return super().read(request)
        return request.environ["wsgi.input"].read1(request.content_length)


class ForgetsOnRestart(Receiver):
    def restart(self):
        self.seen.clear()


class HasALimit(Receiver):
    def refusal(self, envelope, request):  # noqa: ARG002 - as above
        return Response("too large", status=413) if request.content_length > 512 * 1024 else None


class KeepsALog(Receiver):
    """Right, too: appends each event once to a log, by its id, and orders nothing."""

    def kept(self):
        return self.log

    def __init__(self, **given):
        super().__init__(**given)
        self.log = {}

    def process(self, message):
        self.log.setdefault(message.get("eventId", f"bulk {len(self.log)}"), message)
        return Response("", status=204)


class WorksFromAQueue(Receiver):
    """Right, too: answers at once, works later, knows no event ids, and removes what is deleted."""

    def __init__(self, **given):
        super().__init__(**given)
        self.queue = SimpleQueue()
        self.worker = threading.Thread(target=self.work)
        self.worker.start()

    def process(self, message):
        self.queue.put(message)
        return Response("", status=202)

    def work(self):
        while (message := self.queue.get()) is not None:
            with self.lock:
                self.apply_all(message.get("events", ()))

    def apply(self, change):
        key = f"{change['objectType']}/{change['objectId']}"
        known = self.records.get(key)
        if change["eventType"] == "DELETED":
            self.records.pop(key, None)
        elif known is None or change["date"] > known["date"]:
            self.records[key] = {name: change[name] for name in ("objectType", "objectId", "date")}

    def stop(self):
        self.queue.put(None)
        self.worker.join()
        super().stop()


class WorksWhenTheNextComes(Receiver):
    """Late with all that it does: until something comes the next time, genuine or not."""

    def __init__(self, **given):
        super().__init__(**given)
        self.late = []

    def read(self, request):
        with self.lock:
            for message in self.late:
                super().process(message)
            self.late = []
        return super().read(request)

    def process(self, message):
        self.late.append(message)
        return Response("", status=202)


class CallsRecordsAnotherName(Receiver):
    """Shows what it keeps under names of its own, which no probe should."""

    def kept(self):
        return [
            {**each, "objectType": "Contact", "objectId": f"c{each['objectId']}"} for each in super().kept()
        ]


class MailsWhatItRefuses(Receiver):
    """Keeps nothing of what is forged, but sends a mail each time."""

    mails = 0

    def kept(self):
        return {"records": super().kept(), "mails": self.mails}

    def is_genuine(self, body, signature):
        genuine = super().is_genuine(body, signature)
        self.mails += not genuine
        return genuine


class CountsAgainLater(Receiver):
    """Counts how often it heard of a record; what comes again is counted when it has the next new event to do."""

    def __init__(self, **given):
        super().__init__(**given)
        self.left = []

    def process(self, message):
        if message.get("eventId") in self.seen:
            self.left += message["events"]
            return Response("{}")
        answer = super().process(message)
        self.apply_all(self.left)
        self.left = []
        return answer


class KeepsNothing(Receiver):
    def process(self, message):  # noqa: ARG002 - that is what is wrong with it
        return Response("", status=204)


class DoesItTwice(KeepsALog):
    def kept(self):
        return [dict(self.log), dict(self.log)]


class MailsEachTime(Receiver):
    """Keeps each event once, and sends a mail whenever one comes."""

    mails = 0

    def kept(self):
        return {"records": super().kept(), "mails": self.mails}

    def process(self, message):
        self.mails += 1
        return super().process(message)


class DropsLaterChanges(Receiver):
    def apply(self, change):
        self.records.setdefault(f"{change['objectType']}/{change['objectId']}", change)


class ReadsTheFirstEvent(Receiver):
    def apply_all(self, changes):
        super().apply_all(changes[:1])


class CallsAllOfThemCreated(Receiver):
    def apply(self, change):
        super().apply({**change, "eventType": "CREATED"})


class DeletesAllOfAType(Receiver):
    def apply(self, change):
        if change["eventType"] == "DELETED":
            self.records.clear()
        super().apply(change)


class ComparesThreeCharacters(Receiver):
    def is_genuine(self, body, signature):
        return signature is not None and signature[:10] == self.sign(body)[:10]


class ComparesTheEnd(Receiver):
    def is_genuine(self, body, signature):
        return signature is not None and signature[-8:] == self.sign(body)[-8:]


class ComparesBothEnds(ComparesThreeCharacters):
    def is_genuine(self, body, signature):
        return super().is_genuine(body, signature) and signature[-8:] == self.sign(body)[-8:]


class ComparesWithoutCase(Receiver):
    def is_genuine(self, body, signature):
        return signature is not None and signature.lower() == self.sign(body).lower()


class ComparesTheLength(Receiver):
    def is_genuine(self, body, signature):
        return signature is not None and len(signature) == len(self.sign(body))


class ReadsEventsAlways(Receiver):
    def process(self, message):
        return super().process(message) if "events" in message else Response("KeyError", status=500)


class StartsAnewAfterABulkJob(Receiver):
    def end_of_bulk_job(self, message):  # noqa: ARG002 - as above
        self.records.clear()


class KeepsWhatItRefuses(Receiver):
    def is_genuine(self, body, signature):
        genuine = super().is_genuine(body, signature)
        if not genuine:
            self.apply_all(events_of(json.loads(body)))
        return genuine


SHOWN_BY_EFFECTS = {
    "valid-signature", "reserialised-signature", "duplicate", "reordered", "burst", "late", "ten-events", "unknown-keys",
    "created-again", "updated", "deleted", "in-time", "heard-out", "after-restart", "large",
}  # fmt: skip

RIGHT = [Receiver, KeepsALog, WorksFromAQueue]

TABLE = {
    KeepsNothing: SHOWN_BY_EFFECTS,
    DoesItTwice: SHOWN_BY_EFFECTS,
    MailsEachTime: {"duplicate", "after-restart"},
    DropsLaterChanges: {"updated", "deleted"},
    ReadsTheFirstEvent: {"ten-events"},
    CallsAllOfThemCreated: {"reordered", "updated", "deleted"},
    DeletesAllOfAType: {"deleted"},
    ComparesThreeCharacters: {"wrong-signature"},
    ComparesTheEnd: {"wrong-signature"},
    ComparesBothEnds: {"wrong-signature"},
    ComparesWithoutCase: {"wrong-signature"},
    ComparesTheLength: {"wrong-signature", "reserialised-signature"},
    TakesHexadecimal: {"wrong-signature"},
    ReadsEventsAlways: {"bulk-job"},
    StartsAnewAfterABulkJob: {"bulk-job"},
    KeepsWhatItRefuses: {"wrong-signature", "missing-signature", "reserialised-signature"},
    WorksWhenTheNextComes: SHOWN_BY_EFFECTS,
    CallsRecordsAnotherName: SHOWN_BY_EFFECTS,
    MailsWhatItRefuses: {"wrong-signature", "missing-signature", "reserialised-signature"},
    CountsAgainLater: {"duplicate", "after-restart"},
    ChecksOnlyWhatIsThere: {"missing-signature"},
    ChecksWhatItWroteAnew: {"reserialised-signature"},
    LooksUpOldEventsOnly: {"duplicate"},
    LastOneWins: {"reordered"},
    HasAQuota: {"burst"},
    RefusesTheOld: {"late"},
    TakesOneEvent: {"ten-events"},
    KnowsFourTypes: {"unknown-type"},
    HasAStrictSchema: {"unknown-keys"},
    InsertsOnly: {"created-again"},
    KnowsNoEnd: {"deleted"},
    ReadsWhatIsThere: {"heard-out"},
    ForgetsOnRestart: {"after-restart"},
    HasALimit: {"large"},
}
"""What each of the others fails; one that takes too long is tried by itself."""
