"""All versions' operations."""

from collections.abc import Iterable

from mock_insightly.account.account import CrmAccount
from mock_insightly.document.field_schemas import Said
from mock_insightly.document.list_paths import add_custom_fields, add_lookup, add_tags, add_team_members
from mock_insightly.document.operations import HEADERS, PROBLEM, Operations, problem_responses
from mock_insightly.document.record_paths import RecordPaths
from mock_insightly.document.record_schemas import RecordSchemas
from mock_insightly.document.sub_paths import add_below
from mock_insightly.kinds import custom_object
from mock_insightly.records.row_types import TAGS
from mock_insightly.versions.shape import Key, Shape
from mock_insightly.versions.sub_resources import CUSTOM
from mock_insightly.versions.version import Version

_PROBLEMS = (400, 401, 402, 403, 404, 409, 413, 415, 417)


def components_and_paths(
    account: CrmAccount, versions: Iterable[Version]
) -> tuple[dict[str, dict[str, Said]], dict[str, Said]]:
    """Return the components, by section, and the paths of the API as an account finds it.

    Args:
        account: whose lists and custom objects are described.
        versions: those that are served.
    """
    schemas: dict[str, Said] = {"Problem": PROBLEM}
    paths: dict[str, Said] = {}
    for version in versions:
        operations = Operations(version)
        named = RecordSchemas(version, account)
        _add(version, account, operations, named)
        schemas |= named.components
        paths |= operations.paths
    components = {
        "schemas": schemas,
        "responses": problem_responses(_PROBLEMS),
        "headers": dict(HEADERS),
    }
    return components, paths


def _add(version: Version, account: CrmAccount, operations: Operations, schemas: RecordSchemas) -> None:
    for shape in (*version.shapes.values(), *_custom_shapes(version, account.custom_objects)):
        records = RecordPaths(version, shape, operations, schemas)
        records.add()
        name = shape.kind.name.lower()
        for (resource, _), sub in version.sub_resources.items():
            if resource == (name if name in version.shapes else CUSTOM):
                add_below(records, sub)
    for lookup in version.lookups.values():
        add_lookup(lookup, account, operations, schemas)
    tag = Key(name="TAGS", holds=TAGS, show=lambda _record: [], collection=True)
    add_tags(version, operations, schemas.row(tag))
    add_team_members(version, operations, schemas)
    if "customfields" not in version.lookups:
        add_custom_fields(account, operations, schemas)


def _custom_shapes(version: Version, names: Iterable[str]) -> Iterable[Shape]:
    if version.custom_shape is not None:
        yield from (version.custom_shape(custom_object(name)) for name in names)
