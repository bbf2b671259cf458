"""The flat keys of v2."""

from dataclasses import replace

from mock_insightly.kinds import RecordKind
from mock_insightly.versions.shape import Key, constant, flat

_READ_ONLY = frozenset({"OWNER_USER_ID"})
"""Source: read-only in late v2.2 (later v2.2 OpenAPI document, documented)."""


def flats(
    kind: RecordKind, names: str, renamed: dict[str, str] | None = None, *, writable: bool = False
) -> tuple[Key, ...]:
    """Return the keys of flat fields, written as the wire has them.

    Args:
        writable: whether clients may write what otherwise only the server does.
    """
    fields = {field.name: field for field in kind.fields}
    canonical = {name: (renamed or {}).get(name, name) for name in names.split()}
    return tuple(
        constant(name, None)
        if name == "VISIBLE_USER_IDS"
        else flat(
            replace(fields[kept_as], assigned=fields[kept_as].assigned and not writable),
            name,
            read_only=name in _READ_ONLY,
        )
        for name, kept_as in canonical.items()
    )
