"""What a scenario cannot know beforehand: ``{instance}``, ``{contacts/ada}``, ``{workspace}``, ``{callback_url}`` stand for it.

A text that is nothing but such a name becomes the value itself; a doubled brace keeps it as it is.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from elements_local.scenarios.scenario_context import ScenarioContext

_NAME = r"[A-Za-z][\w./-]*"
_PLACEHOLDER = re.compile(rf"\{{(?P<kept>\{{(?P<inner>{_NAME})\}})\}}|\{{(?P<name>{_NAME})\}}", re.ASCII)

Known = Mapping[str, int | str]


def filled(context: ScenarioContext, value: Any, *, also: Known | None = None) -> Any:
    """Return a value with its placeholders filled in; what stands for nothing that the scenario has made stays.

    Args:
        also: what else there are names for.
    """
    return fill(value, {**(also or {}), **_known(context)})


def filled_text(context: ScenarioContext, text: str) -> str:
    """Return a text with its placeholders filled in."""
    return fill_text(text, _known(context))


def slips(context: ScenarioContext, text: str) -> Iterator[str]:
    """Yield what to say of each name in a text that stands for nothing that the scenario has made."""
    known = _known(context)
    for match in _PLACEHOLDER.finditer(text):
        name = match["name"]
        if name and name not in known:
            near = get_close_matches(name, known, n=1)
            others = ", ".join(f"{{{each}}}" for each in sorted(known))
            meant = f"is {{{near[0]}}} meant?" if near else f"there are {others}"
            yield f"{{{name}}} stands for nothing here; {meant}"


def fill(value: Any, known: Known) -> Any:
    """Return a value with what names stand for in their places.

    >>> fill({"ID": "{contacts/ada}", "NOTE": "of {contacts/ada}, {{contacts/ada}} {x}"}, {"contacts/ada": 5})
    {'ID': 5, 'NOTE': 'of 5, {contacts/ada} {x}'}
    """
    if isinstance(value, dict):
        return {fill_text(key, known): fill(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, known) for inner in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    if whole and whole["name"] in known:
        return known[whole["name"]]
    return fill_text(value, known)


def fill_text(text: str, known: Known) -> str:
    """Return a text with what names stand for in their places, as text."""

    def substitute(match: re.Match[str]) -> str:
        if match["kept"]:
            return match["kept"] if match["inner"] in known else match[0]
        return str(known.get(match["name"], match[0]))

    return _PLACEHOLDER.sub(substitute, text)


def escaped(text: str, known: Collection[str]) -> str:
    """Return what becomes a text again once names are filled in, though it has some in it.

    >>> escaped("{instance} and {x}", {"instance"})
    '{{instance}} and {x}'
    """
    return re.sub(
        rf"\{{({_NAME})\}}",
        lambda match: f"{{{match[0]}}}" if match[1] in known else match[0],
        text,
        flags=re.ASCII,
    )


def _known(context: ScenarioContext) -> dict[str, int | str]:
    credentials = context.clients.credentials.to_json()
    return {
        "workspace": credentials.pop("name"),
        **credentials,
        **({"instance": context.instance().id} if context.instances else {}),
        **{name: one.id for name, one in context.instances.items()},
        **{f"{name}.token": one.token for name, one in context.instances.items()},
        **context.names.ids,
        **context.kept,
    }
