"""Callbacks to try a receiver with: the platform's own bytes, and what can be wrong or unusual about them."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from secrets import randbelow, token_urlsafe
from typing import Any

from msgspec import Struct, field

from elements_local.certify.probe import Change, RecordKey
from elements_local.kit.api.json_text import encode
from elements_local.kit.values import replace
from elements_local.platform.bulk import job as bulk_job
from elements_local.platform.bulk.job import BulkJob, BulkKind, BulkStatus
from elements_local.platform.callbacks.signature import sign
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
