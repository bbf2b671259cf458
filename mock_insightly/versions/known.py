"""The versions that are served, and which shape a path asks for."""

from collections.abc import Iterable, Iterator, Mapping

from mock_insightly.errors import NoSuchResourceError, SingularResourceError
from mock_insightly.kinds import LEADS, OPPORTUNITIES, ORGANISATIONS, PROJECTS, TASKS, custom_object
from mock_insightly.settings import CrmSettings
from mock_insightly.versions import v2_1, v2_2, v2_3, v3_1
from mock_insightly.versions.shape import Key, Shape, flat, shapes_of
from mock_insightly.versions.v3_paths import open_to_all
from mock_insightly.versions.version import Version
from mock_kit.values import replace

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


_VISIBILITY = frozenset({"VISIBLE_TO", "VISIBLE_TEAM_ID"})


def chosen(settings: CrmSettings) -> Mapping[str, Version]:
    """Return the versions as the settings want them, where nobody knows which way the real ones have."""
    return {name: _v3(version, settings) if version.tagged else version for name, version in VERSIONS.items()}


def _v3(version: Version, settings: CrmSettings) -> Version:
    if settings.plan == "Enterprise":
        version = replace(
            version,
            unserved=open_to_all(version.unserved),
            unserved_below=open_to_all(version.unserved_below),
        )
    return replace(
        version,
        shapes=shapes_of(*(_shape(shape, settings) for shape in version.shapes.values())),
        replaces=version.replaces and settings.v3_0_replaces,
        put_status=settings.put_status,
        sub_list_status=settings.sub_list_status,
        puts_by_id=settings.put_by_id,
    )


def _shape(shape: Shape, settings: CrmSettings) -> Shape:
    if shape.kind is LEADS and settings.converted_leads == "hidden":
        return replace(shape, hides=("include_converted", "CONVERTED"))
    if shape.kind in (ORGANISATIONS, OPPORTUNITIES, PROJECTS) and not settings.visibility_shown:
        return replace(shape, keys=tuple(key for key in shape.keys if key.name not in _VISIBILITY))
    if shape.kind is TASKS and settings.public_tasks_shown:
        return replace(shape, keys=tuple(_with_visibility(shape)))
    return shape


def _with_visibility(tasks: Shape) -> Iterator[Key]:
    """Yield the keys of tasks, and whether everybody may see them."""
    for key in tasks.keys:
        yield key
        if key.name == "MILESTONE_ID":
            yield from (flat(field) for field in tasks.kind.fields if field.name == "PUBLICLY_VISIBLE")
