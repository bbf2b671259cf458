"""``explain`` and ``audit``: why a change did or did not lead to a callback, and what should have come against what came."""

from typing import TYPE_CHECKING, Any

import click

from elements_local.commands.command_line.options import examples
from elements_local.commands.command_line.output import print_result
from elements_local.commands.command_line.stacks import running_stack, workspace_option
from elements_local.stack.interruption import cut_off
from elements_local.stack.reports.explanations import (
    audit_text,
    explanation_text,
    instances_polling,
    objections,
    unpolled,
)

if TYPE_CHECKING:
    from elements_local.clients.workspace_clients import WorkspaceClients
    from elements_local.stack.stack import Stack

_NUMBER = click.IntRange(1)


@click.command(
    "explain",
    epilog=examples(
        "elements-local explain                       # the latest change in the CRM",
        "elements-local explain contacts/82200994",
        "elements-local explain contacts/82200994 --instance 828177 --json",
        "elements-local explain --change 3",
        "elements-local explain --callback 1 --no-cures",
    ),
)
@click.argument("record", required=False, metavar="[RESOURCE/ID]")
@click.option("--instance", type=_NUMBER, help="The instance.  [default: each that polls the record]")
@click.option("--change", type=_NUMBER, help="A change of the CRM's log, by its seq.")
@click.option("--event", help="An event, by its id or its notification's.")
@click.option("--callback", type=_NUMBER, help="A callback, by the id that the sink gave it.")
@click.option("--no-cures", is_flag=True, help="Try no changes that may have helped.")
@workspace_option
@running_stack
def explain_command(  # noqa: PLR0913 - an option each
    stack: "Stack",
    *,
    record: str | None,
    instance: int | None,
    change: int | None,
    event: str | None,
    callback: int | None,
    no_cures: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Say why a change in the CRM did, or did not, lead to the callback that it should have.

    It shows the chain from the change to the receiver's answer, names the cause of what went wrong, and ends with the
    smallest change of configuration, CRM or receiver that would have helped: what happened is done again with that change, so
    it says when the callback came. Of several instances that poll the record each is explained. The exit status is 1 if
    anything went wrong.
    """
    if sum(each is not None for each in (record, change, event, callback)) > 1:
        raise click.UsageError("give a record, --change, --event or --callback, and no two of them")
    clients = stack.workspace(workspace)
    asked = _asked(clients, record=record, instance=instance, change=change, event=event, callback=callback)
    with cut_off(lambda: "nothing was changed: cures are tried in a workspace of their own"):
        said = [clients.platform.explain(**each, cures=not no_cures) for each in asked]
    shown = said[0] if len(said) == 1 else {"explanations": said}
    print_result(shown, "\n\n".join(map(explanation_text, said)), as_json=as_json)
    if any(each["wrong"] for each in said):
        raise SystemExit(1)


def _asked(
    clients: "WorkspaceClients", *, record: str | None, instance: int | None, **others: Any
) -> list[dict[str, Any]]:
    if others["event"] is not None or others["callback"] is not None:
        return [others]
    resource, _, record_id = (record or "").partition("/")
    if record is not None and not record_id:
        raise click.UsageError(f"expected a record such as contacts/82200994; got {record!r}")
    named = {"resource": resource, "record_id": record_id} if record else {}
    if record is None:
        change = _change(clients, others["change"])
        others["change"], resource = change["seq"], change["resource"].lower()
    numbers = [instance] if instance else instances_polling(clients, resource)
    return [{**others, **named, "instance_id": number} for number in numbers]


def _change(clients: "WorkspaceClients", seq: int | None) -> dict[str, Any]:
    """Return a change of the CRM's log, the latest if none is named; one that is not there is the platform's to refuse."""
    changes = clients.changes()
    if not changes:
        raise click.UsageError("nothing has been changed in the CRM, so there is nothing to explain")
    if seq is None:
        return changes[-1]
    return next((one for one in changes if one["seq"] == seq), {"seq": seq, "resource": ""})


@click.command(
    "audit",
    epilog=examples(
        "elements-local audit",
        "elements-local audit --instance 828177",
        "elements-local audit --json",
    ),
)
@click.option("--instance", type=click.IntRange(1), help="Audit one instance alone.")
@click.option("--strict", is_flag=True, help="End with 1, too, if there are changes that no instance polls.")
@workspace_option
@running_stack
def audit_command(
    stack: "Stack", *, instance: int | None, strict: bool, workspace: str, as_json: bool
) -> None:
    """Compare every event that a workspace's receivers should have got with what they got.

    Events that are lost, late, duplicate or misclassified are listed with their cause; `elements-local explain` says more of
    each. The exit status is 1 if any is lost, misclassified or a duplicate, or if a poll failed; a line on standard error
    says which. A late event has come, or is still being retried.
    """
    platform = stack.with_long_timeout.clients(stack.workspace(workspace).credentials).platform
    numbers = [instance] if instance else [each["instanceId"] for each in platform.pollers()]
    audits = [{"instanceId": number, **platform.audit(number)} for number in numbers]
    nobodys = unpolled(audits)
    texts = [*(f"instance {one['instanceId']}: {audit_text(one)}" for one in audits), *nobodys]
    text = "\n".join(texts) or "there is no instance in this workspace, so no event is expected"
    print_result({"audits": audits}, text, as_json=as_json)
    if wrong := [*objections(audits), *(nobodys if strict else [])]:
        click.echo(f"exit status 1: {'; '.join(wrong)}", err=True)
        raise SystemExit(1)
