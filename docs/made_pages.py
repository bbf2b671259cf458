"""References, made of what the program declares and of the files in ``scenarios/``: pages that only the site has, and parts of others.

``poe pages`` writes the parts that stand in ``docs/``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta
from importlib.metadata import PackageMetadata, metadata
from itertools import groupby
from pathlib import Path
from typing import get_args

import click
import msgspec
import yaml
from packaging.requirements import Requirement
from python_api import python_api

from elements_local.commands.cli import cli
from elements_local.commands.fidelity import ledger, markdown
from elements_local.kit.api.openapi import attribute_texts
from elements_local.kit.fakes.effects import PageEffect, RecordEffect
from elements_local.kit.traffic.fault_rules import Effect
from elements_local.platform.configuration.poller_keys import POLLER_KEYS, PollerKey
from elements_local.platform.core.not_imitated import NOT_IMITATED, NotImitatedPath
from elements_local.platform.core.poll import Resource
from elements_local.platform.elements.connector import RenamedField
from elements_local.platform.elements.insightly.fields import READ_ONLY, RENAMED, VERSION_2, VERSION_3
from elements_local.platform.elements.vendor_file.model import VendorFile
from elements_local.platform.explain.cause import Cause
from elements_local.platform.lint.rules import RULES, LintRule
from elements_local.stack.listed_settings import written
from elements_local.stack.stack_settings import (
    ClientSettings,
    SharedSettings,
    StartSettings,
    TenantSettings,
    every_setting,
)
from mock_insightly.faults import CrmEffect
from mock_insightly.fields.definitions import CUSTOM_FIELDS

_PATHS = "| path | what the vendor has there |"
"""The head of the table at the end of ``not-imitated.md``."""

_TOPICS = "| area | topics |"
"""The head of the table at the end of ``fidelity.md``, which is made anew likewise."""

_POLLER_KEYS = "## Every key of a block"
"""The head of what is made at the end of ``poller-configuration.md``."""

_VENDOR_WORDS = "## Every word"
"""The head of what is made at the end of ``vendor-file.md``."""

_EFFECTS = "| effect | of | what happens |"
"""The head of the table at the end of ``fault-rules.md``."""

_CUSTOM_FIELDS = "| of | field in v3.1, in v2.2 | type |"
"""The head of the table at the end of ``crm-limits.md``."""

_RENAMED = "| records | written by v3.1 | in `raw` |"
"""The head of the table at the end of ``arriving.md``."""

HAZARDS = Path(__file__).parents[1] / "scenarios" / "hazards"


def hazards() -> Iterator[str]:
    """Yield the page of what polling gets wrong, a section for each file of the catalogue."""
    yield "# What polling gets wrong\n"
    yield "Each hazard is a scenario that shows the damage and, where there is one, its cure; `replay` runs them.\n"
    for path in sorted(HAZARDS.glob("*.yaml")):
        text = path.read_text("utf-8").partition("\n")[2]
        first = next(yaml.safe_load_all(text))
        yield f"## {path.stem.replace('_', ' ').capitalize()}\n"
        yield f"{first.get('about') or first['scenario']}\n"
        yield f"```yaml\n{text}```\n"


def helps() -> Iterator[str]:
    """Yield the page of what every command says of itself."""
    yield "# Every command\n"
    yield "What `--help` says, command by command; [Commands](commands.md) tells more of some.\n"
    for context in _commands(click.Context(cli, info_name="elements-local")):
        name = context.command_path.removeprefix("elements-local ")
        yield f"## {name}\n\n```text\n{context.command.get_help(context)}\n```\n"


def _commands(group: click.Context) -> Iterator[click.Context]:
    if isinstance(group.command, click.Group):
        for name in group.command.list_commands(group):
            if command := group.command.get_command(group, name):
                yield (context := click.Context(command, info_name=name, parent=group))
                yield from _commands(context)


def settings() -> Iterator[str]:
    """Yield the page of every setting, a section for each class that declares some."""
    yield "# Every setting\n"
    yield "`elements-local settings` lists these with the values that hold. [Settings](settings.md) says how they are set. The"
    yield "names are those of `pyproject.toml` and of `--set`; the variable of `crm.limits` is `ELEMENTS_LOCAL_CRM_LIMITS`."
    every = every_setting()
    sections = {
        "How a stack is started": StartSettings.declared(),
        "The stack as a whole": SharedSettings.declared(),
        "Where commands find a stack": ClientSettings.declared(),
        "A tenant of the real platform": TenantSettings.declared(),
        "The platform": [name for name in every if name.startswith("platform.")],
        "The CRM": [name for name in every if name.startswith("crm.")],
        "The sink": [name for name in every if name.startswith("sink.")],
    }
    for title, names in sections.items():
        yield from (f"\n## {title}\n", "| setting | default | takes | meaning |", "| --- | --- | --- | --- |")
        for name in names:
            each = every[name]
            default = written(each.to_json(each.default), each.about)
            about = each.about.replace("*", "\\*")
            yield f"| `{name}` | `{default}` | {each.expected} | {about} |"


def lint_rules() -> Iterator[str]:
    """Yield the page of what lint looks for."""
    yield "# Every rule of lint\n"
    yield "What `elements-local lint --rules` lists; [Lint](lint.md) says how findings are read, shown and mended.\n"
    yield "| rule | severity | what is found | what will happen | what fixes it |"
    yield "| --- | --- | --- | --- | --- |"
    for rule in RULES:
        yield f"| `{rule.value}` | {rule.severity} | {rule.seen} | {rule.why} | {rule.cure} |"


def causes() -> Iterator[str]:
    """Yield the page of what explain names."""
    yield "# Every cause\n"
    yield "What [Explain](explain.md) and an [audit](audit.md) name, by the link of the chain that broke.\n"
    yield "| link | cause | what it is | instead of a cure that is tried |"
    yield "| --- | --- | --- | --- |"
    for cause in Cause:
        yield f"| {cause.stage.value} | `{cause.word}` | {cause.text} | {cause.incurable or cause.advice} |"


def poller_keys() -> Iterator[str]:
    """Yield the table of what a resource's block may hold, and one of the rules of lint that say what goes wrong."""
    yield f"{_POLLER_KEYS}\n"
    yield "| key | takes | without it | meaning | example |"
    yield "| --- | --- | --- | --- | --- |"
    for key in POLLER_KEYS:
        takes = key.takes.value.removesuffix("?where=...")
        yield f"| `{_path(key)}` | {takes} | {_without(key)} | {_meaning(key)} | `{json.dumps(key.example)}` |"
    yield "\n## What goes wrong\n"
    yield "[Lint](lint.md) finds each of these.\n"
    yield "| rule | what is in the configuration | what happens |"
    yield "| --- | --- | --- |"
    for word in dict.fromkeys(word for key in POLLER_KEYS for word in key.rules):
        rule = LintRule(word)
        yield f"| `{word}` | {rule.seen} | {rule.why} |"


