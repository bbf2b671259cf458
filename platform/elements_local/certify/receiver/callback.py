"""Callbacks to try a receiver with: the platform's own bytes, what can be wrong about them, and how they are sent."""

import json
import shlex
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import count
from secrets import randbelow, token_urlsafe
from select import select
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from elements_local.certify.battery import FailedError
from elements_local.certify.receiver.probe import Change, RecordKey
from elements_local.kit.api.json_text import encode
from elements_local.kit.http_message import Http, NoReply, Reply
from elements_local.kit.values import replace
from elements_local.kit.web.over_network import reason_of
from elements_local.kit.web.signature import sign
from elements_local.platform.bulk import job as bulk_job
from elements_local.platform.bulk.job import BulkJob, BulkKind, BulkStatus
from elements_local.platform.configuration.callback_headers import SIGNATURE, WEBHOOK_ID
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.core.poll import EventType
from elements_local.platform.events import event
from elements_local.platform.events.event import CallbackForm
from elements_local.platform.events.records import ChangeEvent, Notification

_OWNER = User(
    id=33, account_id=11, company_id=22, email="owner@certify.example", first_name="Olive", last_name="Owner"
)
_ID_FIELDS = {"contacts": "CONTACT_ID", "accounts": "ORGANISATION_ID", "leads": "LEAD_ID"}
Envelope = dict[str, Any]


class ComposedCallback(Struct, frozen=True, kw_only=True):
    """One callback, as bytes.

    Attributes:
        signature: the header's value; None sends none.
        changes: what its events say of records.
    """

    body: bytes
    webhook_id: str
    signature: str | None = None
    changes: Mapping[RecordKey, Change] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """What is sent beside the body."""
        signed = {} if self.signature is None else {SIGNATURE: self.signature}
        return {"Content-Type": "application/json", WEBHOOK_ID: self.webhook_id, **signed}


class CallbackComposer(Struct, frozen=True, kw_only=True):
    """Composes callbacks of one instance, which no other check uses.

    Attributes:
        key: signs them; empty for none.
        now: the present, from which dates are counted.
    """

    key: str
    instance_id: int
    now: datetime
    numbers: "count[int]" = field(default_factory=lambda: count(randbelow(8_000_000) + 1_000_000))

    def new_id(self) -> int:
        """Return an id that has not been used."""
        return next(self.numbers)

    def change(
        self,
        *records: int,
        change: EventType = EventType.CREATED,
        object_type: str = "contacts",
        age: timedelta = timedelta(0),
        alter: Callable[[Envelope], None] = lambda _: None,
        raw: Sequence[Mapping[str, object]] = (),
    ) -> ComposedCallback:
        """Compose a callback.

        Args:
            records: ids of what changed; a new one if none are given.
            age: how long ago it changed and was polled.
            alter: changes the envelope before it is signed.
            raw: further records in ``raw``.
        """
        at = (self.now - age).replace(microsecond=0)
        ids = records or (self.new_id(),)
        notification = Notification(
            id=self.new_id(),
            event_id=token_urlsafe(15),
            created=at,
            poll_at=at,
            object_type=object_type,
            events=tuple(ChangeEvent(change=change, date=at, object_id=str(number)) for number in ids),
            raw=(*(_record(object_type, number, at) for number in ids), *raw),
        )
        body = event.body(notification, self._instance, _OWNER, hub="crm", form=CallbackForm())
        envelope: Envelope = json.loads(body)
        alter(envelope)
        changes = {(object_type, str(number)): Change(event_type=change.value, date=at) for number in ids}
        return self.signed(
            ComposedCallback(body=encode(envelope), webhook_id=str(notification.id), changes=changes)
        )

    def bulk_job(self) -> ComposedCallback:
        """Compose what is sent at the end of a bulk job, which has neither events nor an event id."""
        number, at = self.new_id(), self.now.replace(microsecond=0)
        job = BulkJob(
            id=self.new_id(),
            instance_id=self.instance_id,
            kind=BulkKind.QUERY,
            object_name="contacts",
            created=at,
            updated=at,
            status=BulkStatus.COMPLETED,
            records=3,
        )
        body = bulk_job.callback(job, self._instance, _OWNER, notification_id=number, payload={"run": 7})
        return self.signed(ComposedCallback(body=encode(body), webhook_id=str(number)))

    def signed(self, callback: ComposedCallback) -> ComposedCallback:
        """Sign a callback's bytes."""
        return replace(callback, signature=sign(callback.body, self.key) if self.key else None)

    @property
    def _instance(self) -> Instance:
        return Instance(
            id=self.instance_id,
            token="",
            name="Certified",
            tags=("Certified",),
            element_key="insightly",
            configuration={},
            created=self.now,
        )


def _record(object_type: str, number: int, at: datetime) -> dict[str, object]:
    stamp = f"{at:%Y-%m-%d %H:%M:%S}"
    return {
        _ID_FIELDS.get(object_type, "RECORD_ID"): number,
        "FIRST_NAME": "Ada",
        "LAST_NAME": "Lovelace",
        "DATE_CREATED_UTC": stamp,
        "DATE_UPDATED_UTC": stamp,
    }


_SIDE_BY_SIDE = 8
_BETWEEN_PIECES_S = 0.2


class Sender(Struct, frozen=True, kw_only=True):
    """Sends callbacks to a URL.

    Attributes:
        timeout: how long the receiver may take to answer.
    """

    url: str
    http: Http
    timeout: timedelta

    def send(self, callback: ComposedCallback) -> Reply | NoReply:
        """Send a callback."""
        return self.http.send("POST", self.url, headers=callback.headers, body=callback.body)

    def send_all(self, callbacks: Sequence[ComposedCallback]) -> list[Reply | NoReply]:
        """Send callbacks, several of them side by side."""
        left = iter(callbacks)

        def send_on() -> list[Reply | NoReply]:
            return [self.send(callback) for callback in left]

        # one task a thread: an interruption in the midst of handing on thousands may leave the pool's lock held
        threads = min(_SIDE_BY_SIDE, len(callbacks))
        pool = ThreadPoolExecutor(max_workers=threads)
        try:
            sending = [pool.submit(send_on) for _ in range(threads)]
            return [reply for each in sending for reply in each.result()]
        finally:
            deque(left, maxlen=0)  # an interruption waits for those under way, and for no more
            pool.shutdown()

    def send_in_pieces(self, callback: ComposedCallback) -> Reply | NoReply:
        """Send half a body, then the rest.

        Raises:
            FailedError: the receiver answered or hung up before the rest was sent.
        """
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout.total_seconds())
        half = len(callback.body) // 2
        try:
            connection.putrequest("POST", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}")
            for name, value in {**callback.headers, "Content-Length": str(len(callback.body))}.items():
                connection.putheader(name, value)
            connection.endheaders(callback.body[:half])
            if select([connection.sock], [], [], _BETWEEN_PIECES_S)[0]:
                raise FailedError(
                    "expected a body to be heard out, the receiver answered or hung up in the middle"
                )
            connection.send(callback.body[half:])
            answer = connection.getresponse()
            return Reply(status=answer.status, body=answer.read())
        except (OSError, HTTPException) as error:
            return NoReply(reason=reason_of(error, self.timeout))
        finally:
            connection.close()


def restart_by(command: str) -> Callable[[], None]:
    """Return what restarts a receiver by a command that ends when the receiver answers again."""

    def run() -> None:
        process = subprocess.run(shlex.split(command), check=False, capture_output=True, text=True)  # noqa: S603 - the user's own
        if process.returncode:
            raise FailedError(f"the restart command ended with {process.returncode}: {process.stderr[-500:]}")

    return run
