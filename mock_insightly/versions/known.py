"""The versions that are served, and which shape a path asks for."""

from collections.abc import Iterable

from mock_insightly.errors import NoSuchResourceError, SingularResourceError
from mock_insightly.kinds import custom_object
from mock_insightly.versions import v2_1, v2_2, v2_3, v3_1
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.version import Version

VERSIONS: dict[str, Version] = {
    version.name: version
    for version in (v2_1.VERSION, v2_2.VERSION, v2_3.VERSION, v3_1.VERSION_3_0, v3_1.VERSION)
}
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
