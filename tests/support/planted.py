"""Planted causes: what goes wrong in a small world, the word of the cause that its planter knows to be true, and its cure.

A world is lived twice: as it is planted, and with the cure that was found applied by this module's own hands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from elements_local.guide import instance_body

DATES = {
    "updatedDateField": "DATE_UPDATED_UTC",
    "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
    "updatedDateTimezone": "GMT",
    "createdDateField": "DATE_CREATED_UTC",
    "createdDateFormat": "yyyy-MM-dd HH:mm:ss",
    "createdDateTimezone": "GMT",
}
URL = "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'"
POLLER = "event.poller.configuration"
CALLBACK_URL = "event.notification.callback.url"
LISTS = "/v2.2/contacts*"


@dataclass(frozen=True)
class Cure:
    """What an explanation offers: where, and which change."""

    where: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)

    def of_block(self, block: dict[str, Any]) -> dict[str, Any]:
        """Return a block with the cure's keys in it."""
        if self.where != "configuration" or "disabled" in self.change:
            return block
        keys = {key: value for key, value in self.change.items() if "." not in key}
        dates = dict(block["datesConfiguration"])
        beside = {key: value for key, value in block.items() if key != "datesConfiguration"}
        for key, value in keys.items():
            if key == "datesConfiguration":
                dates = value
            elif key in DATES:
                dates[key] = value
            else:
                beside[key] = value
        return {**beside, "datesConfiguration": dates}

    def of_instance(self) -> dict[str, Any]:
        """Return the cure's keys of the instance."""
        return (
            {key: value for key, value in self.change.items() if "." in key}
            if self.where == "configuration"
            else {}
        )


