"""The evidence ledger: every imitated behaviour, where it was read, how sure that is, and the tests that hold it."""

from importlib.resources import files
from typing import Annotated, Literal

from msgspec import Meta, Struct, convert

Evidence = Literal["documented", "observed", "assumed"]

_Text = Annotated[str, Meta(min_length=1)]


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of the ledger.

    Attributes:
        area: the file that it stands in.
        source: where it was read, by the source's common name.
        routes: ids of the operations it is about, as the OpenAPI documents have them.
        keys: of an instance's or a poller's configuration that it is about.
        tests: pytest ids, or scenario files, that hold it.
    """

    area: str
    behaviour: _Text
    source: _Text
    evidence: Evidence
    routes: list[str] = []
    keys: list[str] = []
    tests: Annotated[list[str], Meta(min_length=1)]


def ledger() -> list[Behaviour]:
    """Read all entries, area by area.

    Raises:
        msgspec.ValidationError: an entry is not one.
    """
    import yaml  # noqa: PLC0415 - only where the ledger is wanted

    found = sorted(
        (file for file in files(__package__).joinpath("evidence").iterdir() if file.name.endswith(".yaml")),
        key=lambda file: file.name,
    )
    entries = [
        {"area": file.name.removesuffix(".yaml"), **entry}
        for file in found
        for entry in yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) or ()
    ]
    return convert(entries, list[Behaviour])


def markdown(entries: list[Behaviour]) -> str:
    """Write the ledger as a README has it: a folded table for each area."""
    lines: list[str] = []
    for area in dict.fromkeys(entry.area for entry in entries):
        of_area = [entry for entry in entries if entry.area == area]
        counts = ", ".join(
            f"{sum(entry.evidence == kind for entry in of_area)} {kind}"
            for kind in ("documented", "observed", "assumed")
        )
        lines += [
            "<details>",
            f"<summary><b>{area}</b>: {len(of_area)} behaviours ({counts})</summary>",
            "",
            "| behaviour | source | evidence | tests |",
            "| --- | --- | --- | --- |",
            *(_row(entry) for entry in of_area),
            "",
            "</details>",
            "",
        ]
    return "\n".join(lines)


def _row(entry: Behaviour) -> str:
    tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in entry.tests)
    cells = (entry.behaviour, entry.source, entry.evidence)
    return (
        "| " + " | ".join([*(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells), tests]) + " |"
    )
