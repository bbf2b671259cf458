"""Ids that a scenario cannot know beforehand: ``{instance}``, ``{contacts/ada}``, ``{workspace}``, ``{callback_url}`` stand for them."""

import re
from typing import Any

from elements_local.world import World

_PLACEHOLDER = re.compile(r"\{([A-Za-z][\w./-]*)\}")


def filled(world: World, value: Any) -> Any:
    """Return a value with its placeholders filled in; a text that is nothing but one becomes the value itself.

    What stands for nothing that the scenario has made stays as it is.
    """
    return _filled(value, _known(world))


def filled_text(world: World, text: str) -> str:
    """Return a text with its placeholders filled in."""
    return _text(text, _known(world))


def _known(world: World) -> dict[str, object]:
    instances = {name: one.id for name, one in world.instances.items()}
    first = {"instance": world.instance().id} if instances else {}
    return {
        "callback_url": world.doors.credentials.callback_url,
        "workspace": world.doors.credentials.name,
        **first,
        **instances,
        **world.names.ids,
    }


def _filled(value: Any, known: dict[str, object]) -> Any:
    if isinstance(value, dict):
        return {_text(key, known): _filled(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, known) for inner in value]
    if isinstance(value, str):
        whole = _PLACEHOLDER.fullmatch(value)
        return known[whole[1]] if whole and whole[1] in known else _text(value, known)
    return value


def _text(text: str, known: dict[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda found: str(known.get(found[1], found[0])), text)
