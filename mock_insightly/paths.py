"""Paths as routes know them, whatever their case and however many slashes they have."""

from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from mock_insightly.versions.known import VERSIONS
from mock_insightly.versions.version import Version

_PREFIXES = tuple(f"/{name}/" for name in VERSIONS)
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # of WSGI's text, in which other letters are bytes
_WORDS = 4
"""Version, resource, id or verb, sub-resource; what follows, such as a tag's name, keeps its case."""


@lru_cache(maxsize=1024)  # clients ask for the same again and again
def plain_path(path: str) -> str:
    """Return an API path in lower case, without slashes that separate nothing; other paths stay as they are.

    Source: the vendor's Python client writes ``/contacts/search``, its Ruby client ``/Contacts/Search`` (observed);
        slashes at the end (recorded v2.1 exchanges, observed) and doubled ones (the vendor's test suite, documented).

    >>> plain_path("/V2.2//Contacts/Search/")
    '/v2.2/contacts/search'
    """
    segments = [segment for segment in path.split("/") if segment]
    if not segments or segments[0][0] not in "vV":
        return path
    return "/" + "/".join([*(segment.translate(_LOWER) for segment in segments[:_WORDS]), *segments[_WORDS:]])


def is_api_path(path: str) -> bool:
    """Say whether a plain path belongs to a version of the API that is served."""
    return path.startswith(_PREFIXES)


def version_in(path: str) -> Version:
    """Return the version that a plain path belongs to."""
    return VERSIONS[path.split("/", 2)[1]]
