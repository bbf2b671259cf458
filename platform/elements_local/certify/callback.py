"""Callbacks to try a receiver with: the platform's own bytes, and what can be wrong or unusual about them."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from secrets import randbelow, token_urlsafe
from typing import Any

from msgspec import Struct, field

from mock_kit.api.json_text import encode
from mock_platform.callbacks.signature import sign
from mock_platform.configuration.callback_headers import SIGNATURE, WEBHOOK_ID
from mock_platform.core.instance import Instance, User
from mock_platform.core.poll import EventType
from mock_platform.events import event
from mock_platform.events.event import CallbackForm
from mock_platform.events.records import ChangeEvent, Notification

_OWNER = User(
    id=33, account_id=11, company_id=22, email="owner@certify.example", first_name="Olive", last_name="Owner"
)
_ID_FIELDS = {"contacts": "CONTACT_ID", "accounts": "ORGANISATION_ID", "leads": "LEAD_ID"}
Envelope = dict[str, Any]


class ComposedCallback(Struct, frozen=True, kw_only=True):
    """One callback, as bytes.

    Attributes:
        signature: the header's value; None sends none.
    """

    body: bytes
    webhook_id: str
    signature: str | None

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
        instance = Instance(
            id=self.instance_id,
            token="",
            name="Certified",
            tags=("Certified",),
            element_key="insightly",
            configuration={},
            created=at,
        )
        body = event.body(notification, instance, _OWNER, hub="crm", form=CallbackForm())
        envelope: Envelope = json.loads(body)
        alter(envelope)
        return self.signed(encode(envelope), envelope["id"])

    def signed(self, body: bytes, webhook_id: str) -> ComposedCallback:
        """Sign bytes."""
        return ComposedCallback(
            body=body, webhook_id=webhook_id, signature=sign(body, self.key) if self.key else None
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
