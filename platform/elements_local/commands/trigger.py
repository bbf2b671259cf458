"""``trigger``: one change in the CRM, and the callback that comes of it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from elements_local.clients.records import COLLECTIONS, INSIGHTLY, Kinds, RecordSort
from elements_local.commands import triggering as trigger
from elements_local.commands.command_line.options import examples
from elements_local.commands.command_line.output import print_json
from elements_local.commands.command_line.stacks import running_stack, workspace_option
from elements_local.kit.api.json_text import json_fault
from elements_local.stack.interruption import cut_off

if TYPE_CHECKING:
    from elements_local.clients.workspace_clients import WorkspaceClients
    from elements_local.commands.triggering import Change, RecordChange, TriggerOutcome
    from elements_local.stack.stack import Stack

_SINGULAR = {
    "contact": "contacts",
    "account": "accounts",
    "lead": "leads",
    "opportunity": "opportunities",
    "project": "projects",
    "task": "tasks",
}


if TYPE_CHECKING:
    _Choice = click.Choice[str]
else:
    _Choice = click.Choice  # which click 8.1 has not with a parameter


class _Kind(_Choice):
    """The kinds of record, in the plural; one of them is understood, too. Others are the stack's to know."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's signature
        return str(_SINGULAR.get(value, value))


def _checked(kind: str, clients: "WorkspaceClients") -> str:
    """Return a kind of record that the stack has.

    Raises:
        click.BadParameter: it has none of this name.
    """
    context = click.get_current_context()
    named = next(each for each in context.command.params if each.name == "kind")
    others = [f"{key}/{each}" for key, crm in clients.credentials.crms.items() for each in crm["kinds"]]
    _Choice([*Kinds(clients.credentials.crms), *others]).convert(kind, named, context)
    return kind


def id_of(text: str, kind: RecordSort) -> int | str:
    """Return the id that a text is: the CRM's are numbers, others what their vendors make of them.

    Raises:
        click.BadParameter: no record of the kind can have it.
    """
    if kind.element != INSIGHTLY:
        return text
    context = click.get_current_context()
    named = next(each for each in context.command.params if each.name == "record_id")
    number: int = click.IntRange(1)(text, named, context)
    return number


def _field(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (equals and name.strip(":")):
            raise click.BadParameter(f"expected NAME=TEXT, or NAME:=JSON; got {text!r}")
        fields[name.removesuffix(":")] = _json(value, text) if name.endswith(":") else value
    return fields


def _json(value: str, text: str) -> object:
    try:
        read: object = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"{text!r} has no JSON behind := ({json_fault(value, error)})") from error
    return read


@click.command(
    "trigger",
    epilog=examples(
        "elements-local trigger contacts created",
        "elements-local trigger contacts created --field LAST_NAME=Byron",
        "elements-local trigger contacts updated",
        "elements-local trigger opportunities updated --id 7 --field BID_AMOUNT:=900",
        "elements-local trigger leads created --json",
    ),
)
@click.argument("kind", metavar="KIND", type=_Kind(list(COLLECTIONS)))
@click.argument("change", metavar="created|updated", type=click.Choice(["created", "updated"]))
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=TEXT",
    callback=_field,
    help="A field of the record, as the CRM calls it; NAME:=JSON for anything but text. Repeatable.",
)
@click.option(
    "--id",
    "record_id",
    metavar="ID",
    help="The record that is updated.  [default: the one that was created last]",
)
@workspace_option
@running_stack
def trigger_command(  # noqa: PLR0913 - an option each
    stack: "Stack",
    *,
    kind: str,
    change: "Change",
    fields: Mapping[str, object],
    record_id: str | None,
    workspace: str,
    as_json: bool,
) -> None:
    """Make a change in the CRM, let a poll find it, and print its callback.

    A record of KIND (contacts, accounts, leads, opportunities, projects or tasks) is created or updated, with fields that are believable unless you give some. Without
    any instance, the guide's is created first. A virtual clock is then advanced to the next poll of an instance that polls such records; on a real clock it polls at once. The
    callback is printed with the headers that a receiver needs. If none comes, or a wrong one, it says why, and exits with
    1.
    """
    if change == "created" and record_id is not None:
        raise click.UsageError("--id names a record that is updated; the CRM gives a new one its id")
    clients = stack.workspace(workspace)
    kind = _checked(kind, clients)
    known_id = record_id and id_of(record_id, trigger.kind_of(clients, kind))
    change_made, outcome = _triggered(clients, kind, change, fields, known_id, as_json=as_json)
    if as_json:
        print_json(_as_json(change_made, outcome))
    else:
        _print_callback(outcome)
    for reason in outcome.reasons:
        click.echo(reason if outcome.sent else f"no callback: {reason}", err=True)
    if outcome.reasons:
        raise SystemExit(1)


def _triggered(  # noqa: PLR0913 - the options of the command
    clients: "WorkspaceClients",
    kind: str,
    change: "Change",
    fields: Mapping[str, object],
    record_id: int | str | None,
    *,
    as_json: bool,
) -> "tuple[RecordChange, TriggerOutcome]":
    done = ["nothing has been changed"]
    with cut_off(lambda: done[-1]):
        if change == "updated":
            record_id = trigger.record_to_change(clients, kind, record_id)
        if made := trigger.instance_of_its_own(clients, kind):
            done.append(f"instance {made} has been made, nothing else")
            also = trigger.namesakes(clients, kind)
            hint = f"; for another vendor's records say {' or '.join(also)}" if also else ""
            click.echo(f"there was no instance, so instance {made} was made{hint}", err=as_json)
        poller = trigger.poller_of(clients, kind)
        trigger.advance_past_poll_second(clients, poller)
        change_made = trigger.make(clients, kind, fields, record_id)
        what = f"{kind} {change_made.record_id} {change}"
        done.append(f"{what}; it is not known whether a callback came of it")
        for name, near in change_made.ignored.items():
            hint = f"; is {near} meant?" if near else ""
            click.echo(f"warning: the CRM took no notice of {name}{hint}", err=True)
        if not as_json:
            click.echo(f"{what}: {json.dumps(change_made.fields, ensure_ascii=False)}")
        at = trigger.advance_to_next_poll(clients, poller)
        if not as_json:
            click.echo(f"instance {poller.instance_id} polled {poller.resource}; it is {at}")
        return change_made, trigger.outcome_of(clients, poller, change_made)


def _as_json(change: "RecordChange", outcome: "TriggerOutcome") -> dict[str, object]:
    sent = outcome.sent
    return {
        "kind": change.resource,
        "change": change.change.upper(),
        "id": change.record_id,
        "fields": change.fields,
        "callback": None
        if sent is None
        else {
            "url": sent.url,
            "at": sent.at,
            "status": sent.status,
            "outcome": sent.outcome,
            "signature": sent.signature,
            "headers": sent.headers,
            "json": sent.body,
        },
        "reasons": list(outcome.reasons),
    }


def _print_callback(outcome: "TriggerOutcome") -> None:
    sent = outcome.sent
    if sent is None:
        return
    signature = f", signature {sent.signature}" if sent.signature else ""
    events = click.style(", ".join(sent.event_types), bold=True)
    click.echo(f"\n{events}  POST {sent.url} -> {sent.status or sent.outcome}{signature}")
    for name, value in sent.headers.items():
        click.echo(f"{name}: {value}")
    click.echo(f"\n{json.dumps(sent.body, indent=2, ensure_ascii=False)}")
