"""The versions that are served, which of them a path asks for in any case and with any slashes, and for which shape."""

from collections.abc import Iterable, Mapping
from string import ascii_lowercase, ascii_uppercase

from elements_local.kit.caching import bounded_cache
from elements_local.kit.values import replace
from mock_insightly.errors import NoSuchResourceError, NotImitatedError, SingularResourceError
from mock_insightly.kinds.account import custom_object
from mock_insightly.settings import CrmSettings
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.v2 import V2_2, V2_3
from mock_insightly.versions.v3 import V3_0, V3_1
from mock_insightly.versions.version import Version

VERSIONS: dict[str, Version] = {version.name: version for version in (V2_2, V2_3, V3_0, V3_1)}
ANY_VERSION = f"/<any({', '.join(map(repr, VERSIONS))}):version>"
"""What routes of all versions begin with."""


def served(version: Version, resource: str, custom_objects: Iterable[str] = ()) -> Shape:
    """Return the shape of a resource, whose name is in lower case.

    Args:
        custom_objects: the names of those that the account has defined.

    Raises:
        UnservedError: the account's plan has no such resource, or this CRM does not imitate it.
        SingularResourceError: its singular came instead, to a version that tells this from an unknown name.
        NoSuchResourceError: there is no such resource.

    Source: 405 for ``/Contact`` on v3.1, probed live by insightly-mcp (observed second-hand).
    """
    shape = version.shapes.get(resource)
    if shape is not None and (shape.on_all or shape.on_one):
        return shape
    if version.custom_shape:
        for name in custom_objects:
            if name.lower() == resource:
                return version.custom_shape(custom_object(name))
    if resource in version.unserved:
        raise version.unserved[resource](resource)
    for one in version.shapes.values():
        if version.tells_singular and one.kind.entity.lower() == resource:
            raise SingularResourceError(resource, one.kind.name)
    raise NoSuchResourceError(resource, (one.kind.name for one in version.shapes.values()))


def chosen(settings: CrmSettings) -> Mapping[str, Version]:
    """Return the versions as the settings want them, where nobody knows which way the real ones have."""
    return {name: _v3(version, settings) if version.tagged else version for name, version in VERSIONS.items()}


def _v3(version: Version, settings: CrmSettings) -> Version:
    if settings.plan == "Enterprise":
        # what is closed to other plans is not imitated here
        version = replace(
            version,
            unserved=dict.fromkeys(version.unserved, NotImitatedError),
            unserved_below=dict.fromkeys(version.unserved_below, NotImitatedError),
        )
    return replace(version, put_status=settings.put_status)


_PREFIXES = tuple(f"/{name}/" for name in VERSIONS)
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # of WSGI's text, in which other letters are bytes
_WORDS = 4
"""Version, resource, id or verb, sub-resource; what follows, such as a tag's name, keeps its case."""


@bounded_cache(1024)  # clients ask for the same again and again
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