def _path(key: PollerKey) -> str:
    return f"datesConfiguration.{key.name}" if key.inside else key.name


def _without(key: PollerKey) -> str:
    defaults = {each.name: each.default for each in msgspec.structs.fields(Resource)}
    return key.unset or f"`{_plain(defaults[key.field])}`"


def _meaning(key: PollerKey) -> str:
    names = "".join(f"; also read as `{name}`" for name in key.also)
    place = "beside" if key.inside else "inside"
    return key.meaning + names + (f"; also read {place} `datesConfiguration`" if key.misplaced else "")


def _plain(value: object) -> str:
    return f"{value.total_seconds():.0f}" if isinstance(value, timedelta) else str(value).lower()


def paths_not_imitated() -> Iterator[str]:
    """Yield the table of paths that the vendor's platform has and this one does not imitate."""
    yield _PATHS
    yield "| --- | --- |"
    for about, each in groupby(NOT_IMITATED, key=lambda one: one.about):
        yield f"| {', '.join(f'`{call}`' for one in each for call in _calls(one))} | {about} |"
    lists = [one for one in NOT_IMITATED if one.lists]
    yield ""
    yield "`GET` of a list that the vendor's backup tool reads is the vendor's 404 for an empty one:"
    yield ", ".join(f"`No {one.lists} found` of `/{one.path}`" for one in lists) + "."


def _calls(one: NotImitatedPath) -> list[str]:
    path = f"/{one.path}".replace("/elements/{}", "/elements/{key}").replace(
        "/transformations/{}", "/transformations/{object}"
    )
    path = path.replace("{}", "{id}")
    return [f"{method} {path}" for method in one.methods] or [path]


