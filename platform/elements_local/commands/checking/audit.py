"""``audit``: what was owed to the receivers of a workspace, held against what they got."""

from typing import TYPE_CHECKING

import click

from elements_local.command_line.options import examples
from elements_local.command_line.output import print_result
from elements_local.command_line.stacks import running_stack, workspace_option
from elements_local.reports.explanation_text import audit_text, objections, unpolled

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack


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
def command(stack: "Stack", *, instance: int | None, strict: bool, workspace: str, as_json: bool) -> None:
    """Hold every event that was owed to a workspace's receivers against what they got.

    What is lost, late, repeated or misnamed is listed with its cause; `elements-local explain` says more of each. The exit
    status is 1 if anything is lost, misclassified or a duplicate, or if a poll failed; a line on standard error says which.
    What is late has come, or is to be tried again.
    """
    platform = stack.workspace(workspace).platform
    numbers = [instance] if instance else [each["instanceId"] for each in platform.pollers()]
    audits = [{"instanceId": number, **platform.audit(number)} for number in numbers]
    nobodys = unpolled(audits)
    texts = [*(f"instance {one['instanceId']}: {audit_text(one)}" for one in audits), *nobodys]
    text = "\n".join(texts) or "there is no instance in this workspace, so nothing is owed"
    print_result({"audits": audits}, text, as_json=as_json)
    if wrong := [*objections(audits), *(nobodys if strict else [])]:
        click.echo(f"exit status 1: {'; '.join(wrong)}", err=True)
        raise SystemExit(1)
