"""``lint``: what in a poller's configuration will miss, duplicate or misclassify events, and what fixes it."""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elements_local.clients.records import INSIGHTLY
from elements_local.commands.command_line.options import (
    examples,
    refuse_set,
    set_option,
    stack_environment,
    vendor_options,
)
from elements_local.commands.command_line.output import (
    FILE,
    check_outputs,
    counted,
    force_option,
    print_json,
    wrapped,
)
from elements_local.commands.command_line.stacks import running_stack, workspace_option
from elements_local.commands.replaying.runner import How, Runner
from elements_local.diagnosis.findings import of_body, of_instance, rules, scenario_of, tried
from elements_local.diagnosis.sweep import ENVIRONMENT
from elements_local.kit.api.json_text import json_fault
from elements_local.kit.files import read_bounded, read_file
from elements_local.kit.os_errors import os_reason
from elements_local.kit.settings import variable
from elements_local.scenarios.recording.text import write
from elements_local.stack.output_files import OutputFile
from elements_local.start import Options, in_process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from elements_local.diagnosis.findings import Linted
    from elements_local.stack.stack import Stack

_COLOURS = {"error": "red", "warning": "yellow"}


@click.command(
    "lint",
    epilog=examples(
        "elements-local lint instance.json             # the body that you would send to POST /instances",
        "curl -s https://example.com/body.json | elements-local lint -",
        "elements-local lint --instance 155909         # of a running stack",
        "elements-local lint instance.json --try       # shows each finding's effect, and that its cure helps",
        "elements-local lint instance.json --scenario wrong-zone --output tests/wrong-zone.yaml",
        "elements-local lint --rules                   # all rules",
    ),
)
@click.argument("body", type=click.Path(allow_dash=True, path_type=Path), required=False, metavar="[FILE]")
@click.option(
    "--instance", "instance_id", type=click.IntRange(0), help="An instance of a running stack, by its id."
)
@click.option(
    "--index-lag",
    type=click.IntRange(0, 10**9),
    metavar="SECONDS",
    help="How far the provider's search lags behind its records.  [default: what its vendor's file and faults say, else 0]",
)
@click.option(
    "--try",
    "tries",
    is_flag=True,
    help="Run the scenario of each finding, as it is and with its cure, and name the cell of the sweep where it shows.",
)
@click.option(
    "--scenario", "rule", metavar="RULE", help="Write the scenarios that show a rule's findings, and stop."
)
@click.option(
    "--output",
    "-o",
    type=FILE,
    help="Where --scenario writes to.  [default: lint-RULE.yaml]",
)
@force_option
@click.option("--rules", "only_rules", is_flag=True, help="List the rules, and stop.")
@vendor_options
@set_option
@workspace_option
@running_stack
def lint_command(  # noqa: PLR0913 - the command's options
    stack: "Stack",
    *,
    body: Path | None,
    instance_id: int | None,
    index_lag: int | None,
    tries: bool,
    rule: str | None,
    output: Path | None,
    force: bool,
    only_rules: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Find what in a poller's configuration will miss, duplicate or misclassify events.

    FILE is JSON as POST /instances takes it (`-` is standard input). Credentials may be left out, and no stack has to run.
    Without a FILE it reads an instance of a running stack: the only one, or the one that --instance names.

    Each finding has its rule, its place, what was found, what will happen and what fixes it. Errors miss, duplicate or
    misclassify events; warnings may be meant. A finding's scenario fails with the configuration as it is, and passes
    with the cure: --try runs it, and names a cell of the sweep that the cure fixes; --scenario writes it for
    `elements-local replay`.

    Exit status: 0 no errors, 1 there are, 2 misuse.
    """
    if only_rules:
        _print_rules(as_json=as_json)
        return
    _check(body=body, instance_id=instance_id, rule=rule, output=output, tries=tries)
    if rule is not None:
        file = OutputFile(path=output or Path(f"lint-{rule}.yaml"), force=force)
        check_outputs(file, as_json=False)
        _write(_linted(stack, workspace, body, instance_id, index_lag), rule, file)
        return
    linted = _linted(stack, workspace, body, instance_id, index_lag)
    tried = _tried(linted) if tries else [{} for _ in linted.findings]
    findings = [{**each, "tried": None, **one} for each, one in zip(linted.findings, tried, strict=True)]
    if as_json:
        print_json({"findings": findings, "more": linted.more})
    else:
        _print(findings, linted.more)
    if linted.has_errors:
        raise SystemExit(1)


def _check(
    *, body: Path | None, instance_id: int | None, rule: str | None, output: Path | None, tries: bool
) -> None:
    if body is not None and instance_id is not None:
        raise click.UsageError("give either FILE or --instance")
    if rule is not None and tries:
        raise click.UsageError("give either --scenario or --try")
    if rule is None and output is not None:
        raise click.UsageError("--output is where --scenario writes to")
    if body is None and not tries:
        refuse_set("no stack is started without FILE or --try", vendors=rule is None)


def _linted(
    stack: "Stack", workspace: str, file: Path | None, instance_id: int | None, lag_s: int | None
) -> "Linted":
    """Look at an instance, or at a body by a stack of our own, which ends with the look."""
    if file is None:
        return of_instance(stack.workspace(workspace), instance_id, lag_s=lag_s)

    body = read_body(file)
    with in_process(Options(environment=stack_environment())) as own:
        return of_body(own.workspace(), body, lag_s=lag_s)


def read_body(file: Path) -> "Mapping[str, Any]":
    """Return the body of an instance.

    Raises:
        click.UsageError: it cannot be read, or is no JSON object; says what came.
    """
    try:
        raw = read_file(file) if str(file) != "-" else read_bounded(sys.stdin.buffer)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be read: {os_reason(error)}") from error
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{file} is not JSON: {json_fault(raw, error)}") from error
    if not isinstance(body, dict):
        raise click.UsageError(
            f"{file} must be an object as POST /instances takes it; got {type(body).__name__}"
        )
    return body


def _write(linted: "Linted", rule: str, output: OutputFile) -> None:
    findings = [finding for finding in linted.findings if finding["rule"] == rule]
    if not findings:
        named = ", ".join(dict.fromkeys(finding["rule"] for finding in linted.findings))
        raise click.UsageError(f"nothing is found by {rule!r}; found are: {named or 'none'}")
    settings = _vendor_settings(linted)
    first, *others = (scenario_of(linted, finding, settings=settings) for finding in findings)
    write(output, first, [finding["message"] for finding in findings], others=others)
    if output.is_standard_output:
        return
    cured = all(finding["cure"]["change"] for finding in findings)
    click.echo(f"{output}: fails with the configuration as it is{', passes with the cure' if cured else ''}")
    click.echo(f"see it: elements-local replay {output}")


def _vendor_settings(linted: "Linted") -> dict[str, str]:
    """Return the settings that a stack of our own needs so that it has the element.

    Raises:
        click.UsageError: it is a vendor's that is not handed in.
    """
    if linted.element == INSIGHTLY:
        return {}
    environment = stack_environment()
    settings = {name.upper(): environment.get(variable(name), "") for name in ("connectors", "vendors")}
    given = {name: text for name, text in settings.items() if text}
    if not given and linted.element in linted.kinds.others:
        raise click.UsageError(
            f"hand in {linted.element} by --vendor or --connector, as the running stack has it"
        )
    return given


def _tried(linted: "Linted") -> "list[dict[str, Any]]":
    environment = stack_environment()
    _vendor_settings(linted)
    with (
        closing(Runner(How(environment=environment, cures=False))) as runner,
        runner.holding(),
        in_process(Options(environment={**environment, **ENVIRONMENT})) as stack,
    ):
        return tried(linted, runner.run, stack)


def _print(findings: "Sequence[Mapping[str, Any]]", left_out: int) -> None:
    for finding in findings:
        change = finding["cure"]["change"]
        cell = finding.get("cell")
        lines = {
            "at": finding["path"],
            "why": finding["why"],
            "cure": finding["cure"]["text"]
            + (f": {json.dumps(change, ensure_ascii=False)}" if change else ""),
            "tried": finding["tried"],
            "cell": cell and "{change} at {offset}, {circumstance}: {was}, with the cure {is}".format(**cell),
        }
        _print_one(finding["severity"], f"{finding['rule']}: {finding['message']}", lines)
    severities = [finding["severity"] for finding in findings]
    counts = [counted(severities.count(each), each) for each in _COLOURS if each in severities]
    more = [f"{left_out} more"] if left_out else []
    click.echo(", ".join([*counts, *more]) or "nothing is found")


def _print_rules(*, as_json: bool) -> None:
    with in_process() as stack:
        every = rules(stack.workspace())
    if as_json:
        print_json({"rules": every})
        return
    for rule in every:
        _print_one(rule["severity"], rule["rule"], {name: rule[name] for name in ("seen", "why", "cure")})


def _print_one(severity: str, head: str, lines: "Mapping[str, str | None]") -> None:
    click.echo(f"{click.style(severity, fg=_COLOURS[severity], bold=True)}  {head}")
    for name, text in lines.items():
        if text:
            click.echo(wrapped(f"{name}: {text}", indent=2))