def with_paths(page: str) -> str:
    """Return the page of what is not imitated with the table of paths at its end."""
    return page.partition(_PATHS)[0] + "\n".join(paths_not_imitated()) + "\n"


def evidence() -> Iterator[str]:
    """Yield the ledger as a page."""
    yield markdown(ledger())


def topics_of_evidence() -> Iterator[str]:
    """Yield the table of what the ledger is about, a line for each of its files."""
    yield _TOPICS
    yield "| --- | --- |"
    for area, of_area in groupby(ledger(), key=lambda each: each.area):
        topics = " · ".join(dict.fromkeys(each.topic for each in of_area))
        yield f"| [{area}](../platform/elements_local/evidence/{area}.yaml) | {topics} |"


def with_topics(page: str) -> str:
    """Return the page of evidence with the table of its topics at the end."""
    return page.partition(_TOPICS)[0] + "\n".join(topics_of_evidence()) + "\n"


def licences() -> Iterator[str]:
    """Yield the page of the licences of all that comes with the package, as the installed distributions state them."""
    yield "# Licences\n"
    yield "elements-local is under the MIT licence. The dashboard brings htmx along, which is under 0BSD, and the package installs, with all extras that users may choose:\n"
    yield "| distribution | licence |"
    yield "| --- | --- |"
    installed: dict[str, PackageMetadata] = {}
    _add_required("elements-local", installed, extras={"asgi", "postgresql", "shrink"})
    for name in sorted(installed):
        yield f"| {name} | {licence(installed[name])} |"


def _add_required(
    name: str, found: dict[str, PackageMetadata], extras: AbstractSet[str] = frozenset()
) -> None:
    """Add what a distribution and some of its extras require, and what that requires."""
    for requirement in map(Requirement, metadata(name).get_all("Requires-Dist") or ()):
        required, marker = requirement.name.lower(), requirement.marker
        wanted = marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras})
        if wanted and (required not in found or requirement.extras):
            found[required] = metadata(required)
            _add_required(required, found, requirement.extras)


