"""``tour`` and ``listen``: the guide's walk-through, and all else that happens in a running stack, as it happens."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from elements_local.clients.errors import NotRunningError, UnreachableError
from elements_local.clients.guide import instance_body
from elements_local.clients.records import COLLECTIONS, believable_fields
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands.command_line.options import examples, setting_option
from elements_local.commands.command_line.output import print_json
from elements_local.commands.command_line.stacks import json_option, running_stack
from elements_local.kit.masks import mask_url
from elements_local.stack.interruption import cut_off, ended_by_signal
from elements_local.stack.reports.activity_lines import activities, latest, line
from elements_local.start import Options, on_ports

if TYPE_CHECKING:
    from elements_local.clients.workspace_clients import SinkClient, WorkspaceClients
    from elements_local.stack.stack import Stack

_RESOURCES = ("contacts", "accounts", "leads", "opportunities")


class _TourError(click.ClickException):
    """Something came otherwise than the guide says."""

    exit_code = 1


@dataclass
class _Steps:
    """Numbers the steps as they are shown, or keeps them until all of them are there."""

    quiet: bool
    shown: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, what: str, *details: str) -> None:
        number = len(self.shown) + 1
        self.shown.append({"step": number, "what": what, "details": list(details)})
        if self.quiet:
            return
        click.echo(f"\n{click.style(f'{number}. {what}', bold=True)}")
        for detail in details:
            click.echo(f"   {detail}")


@click.command("tour", epilog=examples("elements-local tour", "elements-local tour --json"))
@json_option
def tour_command(*, as_json: bool) -> None:
    """Show the Insightly guide's walk-through, step by step.

    An instance is made from the guide's JSON, records are created and changed in the CRM, time is advanced,
    and the signed callbacks are shown as they arrive. Nothing is kept, and nothing else is needed.
    """
    steps = _Steps(quiet=as_json)
    with (
        cut_off(
            lambda: f"{len(steps.shown)} steps were shown; nothing is kept: each tour begins from the start"
        ),
        on_ports(Options(ports=(0, 0, 0))) as stack,
    ):
        _walk(stack.workspace(), steps)
    if as_json:
        print_json({"steps": steps.shown})
    else:
        click.echo("\nThat was all of it. `elements-local up` keeps a stack running for you.")


def _walk(clients: "WorkspaceClients", steps: _Steps) -> None:
    instance = _create_instance(clients, steps)
    fields = {resource: believable_fields(resource) for resource in _RESOURCES}
    records = {
        resource: clients.crm.create(COLLECTIONS[resource], fields[resource]) for resource in _RESOURCES
    }
    steps.tell(
        f"Four records are created in the CRM; its clock shows {clients.clock.show()['now']}",
        *(f"POST /v3.1/{COLLECTIONS[resource]} {json.dumps(fields[resource])}" for resource in _RESOURCES),
    )
    _advance(clients, steps)
    _show_callbacks(clients, steps, expected=[(resource, "CREATED") for resource in _RESOURCES])
    contact = records["contacts"]["CONTACT_ID"]
    clients.crm.update("Contacts", contact, {"TITLE": "Countess"})
    steps.tell(
        "The contact is changed",
        f'PUT /v3.1/Contacts {{"CONTACT_ID": {contact}, "TITLE": "Countess"}}',
    )
    _advance(clients, steps)
    _show_callbacks(clients, steps, expected=[("contacts", "UPDATED")])
    _explain(clients, steps, instance["id"], contact)


def _create_instance(clients: "WorkspaceClients", steps: _Steps) -> dict[str, Any]:
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    steps.tell(
        "An element instance is made from the guide's JSON; the CRM has accepted its API key",
        f"POST {BASE_PATH}/instances",
        f"-> id {instance['id']}, element {instance['element']['key']}, events enabled: {instance['eventsEnabled']}",
        f"   callbacks to {instance['eventsNotificationCallbackUrl']}, signed",
    )
    return instance


def _advance(clients: "WorkspaceClients", steps: _Steps) -> None:
    ran = clients.clock.advance("15m")
    steps.tell(
        "Time is advanced by fifteen minutes; what falls due runs at its exact instant",
        'POST /_local/clock/advance {"duration": "15m"}',
        f"-> {ran['from']} to {ran['now']}: {ran['polls']} polls, {ran['events']} events, {ran['deliveries']} callbacks",
    )


def _show_callbacks(clients: "WorkspaceClients", steps: _Steps, *, expected: list[tuple[str, str]]) -> None:
    """Show what has arrived since the last time, and make sure that it is what should have."""
    callbacks = clients.sink.callbacks()
    clients.sink.call("DELETE", f"/_local/callbacks?bin={clients.credentials.name}")
    steps.tell(
        "The sink has received", *(line for callback in callbacks for line in _callback_lines(callback))
    )
    events = [
        (event["objectType"], event["eventType"]) for callback in callbacks for event in _events(callback)
    ]
    signatures = {callback["signature"] for callback in callbacks}
    if events != expected or signatures != {"valid"}:
        raise _TourError(f"expected {expected} with valid signatures; got {events} with {signatures}")


def _callback_lines(callback: dict[str, Any]) -> Iterator[str]:
    for event in _events(callback):
        yield f"{event['eventType']:<8} {event['objectType']:<14} {event['objectId']:<10} signature {callback['signature']}"


def _events(callback: dict[str, Any]) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = callback["json"]["message"]["events"]
    return events


def _explain(clients: "WorkspaceClients", steps: _Steps, instance_id: int, contact: int) -> None:
    latest = clients.platform.polls(instanceId=instance_id, resource="contacts")[-1]
    decision = next(record for record in latest["records"] if record["id"] == str(contact))
    steps.tell(
        f"Why {decision['verdict']}? Every decision of every poll is kept",
        f"poll at {latest['at']}: GET {latest['request']['url']} -> {latest['request']['status']}",
        f"record {decision['id']}: created {decision['created']}, updated {decision['updated']}",
        f"{decision['verdict']}: {decision['why']}",
    )


@click.command(
    "listen",
    epilog=examples(
        "elements-local listen",
        "elements-local listen --workspace mine --since-start",
        "elements-local listen --forward-to http://127.0.0.1:8000/callbacks",
        "elements-local listen --json | jq 'select(.kind == \"callback\")'",
    ),
)
@setting_option("workspace", default=None, about="only this workspace  [default: all]")
@click.option("--since-start", is_flag=True, help="Begin with everything that is still kept.")
@click.option(
    "--forward-to",
    metavar="URL",
    help="Also forward a workspace's callbacks to your receiver; the sink answers as it does.",
)
@running_stack
def listen_command(
    stack: "Stack", *, workspace: str | None, since_start: bool, forward_to: str | None, as_json: bool
) -> None:
    """Print what happens in a running stack, a line each, until Ctrl-C.

    New instances, polls that find something or fail, callbacks with their answers, retries, warnings, and moves of the
    clock, as `up` prints them in its own terminal. It begins with the present, and ends when the stack does. With --json
    each line is an object.
    """
    if not stack.addresses.platform:
        raise NotRunningError("platform")
    if workspace is not None:
        stack.workspace(workspace)  # there has to be one
    platform = stack.admin()
    after = 0 if since_start else latest(platform)
    with ended_by_signal(), ExitStack() as ending:
        if not as_json:
            click.echo(f"listening at {mask_url(platform.url)}; Ctrl-C ends it", err=True)
        try:
            if forward_to:
                ending.enter_context(_sent_on(stack.workspace(workspace or "default").sink, forward_to))
            for activity in activities(platform, after=after, workspace=workspace):
                if as_json:
                    print_json(activity)
                else:
                    click.echo(line(activity))
        except UnreachableError as error:
            click.echo(f"the stack has ended ({error.reason})", err=True)


@contextmanager
def _sent_on(sink: "SinkClient", url: str) -> Iterator[None]:
    """Send a workspace's callbacks on to a receiver, and afterwards where they went before."""
    path = f"/_local/forwards?bin={quote(sink.workspace, safe='')}"
    before = sink.call("GET", path)
    sink.relay(url)
    click.echo(f"callbacks of workspace {sink.workspace} are sent on to {mask_url(url)}", err=True)
    try:
        yield
    finally:
        with suppress(UnreachableError):
            sink.call("PUT", path, json=before) if before["url"] else sink.call("DELETE", path)
