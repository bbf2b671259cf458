"""The change that is made in the CRM."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal

from msgspec import Struct

from elements_local.clients import WorkspaceClients
from elements_local.scenarios.records import COLLECTIONS, ID_FIELDS, TEXT_FIELDS, believable_fields
from elements_local.trigger.pollers import NothingToTriggerError

Change = Literal["created", "updated"]


class RecordChange(Struct, frozen=True, kw_only=True):
    """A change that was made.

    Attributes:
        at: when it was made, as the record is dated.
        fields: what was sent.
        ignored: those of them that the CRM does not know, each with the nearest that it does.
    """

    resource: str
    change: Change
    record_id: int
    at: str
    fields: Mapping[str, object]
    ignored: Mapping[str, str | None]


def make(
    clients: WorkspaceClients, resource: str, fields: Mapping[str, object], record_id: int | None
) -> RecordChange:
    """Create a record, or change one.

    Args:
        fields: to be created, beside what is believable; to be changed, a text unless there are some.
        record_id: which is changed; None creates one.

    Raises:
        CallError: the CRM refuses it.
    """
    collection = COLLECTIONS[resource]
    if record_id is None:
        sent = {**believable_fields(resource), **fields}
        answer = clients.crm.create(collection, sent)
    else:
        sent = dict(fields) or {TEXT_FIELDS[resource]: f"Changed at {clients.clock.show()['now']}"}
        answer = clients.crm.update(collection, record_id, sent)
    return RecordChange(
        resource=resource,
        change="created" if record_id is None else "updated",
        record_id=answer[ID_FIELDS[resource]],
        at=answer["DATE_UPDATED_UTC"],
        fields=sent,
        ignored={name: _nearest(name, answer) for name in sent if name not in answer},
    )


def record_to_change(clients: WorkspaceClients, resource: str, record_id: int | None) -> int:
    """Return the id of a record that is there: this one, or the one that was made last, or one from the start.

    Raises:
        NothingToTriggerError: there is none.
        CallError: it is not there.
    """
    collection = COLLECTIONS[resource]
    if record_id is not None:
        clients.crm.get(collection, record_id)
        return record_id
    changes = [change for change in clients.crm.changes() if change["resource"] == collection]
    gone = {change["recordId"] for change in changes if change["change"] == "DELETED"}
    created = [
        change["recordId"]
        for change in changes
        if change["change"] == "CREATED" and change["recordId"] not in gone
    ]
    if created:
        return int(created[-1])
    records = clients.crm.call("GET", f"{clients.crm.version}/{collection}?top=1")
    if records:
        number: int = records[0][ID_FIELDS[resource]]
        return number
    raise NothingToTriggerError(
        f"the CRM of workspace {clients.credentials.name!r} has no {resource}; "
        f"`elements-local trigger {resource} created` makes one"
    )


def _nearest(name: str, answer: Mapping[str, Any]) -> str | None:
    return next(iter(get_close_matches(name.upper(), answer, 1)), None)
