"""Clients of the three services: what a customer's code does with them, in one line each.

They speak HTTP like anyone else, over the network or in process.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias
from urllib.parse import parse_qs

from elements_local.clients.errors import HarnessError, OptionError, UnknownVendorError
from elements_local.clients.service_client import (
    SERVICES,
    Addresses,
    ClockClient,
    Credentials,
    ServiceClient,
    query_of,
    segment,
)
from elements_local.kit.http_message import Reply
from elements_local.kit.instants import parse_instant

__all__ = [
    "BASE_PATH",
    "SERVICES",
    "Addresses",
    "ClockClient",
    "Credentials",
    "CrmClient",
    "FakeClient",
    "Fields",
    "PlatformClient",
    "ServiceClient",
    "SinkClient",
    "WorkspaceClients",
]

BASE_PATH = "/elements/api-v2"

Fields = Mapping[str, object]


class PlatformClient(ServiceClient):
    """Cloud Elements' platform, as the workspace's user and organization; the fixture ``elements_platform``."""

    def create_instance(self, body: Fields) -> dict[str, Any]:
        """Make an element instance.

        Args:
            body: the JSON of ``POST /instances``; ``instance_body`` makes the guide's.

        Returns:
            The instance as the platform shows it: ``id``, ``name``, ``token``, ``element``, ``configuration``, ``valid``,
            ``disabled``, ``eventsEnabled`` and more. ``token`` is what ``hub`` takes.

        Raises:
            CallError: 400, and what of the body is wrong; nothing has been made.

        Example:
            >>> made = elements_platform.create_instance(instance_body(elements_workspace.credentials))
            >>> made["name"], made["eventsEnabled"]
            ('My Insightly', True)
        """
        return self.call_object("POST", f"{BASE_PATH}/instances", json=body)

    def patch_instance(self, instance_id: int, body: Fields) -> dict[str, Any]:
        """Change some of an instance.

        Args:
            instance_id: ``id`` of the instance.
            body: what changes; keys that it does not have stay as they are.

        Returns:
            The whole instance after the change, as ``create_instance`` does.

        Raises:
            CallError: 404 for an instance that is not there, 400 for a body that cannot be used; nothing has changed.

        Example:
            >>> faster = {"configuration": {"event.poller.refresh_interval": "5"}}
            >>> changed = elements_platform.patch_instance(instance["id"], faster)
            >>> changed["configuration"]["event.poller.refresh_interval"]
            '5'
        """
        return self.call_object("PATCH", f"{BASE_PATH}/instances/{segment(instance_id)}", json=body)

    def delete_instance(self, instance_id: int) -> None:
        """Delete an instance; it is polled no longer.

        Args:
            instance_id: ``id`` of the instance.

        Raises:
            CallError: 404 for an instance that is not there.

        Example:
            >>> elements_platform.delete_instance(instance["id"])
            >>> elements_platform.pollers()
            []
        """
        self.call("DELETE", f"{BASE_PATH}/instances/{segment(instance_id)}")

    def events(self, instance_id: int) -> list[dict[str, Any]]:
        """Return an instance's events, newest first.

        An event is what one poll of one resource has found, so it may hold several records; a callback carries up to ten.

        Args:
            instance_id: ``id`` of the instance.

        Returns:
            A list of objects. ``id`` is the event's; ``eventDate`` the time of the poll; ``status`` how far it got, such as
            ``NOTIFIED``. Two are text that holds JSON, as at the vendor: ``providerData``, the records as the CRM gave them, and
            each of ``notifiedData``, the body of a callback. ``eventElementInstances`` has each callback's ``notificationId``.

        Raises:
            CallError: 404 for an instance that is not there.

        Example:
            >>> import json
            >>> ran = elements_clock.advance("15m")
            >>> (event,) = elements_platform.events(instance["id"])
            >>> event["eventDate"], event["status"]
            ('2026-03-02T10:15:00Z', 'NOTIFIED')
            >>> json.loads(event["providerData"])["contacts"][0]["FIRST_NAME"]
            'Ada'
            >>> callback = json.loads(event["notifiedData"][0])
            >>> [(change["objectType"], change["eventType"]) for change in callback["message"]["events"]]
            [('contacts', 'CREATED')]
        """
        events: list[dict[str, Any]] = self.call(
            "GET", f"{BASE_PATH}/instances/{segment(instance_id)}/events"
        )
        return events

    def polls(self, **filters: object) -> list[dict[str, Any]]:
        """Return polls with every decision, oldest first.

        Args:
            filters: ``instanceId``, ``resource``, ``not`` (a resource), ``idle`` (False leaves out polls that saw nothing),
                ``before`` (an ``id``), ``limit``. All polls without a ``limit``, the latest so many with one.

        Returns:
            A list of objects: ``id``, ``instanceId``, ``resource``, ``from`` and ``at`` (the window, ISO 8601 in UTC), ``request``
            (``url``, ``status``), ``seen`` and ``events`` (numbers), ``error`` (text or None), and ``records``, one for each record
            seen: ``id``, ``dates``, ``filters``, ``verdict`` and ``why``.

        Raises:
            CallError: 400 for a filter that is not known, or a resource whose name another one nearly has.

        Example:
            >>> ran = elements_clock.advance("15m")
            >>> (poll,) = elements_platform.polls(resource="contacts")
            >>> poll["from"], poll["at"], poll["seen"]
            ('2026-03-02T10:00:00Z', '2026-03-02T10:15:00Z', 1)
            >>> poll["records"][0]["verdict"]
            'CREATED'
        """
        return self.filtered("polls", filters)

    def poll(self, instance_id: int | None = None) -> dict[str, Any]:
        """Poll at once, beside the instances' intervals.

        Args:
            instance_id: ``id`` of the instance; None polls all.

        Returns:
            What ran: ``polls``, ``events``, ``deliveries`` and ``attempts``, all numbers.

        Raises:
            CallError: 404 for an instance that is not there.

        Example:
            >>> elements_platform.poll(instance["id"])
            {'polls': 4, 'events': 1, 'deliveries': 1, 'attempts': 1}
        """
        return self.call_object("POST", "/_local/polls", json={"instanceId": instance_id})

    def audit(self, instance_id: int) -> dict[str, Any]:
        """Compare what an instance's receiver should have got with what it got, from all pages.

        Args:
            instance_id: ``id`` of the instance.

        Returns:
            ``owed`` and ``delivered`` (numbers); ``counts``, and a list under each of its keys: ``reported``, ``late``,
            ``duplicate``, ``misclassified``, ``lost``. An item has ``resource``, ``recordId``, ``change``, ``at``, ``why`` and
            ``cause``. Also ``pruned``, ``notes``, ``failedPolls``, ``unpolled`` and ``warnings``.

        Raises:
            CallError: 404 for an instance that is not there.

        Example:
            >>> ran = elements_clock.advance("15m")
            >>> audit = elements_platform.audit(instance["id"])
            >>> audit["owed"], audit["counts"]["reported"], audit["lost"]
            (1, 1, [])
        """
        audit = self.call_object(
            "GET", "/_local/audit" + query_of({"instanceId": instance_id, "limit": 10_000})
        )
        del audit["total"]
        while more := audit.pop("next"):
            page = self.call_object("GET", more)
            audit |= {kind: page[kind] + audit[kind] for kind in audit["counts"]} | {"next": page["next"]}
        return audit

    def audit_counts(self) -> list[dict[str, Any]]:
        """Count what the audit of each instance finds."""
        counts: list[dict[str, Any]] = self.call("GET", "/_local/audit/counts")["audits"]
        return counts

    def explain(  # noqa: PLR0913 - what can be asked about
        self,
        *,
        instance_id: int | None = None,
        resource: str | None = None,
        record_id: str | int | None = None,
        change: int | None = None,
        event: str | None = None,
        callback: int | None = None,
        cures: bool = True,
    ) -> dict[str, Any]:
        """Say why a change did, or did not, lead to a callback.

        Name the change in one of four ways: ``instance_id``, ``resource`` and ``record_id``; ``instance_id`` and ``change``; ``event``;
        ``callback``.

        Args:
            instance_id: ``id`` of the instance.
            resource: such as ``contacts``, as the instance polls it.
            record_id: the record's id; its latest change is meant.
            change: ``seq`` of a change, as ``elements_crm.changes()`` has it.
            event: ``id`` of an event.
            callback: ``id`` of a callback in the sink.
            cures: whether changes of the configuration that would have helped are tried, which takes longer.

        Returns:
            ``verdict`` (``reported`` or ``not reported``), ``why`` (a sentence), ``cause`` (None if nothing is amiss), ``late`` and
            ``wrong`` (booleans), ``expected``, the ``change``, and the ``polls`` and deliveries that it met.

        Raises:
            CallError: 400 if the change is named in none of these ways, 404 for an instance, event or callback that is not there.

        Example:
            >>> ran = elements_clock.advance("15m")
            >>> found = elements_platform.explain(
            ...     instance_id=instance["id"], resource="contacts", record_id=contact["CONTACT_ID"]
            ... )
            >>> found["verdict"], found["cause"]
            ('reported', None)
        """
        asked = {"instanceId": instance_id, "resource": resource, "recordId": record_id, "change": change}
        also = {"event": event, "callback": callback, "cures": None if cures else "false"}
        return self.call_object("GET", "/_local/explain" + query_of({**asked, **also}))

    def pollers(self) -> list[dict[str, Any]]:
        """Return the instances that poll, with what each polls, and when next.

        Returns:
            A list of objects: ``instanceId``, ``name``, ``made``, ``callbackUrl``, ``nextPoll`` (an instant, or None), ``silent`` (why it
            sends nothing; empty if it does), and ``resources``, each with ``resource``, ``collection``, ``idField`` and ``from``.

        Raises:
            UnreachableError: no platform answers.

        Example:
            >>> (poller,) = elements_platform.pollers()
            >>> poller["nextPoll"], [each["resource"] for each in poller["resources"]]
            ('2026-03-02T10:15:00Z', ['contacts', 'accounts', 'leads', 'opportunities'])
        """
        pollers: list[dict[str, Any]] = self.call("GET", "/_local/pollers")["pollers"]
        return pollers

    def hub(self, token: str) -> ServiceClient:
        """Return a client of the CRM hub, as the instance with this token calls it. Nothing is sent yet.

        Args:
            token: ``token`` of the instance.

        Returns:
            A ``ServiceClient`` for paths such as ``/contacts``; write to the CRM as your application does by it.

        Example:
            >>> hub = elements_platform.hub(instance["token"])
            >>> made = hub.call("POST", "/contacts", json={"FIRST_NAME": "Grace"})
            >>> [one["FIRST_NAME"] for one in hub.call("GET", "/contacts")]
            ['Ada', 'Grace']
        """
        return ServiceClient(
            http=self.http,
            url=f"{self.url}{BASE_PATH}/hubs/crm",
            headers={"Authorization": f"{self.headers['Authorization']}, Element {token}"},
        )


class RecordsClient(ServiceClient):
    """A service that keeps records, as far as its admin routes go."""

    def changes(self) -> list[dict[str, Any]]:
        """Return everything that has happened to the data, oldest first.

        Returns:
            A list of objects: ``seq`` (a number, from 1), ``resource`` (such as ``Contacts``), ``recordId`` (text), ``change``
            (``CREATED``, ``UPDATED`` or ``DELETED``), ``at``, ``created`` and ``updated`` (instants).

        Raises:
            UnreachableError: the service does not answer.

        Example:
            >>> (change,) = elements_crm.changes()
            >>> change["seq"], change["resource"], change["change"], change["at"]
            (1, 'Contacts', 'CREATED', '2026-03-02T10:00:01Z')
        """
        return self.filtered("changes", {})

    def seed(self, records: int, *, first: int = 0, seed: int | None = None, if_empty: bool = False) -> None:
        """Fill in made-up records.

        Args:
            records: how many of each kind.
            first: the number of the first one, to go on where an earlier call ended.
            seed: what the data follows from; None is the workspace's own.
            if_empty: do nothing where there are contacts already.

        Raises:
            CallError: 400 for a number that cannot be used.

        Example:
            >>> elements_crm.seed(2)
            >>> len(elements_crm.call("GET", "/v3.1/Contacts"))
            3
        """
        chosen = {} if seed is None else {"seed": seed}
        condition = {"if_empty": True} if if_empty else {}
        self.call_object(
            "POST", "/_local/seed", json={"records": records, "first": first, **chosen, **condition}
        )

    def script_faults(self, rules: list[Fields]) -> None:
        """Put fault rules in the place of those that are there; an empty list takes all away.

        Args:
            rules: objects with ``match``, ``effect``, ``when`` and ``phase``, all optional; *Fault rules* has recipes.

        Raises:
            CallError: 400, and what of a rule cannot be read; the rules are as before.

        Example:
            >>> elements_crm.script_faults([{"match": {"method": "GET"}, "effect": {"status": 503}}])
            >>> elements_crm.send("GET", "/v3.1/Contacts").status
            503
        """
        self.call("PUT", "/_local/faults", json={"faults": rules})


@dataclass(frozen=True, kw_only=True, repr=False)
class CrmClient(RecordsClient):
    """The CRM, as the user whose API key it is, and other vendors that the stack plays; the fixture ``elements_crm``.

    ``collection`` is a path of Insightly v3.1, such as ``Contacts``, ``Organisations``, ``Leads``, ``Opportunities``; or one of another
    vendor's.

    Attributes:
        others: a collection of theirs, ``deals`` or ``hubspot/contacts``, -> its path on the platform.
    """

    version: ClassVar[str] = "/v3.1"
    platform: ServiceClient | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    def place(self, collection: str) -> tuple[ServiceClient, str]:
        """Return where a collection's records are, and its path there.

        Raises:
            UnknownVendorError: it is of a vendor that the stack does not play.
            OptionError: the vendor has no such kind.
        """
        path = self.others.get(collection)
        if path is not None:
            return self.platform or self, path
        vendor, slash, kind = collection.partition("/")
        if (
            slash and vendor.islower() and kind[:1].isalpha()
        ):  # Insightly's own, such as Contacts/1/Notes, begin otherwise
            kinds = [name.partition("/") for name in self.others if "/" in name]
            vendors = dict.fromkeys(name for name, _, _ in kinds)
            if vendor not in vendors:
                raise UnknownVendorError(vendor, ("insightly", *vendors))
            there = ", ".join(each for name, _, each in kinds if name == vendor)
            raise OptionError(f"{vendor} has no kind of records {kind!r}; it has {there}")
        return self, f"{self.version}/{collection}"

    def named(self, element: str, collection: str) -> str:
        """Return what a vendor's collection is called here: with the vendor's name where another has it, too."""
        whole = f"{element}/{collection}"
        return (
            whole
            if whole in self.others and self.others.get(collection) != self.others[whole]
            else collection
        )

    def create(self, collection: str, fields: Fields) -> dict[str, Any]:
        """Make a record.

        Args:
            collection: of which kind, such as ``Contacts``.
            fields: the record's, as the vendor names them.

        Returns:
            The whole record as the CRM shows it, with its id, such as ``CONTACT_ID`` (a number), and ``DATE_CREATED_UTC``.

        Raises:
            CallError: 400 for fields that cannot be used, 404 for a collection that is not there.

        Example:
            >>> lead = elements_crm.create("Leads", {"FIRST_NAME": "Grace", "LAST_NAME": "Hopper"})
            >>> lead["LAST_NAME"], lead["DATE_CREATED_UTC"]
            ('Hopper', '2026-03-02 10:00:01')
        """
        client, path = self.place(collection)
        return client.call_object("POST", path, json=fields)

    def update(self, collection: str, record_id: int | str, fields: Fields) -> dict[str, Any]:
        """Change some fields of a record.

        Args:
            collection: of which kind, such as ``Contacts``.
            record_id: the record's id.
            fields: what changes; others stay as they are.

        Returns:
            The whole record after the change.

        Raises:
            CallError: 404 for a record that is not there, 400 for fields that cannot be used.

        Example:
            >>> ran = elements_clock.advance("1m")
            >>> changed = elements_crm.update("Contacts", contact["CONTACT_ID"], {"LAST_NAME": "King"})
            >>> changed["FIRST_NAME"], changed["LAST_NAME"], changed["DATE_UPDATED_UTC"]
            ('Ada', 'King', '2026-03-02 10:01:01')
        """
        client, path = self.place(collection)
        return client.call_object("PUT", f"{path}/{segment(record_id)}", json=fields)

    def delete(self, collection: str, record_id: int | str) -> None:
        """Delete a record. No poll reports that: the platform learns of records that are there.

        Args:
            collection: of which kind, such as ``Contacts``.
            record_id: the record's id.

        Raises:
            CallError: 404 for a record that is not there.

        Example:
            >>> elements_crm.delete("Contacts", contact["CONTACT_ID"])
            >>> elements_crm.changes()[-1]["change"]
            'DELETED'
        """
        client, path = self.place(collection)
        client.call("DELETE", f"{path}/{segment(record_id)}")

    def get(self, collection: str, record_id: int | str) -> dict[str, Any]:
        """Return a record.

        Args:
            collection: of which kind, such as ``Contacts``.
            record_id: the record's id.

        Returns:
            The whole record.

        Raises:
            CallError: 404 for a record that is not there.

        Example:
            >>> elements_crm.get("Contacts", contact["CONTACT_ID"])["LAST_NAME"]
            'Lovelace'
        """
        client, path = self.place(collection)
        return client.call_object("GET", f"{path}/{segment(record_id)}")


@dataclass(frozen=True, kw_only=True, repr=False)
class FakeClient(RecordsClient):
    """A fake of another vendor, as far as its admin routes go, for one workspace.

    Attributes:
        workspace: its name.
    """

    workspace: str

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Send a request and return the answer, as ``ServiceClient`` does."""
        if path.startswith("/_local"):
            path = _of_workspace(path, self.workspace)
        return super().send(method, path, **request)


