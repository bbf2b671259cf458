"""One run of the battery at a tenant: what it makes there, waits for, and takes away again."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Generic, TypeVar

from elements_local import guide
from elements_local.errors import CallError, HarnessError
from elements_local.failures.timeline import message_of
from elements_local.verify.own_data import OwnData
from elements_local.verify.tenant import OWN_NAME, Tenant
from mock_kit.web.wire import Reply

SIGNATURE_KEY = "a-key-of-the-visit"
MOMENT = timedelta(seconds=2)
"""Long enough for two changes to have other seconds."""


_REFUSALS = 2

T = TypeVar("T")


class Stage(Generic[T]):
    """Something that happens once at a tenant, when it is first asked for; one that failed is not tried again."""

    def __init__(self, happen: "Callable[[Visit], T]") -> None:
        self._happen = happen
        self.__doc__ = happen.__doc__

    def __get__(self, visit: "Visit", _owner: object = None) -> T:
        """Let it happen, or say again what came of it.

        Raises:
            HarnessError: that came of it.
        """
        if self not in visit.stages:
            try:
                visit.stages[self] = self._happen(visit)
            except HarnessError as error:
                visit.stages[self] = error
        outcome: T | HarnessError = visit.stages[self]
        if isinstance(outcome, HarnessError):
            raise outcome
        return outcome


class NotSeenError(HarnessError):
    """What a check is about did not come to pass, or cannot be seen from here."""


class Visit:
    """What is made at a tenant for the battery; each stage happens once, when it is first asked for."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.ids: dict[str, int] = {}
        self.stages: dict[Stage[Any], Any] = {}
        self.made = OwnData(tenant.platform, tenant.crm)

    # what is made

    def create(self, name: str, collection: str = "Contacts") -> int:
        """Make a record of ours, known to the battery by a name."""
        fields = {"FIRST_NAME": f"{self.tenant.run} {name}", "LAST_NAME": OWN_NAME}
        made = self.tenant.crm.call_object("POST", f"/{collection}", json=fields)
        record_id: int = next(value for key, value in made.items() if key in {"CONTACT_ID", "LEAD_ID"})
        self.made.records.append((collection, record_id))
        self.ids[name] = record_id
        return record_id

    def update(self, name: str) -> None:
        """Change a contact."""
        body = {"CONTACT_ID": self.ids[name], "TITLE": "changed", "LAST_NAME": OWN_NAME}
        self.tenant.crm.call("PUT", "/Contacts", json=body)

    def delete(self, name: str) -> None:
        """Delete a contact."""
        self.tenant.crm.call("DELETE", f"/Contacts/{self.ids[name]}")

    def body(self, suffix: str = "") -> dict[str, Any]:
        """Return what an instance of ours is made from."""
        body = guide.instance_body(self.tenant.credentials, signature_key=SIGNATURE_KEY)
        configuration = body["configuration"]
        blocks = configuration["event.poller.configuration"]
        minutes = max(1, round(self.tenant.interval / timedelta(minutes=1)))
        configuration["event.poller.refresh_interval"] = str(minutes)
        configuration["event.poller.configuration"] = {"contacts": blocks["contacts"], "leads": {}}
        return {**body, "name": f"{OWN_NAME} {self.tenant.run}{suffix}", "tags": [OWN_NAME]}

    def make_instance(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make an instance, and note that it is ours."""
        made = self.tenant.platform.call_object("POST", "/instances", json=body)
        self.made.instances.append(made["id"])
        return made

    def settle(self) -> None:
        """Let a moment pass once there is the instance, so that what comes is later than it, to the second."""
        if self.instance:
            self.tenant.pass_time(MOMENT)

    # what comes

    @property
    def told(self) -> list[dict[str, Any]]:
        """The callbacks of the battery's instance so far."""
        return [
            each
            for each in self.tenant.reader.callbacks()
            if message_of(each).get("instanceId") == self.instance["id"]
        ]

    def about(self, name: str) -> list[dict[str, Any]]:
        """Return the callbacks that tell of a record, each attempt by itself."""
        record_id = str(self.ids[name])
        return [
            each
            for each in self.told
            if any(event["objectId"] == record_id for event in message_of(each).get("events", ()))
        ]

    def events(self, name: str, callbacks: list[dict[str, Any]] | None = None) -> list[str]:
        """Return what was told of a record, oldest first; a callback that came again counts once.

        Args:
            callbacks: those that are looked at; all that have come unless told otherwise.
        """
        heard = self.told if callbacks is None else callbacks
        told = {str(message_of(each).get("eventId", number)): each for number, each in enumerate(heard)}
        return [
            event["eventType"]
            for each in told.values()
            for event in message_of(each).get("events", ())
            if event["objectId"] == str(self.ids[name])
        ]

    def wait_until(self, arrived: Callable[[], bool], *, at_most: timedelta) -> None:
        """Let time pass until something has come.

        Raises:
            NotSeenError: it has not.
        """
        step, waited = self.tenant.interval / 12, timedelta(0)
        while not arrived():
            if waited >= at_most:
                raise NotSeenError(f"nothing of it came within {at_most}")
            self.tenant.pass_time(step)
            waited += step

    def wait_for(self, name: str) -> None:
        """Let time pass until something more was told of a record, for three intervals at the most, and a moment more.

        Raises:
            NotSeenError: nothing was.
        """
        before = len(self.events(name))
        self.wait_until(lambda: len(self.events(name)) > before, at_most=3 * self.tenant.interval)
        self.tenant.pass_time(self.tenant.interval / 6)

    # the stages, in the order in which they happen

    @Stage
    def instance(self) -> dict[str, Any]:
        """The instance that is polled; one contact is older than it."""
        self.create("before")
        self.tenant.pass_time(MOMENT)
        return self.make_instance(self.body())

    @Stage
    def second(self) -> dict[str, Any]:
        """Another instance, which polls nothing, to be changed."""
        body = self.body(" 2")
        silent = {key: body["configuration"][key] for key in ("username", "password")}
        return self.make_instance({**body, "configuration": silent})

    @Stage
    def fresh(self) -> int:
        """A contact that nothing was done with."""
        return self.create("fresh")

    @Stage
    def first_poll(self) -> list[dict[str, Any]]:
        """The callbacks of the first poll, in whose interval a contact and a lead were made."""
        self.settle()
        self.create("first")
        self.create("lead", "Leads")
        self.wait_for("first")
        return self.told

    @Stage
    def second_poll(self) -> list[dict[str, Any]]:
        """The callbacks of the next one, in whose interval much was made and changed.

        Raises:
            NotSeenError: it was not all in one interval.
        """
        before = len(self.first_poll)
        self.update("first")
        self.create("made and changed")
        self.create("made and deleted")
        for number in range(12):
            self.create(f"one of many {number}")
        self.tenant.pass_time(3 * MOMENT)
        self.update("made and changed")
        self.delete("made and deleted")
        self.wait_for("first")
        told = self.told[before:]
        polls = {event.get("pollDate") for each in told for event in message_of(each).get("events", ())}
        if len(polls) > 1:
            raise NotSeenError("the changes did not all fall between two polls; choose a longer --interval")
        return told

    @Stage
    def retries(self) -> list[dict[str, Any]]:
        """The attempts of a callback that was refused twice.

        Raises:
            NotSeenError: the receiver cannot be told to refuse.
        """
        if not self.tenant.reader.can_fail:
            raise NotSeenError("the collector cannot be told to refuse callbacks; use --listen")
        self.settle()
        self.tenant.reader.respond({"status": 503, "times": _REFUSALS})
        self.create("refused")
        self.wait_until(
            lambda: len(self.about("refused")) > _REFUSALS,
            at_most=3 * self.tenant.interval + timedelta(minutes=3),
        )
        return self.about("refused")

    @Stage
    def disabled(self) -> tuple[list[str], list[str]]:
        """What was told of a change made while the instance was disabled: meanwhile, and after it was enabled."""
        path = f"/instances/{self.instance['id']}/enabled"
        self.tenant.platform.call("DELETE", path)
        self.create("while disabled")
        self.tenant.pass_time(1.5 * self.tenant.interval)
        meanwhile = self.events("while disabled")
        self.tenant.platform.call("PUT", path)
        with suppress(NotSeenError):
            self.wait_for("while disabled")
        return meanwhile, self.events("while disabled")

    def status(self, method: str, path: str, *, json: object = None, token: str = "") -> int:
        """Return the status of a call of the platform.

        Args:
            token: of an instance, to go along.
        """
        return self.send(method, path, json=json, token=token).status

    def send(self, method: str, path: str, *, json: object = None, token: str = "") -> Reply:
        """Send a call of the platform, and return the reply."""
        platform = self.tenant.platform
        headers = (
            {"Authorization": f"{platform.headers['Authorization']}, Element {token}"} if token else None
        )
        return platform.send(method, path, json=json, headers=headers)


def refused(error: HarnessError) -> str:
    """Say why a check could not be made, without what a body has of values."""
    return f"answered {error.status}" if isinstance(error, CallError) else str(error)