class World:
    """A workspace that polls contacts, and what goes wrong in it."""

    def __init__(self, clients: Any, planted: "Planted", cure: Cure) -> None:
        self.clients = clients
        self.elsewhere: Any = None
        self.planted = planted
        self.cure = cure
        self.records: dict[str, int] = {}
        self.seqs: list[int] = []
        self.block: dict[str, Any] = {}
        self.instance: dict[str, Any] = {}

    def begin(self) -> None:
        """Make the instance."""
        planted, cure = self.planted, self.cure
        block = {
            "url": URL,
            "idField": "CONTACT_ID",
            "datesConfiguration": {**DATES, **planted.dates},
            **planted.block,
        }
        block["datesConfiguration"] = {k: v for k, v in block["datesConfiguration"].items() if v is not None}
        block = {key: value for key, value in block.items() if value is not None}
        body = instance_body(self.clients.credentials)
        blocks = {planted.resource: cure.of_block(block), **planted.others}
        polled = {POLLER: blocks, **planted.keys}
        if cure.change.get("url") and planted.asked_as:
            polled[POLLER] = {planted.asked_as: cure.of_block({"datesConfiguration": {}})}
        body["configuration"] |= {**polled, **cure.of_instance()}
        if self.cure.change.get(CALLBACK_URL) == "{callback_url}":
            body["configuration"][CALLBACK_URL] = self.clients.credentials.callback_url
        self.block = blocks[planted.resource]
        self.instance = self.clients.platform.create_instance(body)

    def fault(self, effect: Mapping[str, Any], path: str = "*", **rule: Any) -> None:
        """Let the CRM do something wrong, unless the cure is that it does not."""
        if self.cure.where == "crm":
            return
        when = {"when": rule.pop("when")} if "when" in rule else {}
        self.clients.crm.script_faults(
            [{"match": {"path": path, **rule.pop("match", {})}, "effect": dict(effect), **when, **rule}]
        )

    def answers(self, *responses: Mapping[str, Any]) -> None:
        """Let the receiver answer so, unless the cure is that it does not."""
        if self.cure.where != "receiver" or "release" in self.cure.change:
            self.clients.sink.respond(*responses)

    def create(self, name: str = "ada", **fields: Any) -> None:
        """Create a contact."""
        made = self.clients.crm.create("Contacts", {"FIRST_NAME": name.title(), **fields})
        self.records[name] = made["CONTACT_ID"]

    def update(self, name: str = "ada", **fields: Any) -> None:
        """Change a contact."""
        self.clients.crm.update("Contacts", self.records[name], fields or {"TITLE": "Countess"})

    def delete(self, name: str = "ada") -> None:
        """Delete a contact."""
        self.clients.crm.delete("Contacts", self.records[name])

    def wait(self, duration: str | int) -> None:
        """Let time go on."""
        self.clients.clock.advance(duration)

    def request(self, method: str, path: str, json: object = None) -> Any:
        """Call the platform below its base path; ``{id}`` is the instance's."""
        path = path.format(id=self.instance["id"])
        return self.clients.platform.call(method, f"/elements/api-v2{path}", json=json)

    def configure(self, keys: Mapping[str, Any]) -> None:
        """Change the instance's configuration; keys that the cure has set keep its value."""
        kept = {key: value for key, value in keys.items() if key not in self.cure.of_instance()}
        if kept:
            self.clients.platform.patch_instance(self.instance["id"], {"configuration": kept})

    def live(self) -> None:
        """Live through it, and on until whatever the cure brings has come."""
        if self.planted.before:
            self.planted.before(self)
        self.begin()
        self.planted.story(self)
        if self.cure.change.get("disabled") is False:
            self.request("PUT", "/instances/{id}/enabled")
        if "release" in self.cure.change:
            self.request(*self.cure.change["release"].split(" ", 1))
        if self.cure.where:
            target = self.cure.change.get("to")
            self.clients.clock.advance(None if target else "30m", to=target)

    def change(self) -> dict[str, Any]:
        """Return the change that is asked about, as the CRM logged it."""
        name, nth = self.planted.about
        own = [one for one in self.clients.crm.changes() if one["recordId"] == str(self.records[name])]
        return own[nth]

    def asked(self) -> dict[str, Any]:
        """Return what the platform is asked."""
        resource = self.planted.asked_as or self.planted.resource
        record = {"record_id": self.records[self.planted.about[0]]}
        what = record if self.planted.latest else {"change": self.change()["seq"]}
        return {"instance_id": self.instance["id"], "resource": resource, **what}

    def taken(self) -> list[dict[str, Any]]:
        """Return the events about the record that the sink took with a signature that holds, since the change."""
        number, at = str(self.records[self.planted.about[0]]), self.change()["at"]
        return [
            event
            for callback in self.clients.sink.callbacks()
            if callback["status"] == 200
            and callback["signature"] == "valid"
            and callback["received_at"] >= at
            for event in callback["json"]["message"]["events"]
            if event.get("objectId") == number
        ]


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A cause that is planted.

    Attributes:
        cause: its word.
        story: what happens once the instance is there.
        before: what happens before.
        about: which contact's change is asked about, and which of its changes.
        block, dates, keys: what differs in the block, its dates, the instance's configuration; None takes a key out.
        settings: of the stack.
        expected: what the callback has to call it.
        incurable: a part of the reason why nothing helps; empty if something does.
        where: of the cure; empty for any.
        audited: whether an audit calls it by the same word.
        says: what the sentence has to hold: a number of contact ``ada`` as ``{ada}``.
        never: what is false, and must be said nowhere.
        latest: whether the record is asked about, and not a change of it.
        warned: the rule of lint that says it of the configuration alone; empty if none can.
    """

    name: str
    cause: str
    story: Callable[[World], None]
    before: Callable[[World], None] | None = None
    about: tuple[str, int] = ("ada", -1)
    resource: str = "contacts"
    asked_as: str = ""
    block: Mapping[str, Any] = field(default_factory=dict)
    dates: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    start: str = "2026-03-02T10:00:00Z"
    records: int = 0
    expected: str = "CREATED"
    incurable: str = ""
    where: str = ""
    audited: bool = True
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    latest: bool = False
    warned: str = ""

    def __str__(self) -> str:
        return self.name


def lived(stack: Any, planted: Planted, cure: Cure) -> World:
    """Live through a planted cause in a workspace of its own, with a cure in it."""
    clients = stack.new_workspace(start=planted.start, records=planted.records)
    world = World(clients, planted, cure)
    world.live()
    return world
