"""``audit``: what was owed to the receivers of a workspace, held against what they got."""

from typing import TYPE_CHECKING

import click

from elements_local.command_line.output import examples, print_result
from elements_local.command_line.where import running_stack, workspace_option

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
@workspace_option
@running_stack
def command(stack: "Stack", *, instance: int | None, workspace: str, as_json: bool) -> None:
    """Hold every event that was owed to a workspace's receivers against what they got.

    What is lost, late, repeated or misnamed is listed with its cause; `elements-local explain` says more of each. The exit
    status is 1 if anything is lost.
    """
    from elements_local.reports.explanation_text import audit_text  # noqa: PLC0415 - not needed for --help

    platform = stack.workspace(workspace).platform
    numbers = [instance] if instance else [each["instanceId"] for each in platform.pollers()]
    audits = [{"instanceId": number, **platform.audit(number)} for number in numbers]
    texts = [f"instance {one['instanceId']}: {audit_text(one)}" for one in audits]
    text = "\n".join(texts) or "there is no instance in this workspace, so nothing is owed"
    print_result({"audits": audits}, text, as_json=as_json)
    if any(one["lost"] for one in audits):
        raise SystemExit(1)