def _of_workspace(path: str, workspace: str) -> str:
    """Return the path of an admin call that says whose workspace it means, unless it says so already."""
    before, _, query = path.partition("?")
    if {"workspace", "bin"} & parse_qs(query).keys():
        return path
    return f"{before}{query_of({'workspace': workspace})}{f'&{query}' if query else ''}"


@dataclass(frozen=True, kw_only=True, repr=False)
class SinkClient(ServiceClient):
    """The sink, as far as one workspace's callbacks go; the fixture ``elements_sink``.

    Attributes:
        workspace: its name; calls about callbacks that name no other are about this one.
    """

    workspace: str

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Send a request and return the answer, as ``ServiceClient`` does."""
        if path.startswith("/_local/callbacks"):
            path = _of_workspace(path, self.workspace)
        return super().send(method, path, **request)

    def callbacks(self, **filters: object) -> list[dict[str, Any]]:
        """Return recorded callbacks that match all filters, oldest first.

        Args:
            filters: such as ``objectType``, ``eventType``, ``objectId``, ``status``; *In your tests* has all of them. All callbacks
                without a ``limit``, the first so many with one.

        Returns:
            A list of objects: ``id``, ``received_at``, ``method``, ``path``, ``headers``, ``body`` (the text that came), ``json`` (what
            it holds, None if it is not JSON), ``status`` (what was answered) and ``signature`` (``valid``, ``invalid``, ``absent``,
            ``unchecked``).

        Raises:
            CallError: 400 for a filter that is not known, and which one is near.

        Example:
            >>> ran = elements_clock.advance("15m")
            >>> (callback,) = elements_sink.callbacks(objectType="contacts", eventType="CREATED")
            >>> callback["received_at"], callback["status"]
            ('2026-03-02T10:15:00Z', 200)
            >>> callback["json"]["message"]["events"][0]["objectId"] == str(contact["CONTACT_ID"])
            True
        """
        return self.filtered("callbacks", {"workspace": self.workspace, **filters})

    def wait(self, count: int = 1, *, timeout_s: float = 10, **match: object) -> list[dict[str, Any]]:
        """Return as soon as so many callbacks match. Meant for real clocks: no time is moved.

        Args:
            count: how many.
            timeout_s: seconds of real time, 60 at the most.
            match: filters, as of ``callbacks``.

        Returns:
            All callbacks that match, as ``callbacks`` does.

        Raises:
            CallError: 408; they did not come in time. Says what came closest.
            TypeError: ``timeout`` is given, or the like; ``timeout_s`` is meant.

        Example:
            >>> ran = elements_clock.advance("15m")
            >>> len(elements_sink.wait(1, objectType="contacts"))
            1
        """
        if unknown := next((name for name in match if name.startswith("timeout")), None):
            raise TypeError(f"wait() takes no {unknown!r}; did you mean timeout_s, in seconds?")
        first = self.call(
            "POST",
            f"/_local/callbacks/wait{query_of({'workspace': self.workspace})}",
            json={"count": count, "match": match, "timeout_s": timeout_s},
        )
        callbacks: list[dict[str, Any]] = first["callbacks"]
        return callbacks + (self.listed(first["next"], "callbacks") if first["next"] else [])

    def verify(self, **expected: object) -> int:
        """Compare what is expected with what came.

        Args:
            expected: ``match`` (an object of filters), and ``count``, ``at_least``, ``at_most`` or ``these``, as the sink's
                ``/_local/callbacks/verify`` takes them.

        Returns:
            How many callbacks matched.

        Raises:
            CallError: 409; it is not as expected. Says what does not hold, and what came closest.

        Example:
            >>> ran = elements_clock.advance("15m")
            >>> elements_sink.verify(match={"objectType": "contacts"}, count=1)
            1
        """
        path = f"/_local/callbacks/verify{query_of({'workspace': self.workspace})}"
        count: int = self.call("POST", path, json=expected)["count"]
        return count

    def replay(self, callback_id: int, *, url: str | None = None) -> dict[str, Any]:
        """Send a callback once more, the same bytes and headers.

        Args:
            callback_id: ``id`` of the callback.
            url: where to; None is where the workspace's callbacks are sent on or relayed to.

        Returns:
            ``status``, what was answered; or ``reason``, why nothing was.

        Raises:
            CallError: 404 for a callback that is not there, 409 if callbacks are sent on nowhere or may not be sent there.

        Example:
            >>> ran = elements_clock.advance("15m")
            >>> (callback,) = elements_sink.callbacks()
            >>> elements_sink.replay(callback["id"], url=elements_workspace.credentials.callback_url)["status"]
            200
        """
        path = f"/_local/callbacks/{segment(callback_id)}/replay{query_of({'workspace': self.workspace})}"
        return self.call_object("POST", path, json={"url": url} if url else None)

    def relay(self, url: str) -> None:
        """Send callbacks on to a receiver from now on, and answer as it does wherever ``respond`` says nothing.

        Args:
            url: the receiver's.

        Raises:
            CallError: 400 for a URL that callbacks may not be sent to.

        Example:
            >>> elements_sink.relay("http://127.0.0.1:8000/callbacks")
        """
        self.call("PUT", "/_local/forwards", json={"bin": self.workspace, "url": url, "answers": "target"})

    def respond(self, *responses: Fields, to_bin: str | None = None) -> None:
        """Say how the next callbacks are answered; nothing given means 200 again.

        Args:
            responses: objects with ``status``, ``times`` (how many callbacks; all that follow without it, so only the last may go
                without), ``body``, ``headers``, ``delay_s``, ``drop``, ``half_read``.
            to_bin: another bin of the sink than the workspace's.

        Raises:
            CallError: 400 for an answer that cannot be given.

        Example:
            >>> elements_sink.respond({"status": 503, "times": 1})
            >>> ran = elements_clock.advance("30m")
            >>> [callback["status"] for callback in elements_sink.callbacks()]
            [503, 200]
        """
        self.call(
            "PUT", "/_local/responses", json={"bin": to_bin or self.workspace, "responses": list(responses)}
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class WorkspaceClients:
    """All clients of one workspace; the fixture ``elements_workspace`` gives them.

    Attributes:
        credentials: what its users call the services with.
        clock: as ``elements_clock``.
        platform: as ``elements_platform``.
        crm: as ``elements_crm``.
        sink: as ``elements_sink``.
        fakes: clients of other vendors that the stack plays, by their elements.
    """

    credentials: Credentials
    clock: ClockClient
    platform: PlatformClient
    crm: CrmClient
    sink: SinkClient
    fakes: Mapping[str, FakeClient] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name the workspace, and none of its secrets."""
        return f"{type(self).__name__}({self.credentials.name!r})"

    def reset(self) -> None:
        """Bring the workspace back to its start, in all services that run, or in none.

        Raises:
            CallError: a service refuses, as time is being moved; nothing has changed.
            PartlyResetError: one failed after others had been reset.

        Example:
            >>> elements_workspace.reset()
            >>> elements_platform.pollers(), elements_crm.changes()
            ([], [])
        """
        reset_services(self._sides())

    def snapshot(self) -> dict[str, Any]:
        """Return all that the services that run remember of the workspace, its secrets included.

        Returns:
            A JSON object that ``restore`` takes: ``version``, and a part for each service.

        Raises:
            CallError: a service refuses, as time is being moved.

        Example:
            >>> sorted(elements_workspace.snapshot())
            ['crm', 'platform', 'sink', 'version']
        """
        return take_snapshot(self._sides())

    def restore(self, document: Any) -> None:
        """Put the workspace back to a snapshot, which may be of another one, or of another stack; time goes back too.

        Args:
            document: what ``snapshot`` returned.

        Raises:
            NoSnapshotError: the document is not a snapshot.
            CallError: a service refuses its part; nothing has changed.

        Example:
            >>> before = elements_workspace.snapshot()
            >>> elements_crm.delete("Contacts", contact["CONTACT_ID"])
            >>> elements_workspace.restore(before)
            >>> elements_crm.get("Contacts", contact["CONTACT_ID"])["FIRST_NAME"]
            'Ada'
        """
        restore_snapshot(self._sides(), document)

    def changes(self) -> list[dict[str, Any]]:
        """Return everything that has happened to the data, oldest first; kinds are called as ``CrmClient`` calls them."""
        own = self.crm.changes() if self.crm.url else []
        others = [
            {**change, "resource": self.crm.named(key, change["resource"])}
            for key, fake in self.fakes.items()
            for change in fake.changes()
        ]
        return sorted([*own, *others], key=lambda change: parse_instant(change["at"])) if others else own

    def pollers(self) -> list[dict[str, Any]]:
        """Return the instances with what each polls; kinds are called as ``CrmClient`` calls them."""
        return [self._named(poller) if self.fakes else poller for poller in self.platform.pollers()]

    def _named(self, poller: dict[str, Any]) -> dict[str, Any]:
        instance = self.platform.call("GET", f"{BASE_PATH}/instances/{poller['instanceId']}")
        key = instance["element"]["key"]
        resources = [
            {**each, "collection": each["collection"] and self.crm.named(key, each["collection"])}
            for each in poller["resources"]
        ]
        return {**poller, "resources": resources}

    def _sides(self) -> "Sides":
        """Return the services that run, with what says there whose workspace is meant."""
        whose = {"workspace": self.credentials.name}
        every = {"platform": (self.platform, {}), "crm": (self.crm, {}), "sink": (self.sink, whose)}
        others = {name: (client, whose) for name, client in self.fakes.items()}
        return {name: (client, query) for name, (client, query) in {**every, **others}.items() if client.url}


