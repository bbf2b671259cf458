"""Planted causes: what goes wrong in a small world, the word of the cause that its planter knows to be true, and its cure.

A world is lived twice: as it is planted, and with the cure that was found applied by this module's own hands.

A story is a list of steps. A text is a duration to wait, or ``create``, ``update``, ``rewrite`` or ``delete`` with the name of a
record, ``ada`` unless it is said. Others are a word with what it takes: ``fault``, ``answers``, ``configure``, ``map``, ``make``,
``instance``, and the requests ``platform``, ``hub``, ``crm``, ``sink``, ``crm_of_another``; see ``World``. In texts ``<id>`` is the
instance, ``<ada>`` the record's number, ``<bin>`` the workspace, ``<subscription>`` the instance's, ``<key of another>`` another CRM's;
a CRM may bring words of its own.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import yaml

from elements_local.clients.guide import DATE_KEYS, block_of, instance_body
from elements_local.clients.records import INSIGHTLY, Kinds, with_value
from elements_local.kit.instants import parse_instant

CREATED = ("1m", "create", "15m")
STORIES = {"created": CREATED, "updated": (*CREATED, "update", "15m")}

POLLER = "event.poller.configuration"
CALLBACK_URL = "event.notification.callback.url"
ENABLED = "/instances/<id>/enabled"
WORD = "<([a-z ]+)>"


@dataclass(frozen=True)
class Cure:
    """What an explanation offers: where, and which change."""

    where: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)

    def of_block(self, block: dict[str, Any]) -> dict[str, Any]:
        """Return a block with the cure's keys in it."""
        if self.where != "configuration" or "disabled" in self.change:
            return block
        keys = {
            key: value for key, value in self.change.items() if "." not in key and key != "transformation"
        }
        dates = dict(block["datesConfiguration"])
        beside = {key: value for key, value in block.items() if key != "datesConfiguration"}
        for key, value in keys.items():
            if key == "datesConfiguration":
                dates = value
            elif key.startswith(DATE_KEYS):
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
    """A workspace that polls the records of a CRM, and what goes wrong in it.

    Attributes:
        sort: how records are made.
        usual: the block by which their element has them polled.
        vendor: plays the CRM.
    """

    def __init__(self, stack: Any, planted: "Planted", cure: Cure) -> None:
        self._stack = stack
        self.clients = stack.new_workspace(seed=7, start=planted.start, records=planted.records)
        self.planted = planted
        self.cure = cure
        kinds = Kinds(self.clients.credentials.crms, first=planted.element, alone=True)
        self.sort, self.usual = kinds.of(planted.kind), block_of(kinds, planted.kind)
        self.vendor = self.clients.fakes.get(planted.element, self.clients.crm)
        self.records: dict[str, int] = {}
        self.block: dict[str, Any] = {}
        self.instance: dict[str, Any] = {}

    def begin(self) -> None:
        """Make the instance."""
        planted, cure = self.planted, self.cure
        dates = {**self.usual["datesConfiguration"], **self.filled(planted.dates)}
        block = {**self.usual, "datesConfiguration": dates, **self.filled(planted.block)}
        block["datesConfiguration"] = {k: v for k, v in block["datesConfiguration"].items() if v is not None}
        block = {key: value for key, value in block.items() if value is not None}
        body = self.body()
        others = {name: self.usual if each == "the usual" else each for name, each in planted.others.items()}
        blocks = {planted.resource: cure.of_block(block), **others}
        polled = {POLLER: blocks, **self.filled(planted.keys)}
        if cure.change.get("url") and planted.asked_as:
            polled[POLLER] = {planted.asked_as: cure.of_block({"datesConfiguration": {}})}
        body["configuration"] |= {**polled, **cure.of_instance()}
        if self.cure.change.get(CALLBACK_URL) == "{callback_url}":
            body["configuration"][CALLBACK_URL] = self.clients.credentials.callback_url
        self.block = blocks[planted.resource]
        self.instance = self.clients.platform.create_instance(body)

    def body(self) -> dict[str, Any]:
        """Return the body of an instance as the guide, or its element, has it."""
        return instance_body(self.clients.credentials, element=self.planted.element)

    def fault(self, effect: Mapping[str, Any], path: str = "*", **rule: Any) -> None:
        """Let the CRM do something wrong, unless the cure is that it does not."""
        if self.cure.where == "crm":
            return
        when = {"when": rule.pop("when")} if "when" in rule else {}
        self.vendor.script_faults(
            [{"match": {"path": path, **rule.pop("match", {})}, "effect": dict(effect), **when, **rule}]
        )

    def fault_at_platform(self, effect: Mapping[str, object], path: str) -> None:
        """Let the platform do something wrong, unless the cure is that it does not."""
        rule = {"match": {"path": path}, "effect": dict(effect)}
        if self.cure.where != "platform":
            self.clients.platform.call("PUT", "/_local/faults", json={"faults": [rule]})

    def answers(self, *responses: Mapping[str, Any]) -> None:
        """Let the receiver answer so, unless the cure is that it does not."""
        if self.cure.where != "receiver" or "release" in self.cure.change:
            self.clients.sink.respond(*responses)

    def create(self, name: str = "ada", /, **fields: Any) -> None:
        """Create a record."""
        sent = {**self.sort.fields_called(name.title()), **fields}
        self.records[name] = self.clients.crm.create(self.sort.address, sent)[self.sort.id]

    def update(self, name: str = "ada", /, **fields: Any) -> None:
        """Change a record."""
        sent = fields or with_value({}, self.sort.text, "Countess")
        self.clients.crm.update(self.sort.address, self.records[name], sent)

    def rewrite(self, name: str = "ada") -> None:
        """Write a record's name once more."""
        self.update(name, **self.sort.fields_called(name.title()))

    def forget(self, name: str = "ada") -> None:
        """Have a record's name stand for one that was never made."""
        self.records[name] = 999_999

    def delete(self, name: str = "ada") -> None:
        """Delete a record."""
        self.clients.crm.delete(self.sort.address, self.records[name])

    def wait(self, duration: str | int) -> None:
        """Let time go on."""
        self.clients.clock.advance(duration)

    def request(self, client: Any, method: str, path: str, body: Any = None, *, base: str = "") -> Any:
        """Send a request, in whose texts names stand for what there is."""
        return client.call(method, base + self.filled(path), json=self.filled(body))

    def platform(self, method: str, path: str, body: Any = None) -> Any:
        """Call the platform below its base path."""
        return self.request(self.clients.platform, method, path, body, base="/elements/api-v2")

    def crm(self, *request: Any) -> None:
        """Call the CRM."""
        self.request(self.clients.crm, *request)

    def sink(self, *request: Any) -> None:
        """Call the sink."""
        self.request(self.clients.sink, *request)

    def hub(self, *request: Any) -> None:
        """Call the instance's hub; a contact that it makes is ``ada``."""
        made = self.request(self.clients.platform.hub(self.instance["token"]), *request)
        self.records.setdefault("ada", made[self.sort.id])

    def crm_of_another(self, *request: Any) -> None:
        """Call the CRM with the key of another workspace."""
        self.request(self.another.crm, *request)

    def make(self, collection: str, id_field: str, fields: Mapping[str, Any]) -> None:
        """Make a record of another collection, which is then what is asked about."""
        self.records["ada"] = self.clients.crm.create(collection, fields)[id_field]

    def map(self, vendor_name: str, fields: Mapping[str, str], **more: Any) -> None:
        """Let a transformation of the resource show fields under other names."""
        name = self.planted.resource
        defined = [{"path": path, "type": "string"} for path in fields]
        moved = [{"path": path, "vendorPath": vendor} for path, vendor in fields.items()]
        self.platform("POST", f"/instances/<id>/objects/{name}/definitions", {"fields": defined})
        mapping = self.cure.change.get("transformation") or {
            "vendorName": vendor_name,
            "fields": moved,
            **more,
        }
        self.platform("POST", f"/instances/<id>/transformations/{name}", mapping)

    def drop(self, vendor_name: str, fields: Mapping[str, str]) -> None:
        """Let a transformation of the resource show fields under other names, and nothing else."""
        rest = [{"type": "passThrough", "properties": {"fromVendor": False}}]
        self.map(vendor_name, fields, configuration=rest)

    def another_instance(self, name: str) -> None:
        """Make another instance as the guide has it, with the same callback URL."""
        self.clients.platform.create_instance({**self.body(), "name": name})

    @cached_property
    def another(self) -> Any:
        """The clients of another workspace."""
        return self._stack.new_workspace(seed=8, start=self.planted.start)

    def filled(self, value: Any) -> Any:
        """Put what there is in the places of its names."""
        match value:
            case dict():
                return {key: self.filled(inner) for key, inner in value.items()}
            case list():
                return [self.filled(inner) for inner in value]
            case str() if whole := re.fullmatch(WORD, value):
                return self._named(whole[1])
            case str():
                return re.sub(WORD, lambda found: str(self._named(found[1])), value)
        return value

    def _named(self, name: str) -> Any:
        match name:
            case "id":
                return self.instance["id"]
            case "bin":
                return self.clients.credentials.name
            case "job":
                return self.platform("GET", "/jobs")[0]["id"]
            case "subscription":
                return self.platform("GET", "/notifications/subscriptions")[0]["id"]
            case "key of another":
                return self.another.credentials.crm_api_key
        return {**self.records, **self.planted.words}[name]

    def take(self, step: Any) -> None:
        """Take a step of a story."""
        match step:
            case dict():
                ((word, taken),) = step.items()
                self._take(word, taken)
            case str() if step in STORIES:
                self.tell(STORIES[step])
            case str():
                word, _, name = step.partition(" ")
                words = (self.create, self.update, self.rewrite, self.forget, self.delete)
                does = {each.__name__: each for each in words}.get(word)
                does(name or "ada") if does else self.wait(step)

    def _take(self, word: str, taken: Any) -> None:
        match word:
            case "fault":
                self.fault(**self.filled(taken))
            case "configure":
                self.configure(self.filled(taken))
            case _:
                takes: dict[str, Callable[..., Any]] = {
                    "answers": self.answers,
                    "another_instance": self.another_instance,
                    "crm": self.crm,
                    "crm_of_another": self.crm_of_another,
                    "drop": self.drop,
                    "fault_at_platform": self.fault_at_platform,
                    "hub": self.hub,
                    "make": self.make,
                    "map": self.map,
                    "platform": self.platform,
                    "sink": self.sink,
                }
                takes[word](*self.filled(taken))

    def tell(self, steps: Any) -> None:
        """Take all steps of a story."""
        for step in steps:
            self.take(step)

    def configure(self, keys: Mapping[str, Any]) -> None:
        """Change the instance's configuration; keys that the cure has set keep its value."""
        kept = {key: value for key, value in keys.items() if key not in self.cure.of_instance()}
        if kept:
            self.clients.platform.patch_instance(self.instance["id"], {"configuration": kept})

    def live(self) -> None:
        """Live through it, and on until whatever the cure brings has come."""
        story = self.planted.story
        self.tell(self.planted.before)
        self.begin()
        if isinstance(story, str) and story not in STORIES:
            OF_THE_BLOCK[story](self)
        else:
            self.tell([story] if isinstance(story, str) else story)
        if self.cure.change.get("disabled") is False:
            self.platform("PUT", ENABLED)
        if "release" in self.cure.change:
            self.platform(*self.cure.change["release"].split(" ", 1))
        if self.cure.where:
            target = self.cure.change.get("to")
            self.clients.clock.advance(None if target else "30m", to=target)

    def mend(self, fix: Mapping[str, Any]) -> None:
        """Do what an explanation proposes, as it is printed."""
        for part in (fix, *fix["also"]):
            match part:
                case {"patch": dict(patch)}:
                    self.clients.platform.patch_instance(self.instance["id"], patch)
                case {"change": {"disabled": False}}:
                    self.platform("PUT", ENABLED)
                case {"change": {"transformation": mapping}}:
                    self.platform("PUT", f"/instances/<id>/transformations/{self.planted.resource}", mapping)
                case {"change": {"release": release}}:
                    self.platform(*release.split(" ", 1))
                case {"where": "crm" | "platform" as place, "change": effects}:
                    where = self.clients.platform if place == "platform" else self.vendor
                    rules = where.call("GET", "/_local/faults")["faults"]
                    rules = [rule for rule in rules if not rule["effect"].keys() <= effects.keys()]
                    kept = [{key: rule[key] for key in ("match", "effect") if key in rule} for rule in rules]
                    where.call("PUT", "/_local/faults", json={"faults": kept})
                case {"where": "receiver"}:
                    self.clients.sink.call("DELETE", f"/_local/responses?bin={self.clients.credentials.name}")

    def again(self, said: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Make a like change, as long before a poll as the one that was asked about, and return the events of it."""
        poller = next(
            one for one in self.clients.platform.pollers() if one["instanceId"] == self.instance["id"]
        )
        number = self.platform("GET", "/instances/<id>")["configuration"]["event.poller.refresh_interval"]
        interval, due = timedelta(minutes=int(number)), parse_instant(poller["nextPoll"])
        ahead = timedelta(minutes=5) % interval
        if said["polls"]:
            ahead = parse_instant(said["polls"][0]["at"]) - parse_instant(said["change"]["at"])
        is_update = self.planted.expected == "UPDATED"
        if is_update:
            self.create("again")
        # A poll later, so that what was wrong is over, and what is to be updated has been reported.
        self.clients.clock.advance(to=due)
        self.clients.clock.advance(to=due + interval - min(ahead, interval))
        before = self.events_of("again") if is_update else []
        if is_update:
            self.update("again")
        else:
            self._make_again()
        self.clients.clock.advance(to=due + 4 * interval)
        return self.events_of("again")[len(before) :]

    def _make_again(self) -> None:
        makes = [step["make"] for step in self.planted.story if isinstance(step, dict) and "make" in step]
        if makes:
            self.make(*makes[0])
            self.records["again"] = self.records["ada"]
        else:
            self.create("again")

    def change(self) -> dict[str, Any]:
        """Return the change that is asked about, as the CRM logged it."""
        name, nth = self.planted.about
        own = [one for one in self.vendor.changes() if one["recordId"] == str(self.records[name])]
        return own[nth]

    def asked(self) -> dict[str, Any]:
        """Return what the platform is asked."""
        resource = self.planted.asked_as or self.planted.resource
        record = {"record_id": self.records[self.planted.about[0]]}
        what = record if self.planted.latest else {"change": self.change()["seq"]}
        return {"instance_id": self.instance["id"], "resource": resource, **what}

    def taken(self) -> list[dict[str, Any]]:
        """Return the events of the record that is asked about, since its change."""
        return self.events_of(self.planted.about[0], since=self.change()["at"])

    def events_of(self, name: str, *, since: str = "") -> list[dict[str, Any]]:
        """Return the events of a record that the sink took with a signature that holds."""
        return [
            event
            for callback in self.clients.sink.callbacks()
            if callback["status"] == 200
            and callback["signature"] == "valid"
            and callback["received_at"] >= since
            for event in callback["json"]["message"]["events"]
            if event.get("objectId") == str(self.records[name])
        ]


class Planted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cause that is planted.

    Attributes:
        cause: its word; None if nothing is wrong.
        element, kind: whose records they are, and which.
        words: what texts may have, in angle brackets.
        story: what happens once the instance is there: steps, the name of one of ``STORIES``, or of one of ``OF_THE_BLOCK``.
        before: steps before.
        about: which contact's change is asked about, and which of its changes.
        block, dates, keys, others: what differs in the block, its dates, the instance's configuration, and in other blocks; None takes
            a key out.
        settings: of the stack.
        expected: what the callback has to call it.
        where: of the cure.
        beside: the word of what is wrong as well, once the cause is mended.
        incurable: a part of the reason why nothing helps.
        untried: whether a cure is found, but cannot be tried.
        cures: whether cures are sought.
        offered: the cure, where another one would report the one record, and not mend what was wrong.
        audited: whether an audit calls it by the same word.
        says: what the sentence has to hold.
        never: what is false, and must be said nowhere.
        latest: whether the record is asked about, and not a change of it.
        warned: the rule of lint that says it of the configuration alone.
    """

    name: str
    cause: str | None
    element: str = INSIGHTLY
    kind: str = "contacts"
    words: dict[str, Any] = {}
    story: str | list[Any] = "created"
    before: list[Any] = []
    about: tuple[str, int] = ("ada", -1)
    resource: str = "contacts"
    asked_as: str = ""
    block: dict[str, Any] = {}
    dates: dict[str, Any] = {}
    keys: dict[str, Any] = {}
    others: dict[str, Any] = {}
    settings: dict[str, str] = {}
    start: str = "2026-03-02T10:00:00Z"
    records: int = 0
    expected: str = "CREATED"
    where: str = "configuration"
    beside: str = ""
    incurable: str = ""
    untried: bool = False
    cures: bool = True
    offered: dict[str, Any] | None = None
    audited: bool = True
    says: list[str] = []
    never: list[str] = []
    latest: bool = False
    warned: str = ""

    def __str__(self) -> str:
        return self.name


def planted_causes(path: Path) -> list[Planted]:
    """Return the causes that a file has."""
    return msgspec.convert(yaml.safe_load(path.read_text("utf-8")), list[Planted])


def lived(stack: Any, planted: Planted, cure: Cure | None = None) -> World:
    """Live through a planted cause in a workspace of its own, with a cure in it."""
    world = World(stack, planted, cure or Cure())
    world.live()
    return world


def _mended_afterwards(world: World) -> None:
    world.tell(CREATED)
    world.configure({POLLER: {world.planted.resource: dict(world.block, idField=world.usual["idField"])}})


def _saved_with_a_key_twice(world: World) -> None:
    """Save the instance by a JSON text in which a second idField takes the place of the first."""
    blocks = json.dumps({world.planted.resource: world.block})
    world.configure({POLLER: f'{blocks[:-2]}, "idField": "NUMBER"}}}}'})
    world.tell(CREATED)


def _told_by_two_subscriptions(world: World) -> None:
    (own,) = world.platform("GET", "/notifications/subscriptions")
    again = {"channel": "webhook", "topics": own["topics"], "config": own["config"]}
    world.platform("POST", "/notifications/subscriptions", again)
    world.tell(CREATED)


def _disabled_for_a_while(world: World) -> None:
    if world.cure.change.get("disabled") is not False:
        world.platform("DELETE", ENABLED)
    world.tell([*CREATED, "45m"])
    world.platform("PUT", ENABLED)
    world.wait("30m")


def _polls_one_record(world: World) -> None:
    world.create("bob")
    path, resource = f"/hubs/crm/contacts/{world.records['bob']}", world.planted.resource
    world.configure({POLLER: {resource: world.cure.of_block({**world.block, "url": path})}})
    world.tell(CREATED)


def _reads_another_account(world: World) -> None:
    name, theirs = world.sort.address, world.another
    crm = theirs.credentials.crms.get(world.planted.element, {})
    world.configure(crm.get("credentials") or {"password": theirs.credentials.crm_api_key})
    theirs.crm.create(name, world.sort.fields_called("Grace"))
    world.tell(CREATED)


OF_THE_BLOCK: Mapping[str, Callable[[World], None]] = {
    "mended afterwards": _mended_afterwards,
    "saved with a key twice": _saved_with_a_key_twice,
    "told by two subscriptions": _told_by_two_subscriptions,
    "disabled for a while": _disabled_for_a_while,
    "polls one record": _polls_one_record,
    "reads another account": _reads_another_account,
}
"""Stories that know the instance's block, or the cure."""
