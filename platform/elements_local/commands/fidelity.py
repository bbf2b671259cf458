"""``fidelity``: what is imitated, how sure that is, and which tests hold it."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, get_args

import click
import yaml
from msgspec import Meta, MsgspecError, Struct, convert
from msgspec.json import decode
from msgspec.structs import replace

from elements_local.clients.errors import OptionError
from elements_local.commands.command_line.options import examples
from elements_local.commands.command_line.output import print_json, wrapped
from elements_local.commands.command_line.stacks import json_option


@click.command(
    "fidelity",
    epilog=examples(
        "elements-local fidelity --area polling",
        "elements-local fidelity --area 'Queue and release'",
        "elements-local fidelity --evidence assumed   # our open questions",
        "elements-local fidelity --json",
    ),
)
@click.option("--area", help="Only one area, such as polling, or one topic, such as 'The last poll'.")
@click.option(
    "--evidence",
    type=click.Choice(["documented", "observed", "assumed"]),
    help="Only behaviours of one kind of evidence; the assumed ones are our open questions.",
)
@click.option(
    "--observed",
    type=click.Path(path_type=Path),
    help="What `replay --tenant FILE --json` printed: its verdicts stand with the behaviours that it looked at.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown page.")
@json_option
def fidelity_command(
    area: str | None, evidence: str | None, observed: Path | None, *, as_markdown: bool, as_json: bool
) -> None:
    """List every imitated behaviour with its source, kind of evidence, and the tests that hold it."""
    everything = observed_at(ledger(), observed) if observed else ledger()
    entries = [
        entry
        for entry in everything
        if area in {None, entry.area, entry.topic} and evidence in {None, entry.evidence}
    ]
    if not entries:
        areas = ", ".join(dict.fromkeys(entry.area for entry in everything))
        raise click.UsageError(f"nothing is listed so; the areas are {areas}")
    if as_json:
        print_json(entries)
    elif as_markdown:
        click.echo(markdown(entries))
    else:
        for title, of_topic in by_topic(entries).items():
            click.echo(title)
            for entry in of_topic:
                _print(entry)


def _print(entry: "Behaviour") -> None:
    click.echo(wrapped(f"[{entry.area}] {entry.evidence}: {entry.behaviour}"))
    click.echo(wrapped(f"source: {_source(entry)}", indent=4))
    for test in entry.tests:
        click.echo(f"    {test}")


Evidence = Literal["documented", "observed", "assumed"]

_KINDS: tuple[Evidence, ...] = get_args(Evidence)

_Text = Annotated[str, Meta(min_length=1)]


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the ledger.

    Attributes:
        area: the file that it stands in.
        topic: what of the area it is about; the file has its behaviours below it.
        source: where it was read, by the source's common name.
        difference: of what is assumed, who would notice if the vendor did otherwise, or that nobody would.
        routes: ids of the operations it is about, as the OpenAPI documents have them.
        keys: of an instance's or a poller's configuration that it is about.
        tenant_scenarios: those of ``scenarios/against_a_tenant`` that look at it.
        tests: that hold it: pytest ids, scenario files, or `corpus: ` and the name of a recorded sequence.
    """

    area: str
    topic: str
    behaviour: _Text
    source: _Text
    evidence: Evidence
    difference: str = ""
    routes: list[str] = []
    keys: list[str] = []
    tenant_scenarios: list[str] = []
    tests: Annotated[list[str], Meta(min_length=1)]


def ledger() -> list[Behaviour]:
    """Read all entries, area by area.

    Raises:
        msgspec.ValidationError: an entry is not one.
    """
    ledgers = sorted(
        (
            file
            for file in files("elements_local").joinpath("evidence").iterdir()
            if file.name.endswith(".yaml")
        ),
        key=lambda file: file.name,
    )
    entries = [
        {"area": file.name.removesuffix(".yaml"), "topic": topic, **entry}
        for file in ledgers
        for topic, of_topic in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader).items()
        for entry in of_topic
    ]
    return convert(entries, list[Behaviour])


class _Scenario(Struct):
    name: str
    verdict: Literal["agrees", "differs", "not seen"]


class _Replay(Struct):
    began: str
    profile: str
    scenarios: list[_Scenario]


def observed_at(entries: list[Behaviour], path: Path) -> list[Behaviour]:
    """Return the ledger with what a tenant showed: what agreed is observed there, what differed says so.

    Args:
        path: what ``replay --tenant FILE --json`` printed.

    Raises:
        OptionError: it is nothing of the kind.
    """
    try:
        replay = decode(path.read_bytes(), type=_Replay)
    except (MsgspecError, OSError, UnicodeDecodeError) as error:
        raise OptionError(
            f"{path} is not what `replay --tenant FILE --json` prints without scenarios"
        ) from error
    verdicts = {each.name: each.verdict for each in replay.scenarios}
    where = f"a tenant of {replay.profile}, {replay.began[:10]}"
    return [_observed(entry, verdicts, where) for entry in entries]


def _observed(entry: Behaviour, verdicts: Mapping[str, str], where: str) -> Behaviour:
    """Return a behaviour as a tenant showed it: one scenario that differs weighs more than others that agree."""
    seen = {verdicts[name] for name in entry.tenant_scenarios if name in verdicts} - {"not seen"}
    if not seen:
        return entry
    if "differs" in seen:
        return replace(entry, source=f"{entry.source}; DIFFERS at {where}")
    return replace(entry, source=f"{entry.source}; {where}", evidence="observed")


def by_topic(entries: list[Behaviour]) -> dict[str, list[Behaviour]]:
    """Return behaviours by area and topic, in the ledger's order."""
    topics: dict[str, list[Behaviour]] = {}
    for entry in entries:
        topics.setdefault(f"{entry.area}: {entry.topic}", []).append(entry)
    return topics


def markdown(entries: list[Behaviour]) -> str:
    """Write the ledger as a Markdown page: a table of its topics, and a section with a table for each."""
    topics = by_topic(entries)
    lines = [
        "# Evidence",
        "",
        "Every imitated behaviour, where it was read, how sure that is, and the tests that hold it. This page is what",
        "`elements-local fidelity --markdown` prints; `--area` and `--evidence assumed`, our open questions, narrow it.",
        "A route or a poller key without an entry fails the tests.",
        "",
        f"| topic | behaviours | {' | '.join(_KINDS)} |",
        "| --- |" + " ---: |" * (1 + len(_KINDS)),
        *(_counts(f"[{topic}](#{_anchor(topic)})", of_topic) for topic, of_topic in topics.items()),
        _counts("all", entries),
    ]
    for topic, of_topic in topics.items():
        lines += [
            "",
            f"## {topic}",
            "",
            "| behaviour | source | evidence | tests |",
            "| --- | --- | --- | --- |",
        ]
        lines += [_row(entry) for entry in of_topic]
    return "\n".join(lines)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _counts(topic: str, entries: list[Behaviour]) -> str:
    of_kind = (sum(entry.evidence == kind for entry in entries) for kind in _KINDS)
    return f"| {topic} | {len(entries)} | {' | '.join(map(str, of_kind))} |"


def _row(entry: Behaviour) -> str:
    tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in entry.tests)
    cells = (entry.behaviour, _source(entry), entry.evidence)
    return (
        "| " + " | ".join([*(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells), tests]) + " |"
    )


def _source(entry: Behaviour) -> str:
    return f"{entry.source}. If otherwise: {entry.difference}" if entry.difference else entry.source