SNAPSHOT_VERSION = 1
"""Of the document."""

Sides: TypeAlias = Mapping[str, tuple[ServiceClient, Mapping[str, str]]]
"""Service -> its client, and the query that says whose workspace is meant there."""

_CHECK = {"check": "true"}
"""Asks a service whether it could."""


class PartlyResetError(HarnessError):
    """A service failed after others had been reset."""

    def __init__(self, done: list[str], left: list[str], error: HarnessError) -> None:
        super().__init__(
            f"{' and '.join(done)} {'has' if len(done) == 1 else 'have'} been reset, {' and '.join(left)} not: {error}"
        )


class NoSnapshotError(HarnessError):
    """A document is no snapshot of a whole workspace."""

    def __init__(self, came: str) -> None:
        super().__init__(
            f'expected {{"version": {SNAPSHOT_VERSION}, "platform": {{...}}, "crm": {{...}}, "sink": {{...}}}}; got {came}'
        )


def reset_services(sides: Sides) -> None:
    """Bring all services back to their start; each is asked whether it could, before the first is.

    Raises:
        CallError, UnreachableError: a service refuses, or does not answer; nothing has changed.
        PartlyResetError: one failed after others had been reset.
    """
    for client, whose in sides.values():
        client.call_object("POST", f"/_local/reset{query_of({**whose, **_CHECK})}")
    done: list[str] = []
    for name, (client, whose) in sides.items():
        try:
            client.call_object("POST", f"/_local/reset{query_of(whose)}")
        except HarnessError as error:
            if not done:
                raise
            raise PartlyResetError(done, [other for other in sides if other not in done], error) from error
        done.append(name)