def licence(stated: PackageMetadata) -> str:
    """Return the licence that a distribution states, in one of three ways."""
    classified = [
        each.rpartition(" :: ")[2]
        for each in stated.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    brief = (stated.get("License") or "").partition("\n")[0]
    return stated.get("License-Expression") or ", ".join(classified) or brief


MADE: Mapping[str, Callable[[], Iterator[str]]] = {
    "hazards.md": hazards,
    "command-line.md": helps,
    "settings-list.md": settings,
    "lint-rules.md": lint_rules,
    "causes.md": causes,
    "evidence.md": evidence,
    "licences.md": licences,
}
"""What makes each page's lines."""


def with_poller_keys(page: str) -> str:
    """Return the page of a poller's configuration with every key of a block at its end."""
    return page.partition(_POLLER_KEYS)[0] + "\n".join(poller_keys()) + "\n"


def vendor_words() -> Iterator[str]:
    """Yield the table of every word of a vendor file, those inside of others below them."""
    yield f"{_VENDOR_WORDS}\n"
    yield "| word | meaning | default |"
    yield "| --- | --- | --- |"
    yield from _words_of(VendorFile, "", {})


def _words_of(shape: type[msgspec.Struct], above: str, listed: dict[type, str]) -> Iterator[str]:
    """Yield the rows of a shape's words, without those of a shape or of its base that are listed already."""
    texts = attribute_texts(shape)
    own = (
        shape.__annotations__ if any(shape.__base__ in one.__mro__ for one in {*listed} - {shape}) else texts
    )
    for each in msgspec.structs.fields(shape):
        if each.name not in own and each.encode_name not in own:
            continue
        word = above + each.encode_name
        kinds = [
            kind for kind in _parts(each.type) if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
        ]
        inner = next(iter(kinds), None)
        text = texts[each.encode_name].removesuffix(".")
        text += "".join(_choices(each.type))
        if inner in listed and not listed[inner].startswith(above or "-"):
            text += f" (with the words of `{listed[inner]}`)"
        yield f"| `{word}` | {text} | {_default_of(each)} |"
        if inner and not any(issubclass(one, inner) for one in listed):
            listed[inner] = word
            yield from _words_of(inner, f"{word}.NAME." if "dict" in str(each.type) else f"{word}.", listed)


def _parts(kind: object) -> Iterator[object]:
    """Yield a type and every type and value that it is put together of."""
    yield kind
    for part in get_args(kind):
        yield from _parts(part)


def _choices(kind: object) -> Iterator[str]:
    """Yield what is to be said of the values that a word takes, if they are listed and no keys."""
    if "dict" not in str(kind):
        values = [part for part in _parts(kind) if isinstance(part, str)]
        if values:
            yield f": {', '.join(f'`{value}`' for value in values)}"


def _default_of(each: msgspec.structs.FieldInfo) -> str:
    if each.required:
        return "needed"
    default = each.default_factory() if each.default is msgspec.NODEFAULT else each.default
    plain = default if isinstance(default, (str, bool, int, tuple, dict)) else None
    return f"`{json.dumps(plain)}`" if plain or plain is False else ""


def effects() -> Iterator[str]:
    """Yield the table of what fault rules can do, the effects of every service first."""
    yield _EFFECTS
    yield "| --- | --- | --- |"
    shapes = {
        Effect: "every service",
        RecordEffect: "every CRM",
        PageEffect: "Insightly, vendor files",
        CrmEffect: "Insightly",
    }
    for shape, of in shapes.items():
        texts = attribute_texts(shape)
        for text, names in groupby(shape.__annotations__, key=lambda name: texts[name]):
            listed = ", ".join(f"`{name}`" for name in names)
            yield f"| {listed} | {of} | {text.removesuffix('.').replace('``', '`')} |"


def custom_fields() -> Iterator[str]:
    """Yield the table of custom fields that an account of the CRM has."""
    yield _CUSTOM_FIELDS
    yield "| --- | --- | --- |"
    for field in CUSTOM_FIELDS:
        options = f": {', '.join(field.options)}" if field.options else ""
        yield f"| {field.of} | `{field.name}`, `{field.id}` | {field.type}{options} |"


def with_custom_fields(page: str) -> str:
    """Return the page of the CRM's custom fields with the table of them at its end."""
    return page.partition(_CUSTOM_FIELDS)[0] + "\n".join(custom_fields()) + "\n"


def renamed_fields() -> Iterator[str]:
    """Yield the table of the fields that v3.1 and v2.2 of the CRM have under different names, addresses by their blocks."""
    yield _RENAMED
    yield "| --- | --- | --- |"
    for path, renamed in RENAMED.items():
        for (field, form), names in groupby(renamed, key=lambda name: _name_and_form(name, renamed[name])):
            listed = ", ".join(f"`{name}`" for name in names)
            yield f"| {path[1:]} | {listed} | `{field}`{form and f', `{form}`'} |"
        old = {*VERSION_2[path].split(), *renamed, *READ_ONLY}
        if lost := [f"`{name}`" for name in VERSION_3[path].split() if name not in old]:
            yield f"| {path[1:]} | {', '.join(lost)} | not shown |"


def _name_and_form(name: str, field: RenamedField) -> tuple[str, str]:
    part = name.rpartition("_")[2]
    return field.name, field.form.replace(f'"{part}":"..."', '"STREET":"..."')


def with_renamed_fields(page: str) -> str:
    """Return the page of what arrives with the table of renamed fields at its end."""
    return page.partition(_RENAMED)[0] + "\n".join(renamed_fields()) + "\n"


def with_effects(page: str) -> str:
    """Return the page of fault rules with every effect at its end."""
    return page.partition(_EFFECTS)[0] + "\n".join(effects()) + "\n"


def with_vendor_words(page: str) -> str:
    """Return the page of vendor files with every word at its end."""
    return page.partition(_VENDOR_WORDS)[0] + "\n".join(vendor_words()) + "\n"


def python_page(_: str) -> str:
    """Return the page of the Python API, which is wholly made."""
    return "\n".join(python_api())


MADE_IN_DOCS: Mapping[str, Callable[[str], str]] = {
    "arriving.md": with_renamed_fields,
    "crm-limits.md": with_custom_fields,
    "fault-rules.md": with_effects,
    "fidelity.md": with_topics,
    "not-imitated.md": with_paths,
    "poller-configuration.md": with_poller_keys,
    "python.md": python_page,
    "vendor-file.md": with_vendor_words,
}
"""What makes a page of ``docs/`` anew of what it is, in part or wholly."""


if __name__ == "__main__":
    for name, made_anew in MADE_IN_DOCS.items():
        path = Path(__file__).with_name(name)
        path.write_text(made_anew(path.read_text("utf-8")), "utf-8")
