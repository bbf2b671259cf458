"""The versions as the settings want them, where nobody knows which way the real ones have."""

from collections.abc import Iterator, Mapping

from mock_insightly.kinds import LEADS, OPPORTUNITIES, ORGANISATIONS, PROJECTS, TASKS
from mock_insightly.settings import CrmSettings
from mock_insightly.versions.known import VERSIONS
from mock_insightly.versions.shape import Key, Shape, flat, shapes_of
from mock_insightly.versions.v3_unserved import open_to_all
from mock_insightly.versions.version import Version
from mock_kit.values import replace

_VISIBILITY = frozenset({"VISIBLE_TO", "VISIBLE_TEAM_ID"})


def chosen(settings: CrmSettings) -> Mapping[str, Version]:
    """Return the versions by name."""
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