def take_snapshot(sides: Sides) -> dict[str, Any]:
    """Return what all services remember of a workspace.

    Each answers for one moment of its own; if other calls go on meanwhile, the platform's is the earliest, so that
    nothing that is still to be delivered is missing.
    """
    parts = {
        name: client.call("POST", f"/_local/snapshot{query_of(whose)}")
        for name, (client, whose) in sides.items()
    }
    return {"version": SNAPSHOT_VERSION, **parts}


def restore_snapshot(sides: Sides, document: Any) -> None:
    """Put a workspace back to what all services remembered of it.

    Each service is asked whether it could, before the first does; the platform, whose clock lets jobs run, is the last.

    Raises:
        NoSnapshotError: it is none.
        CallError: a service refuses its part; no service has changed then.
    """
    _refuse_what_is_none(sides, document)
    for check in (_CHECK, {}):
        for name in reversed(list(sides)):
            client, whose = sides[name]
            client.call("PUT", f"/_local/snapshot{query_of({**whose, **check})}", json=document[name])


def _refuse_what_is_none(sides: Sides, document: Any) -> None:
    if not isinstance(document, dict):
        raise NoSnapshotError(type(document).__name__)
    if document.get("version") != SNAPSHOT_VERSION:
        raise NoSnapshotError(f"version {document.get('version')!r}")
    if document.keys() != {"version", *sides}:
        raise NoSnapshotError(f"the keys {', '.join(map(str, document))}")
