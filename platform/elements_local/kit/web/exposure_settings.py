"""Settings that let others in: names that a stack is called by, and origins, as browsers write them."""

import re

from elements_local.kit.settings import setting, split_names
from elements_local.kit.web.wire import USUAL_PORTS

HOST_NAME = r"[a-z0-9_-]+(\.[a-z0-9_-]+)*"
_PATTERN = re.compile(
    rf"[a-z][a-z0-9+.-]*://(\*\.{HOST_NAME}|\[[0-9a-f:.]+\]|{HOST_NAME})(:[1-9][0-9]{{0,4}})?"
)


def origins(about: str) -> frozenset[str]:
    """Declare a setting that takes origins whose pages may call; by default none."""
    return setting(
        frozenset(),
        about,
        read=lambda text: frozenset(map(_read_origin, split_names(text))),
        expected="origins such as https://app.example or https://*.app.example, with commas between, and no path",
    )


def host_names(about: str) -> frozenset[str]:
    """Declare a setting that takes names that a stack is served under; by default none."""
    return setting(
        frozenset(),
        about,
        read=_read_names,
        expected="host names such as stack.example, with commas between, and no scheme or port",
    )


def _read_origin(text: str) -> str:
    """Return an origin, or a pattern of some, as browsers write it: without the port that goes without saying."""
    if not _PATTERN.fullmatch(text):
        raise ValueError
    usual = f":{USUAL_PORTS.get(text.partition(':')[0])}"
    return text.removesuffix(usual)


def _read_names(text: str) -> frozenset[str]:
    names = split_names(text)
    if not all(re.fullmatch(HOST_NAME, name) for name in names):
        raise ValueError
    return names
