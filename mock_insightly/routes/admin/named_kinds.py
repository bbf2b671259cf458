"""The kinds of record that an admin call names."""

from collections.abc import Iterable

from mock_insightly.kinds import KINDS, RecordKind
from mock_kit.admin.routes import ParameterError


def kind_named(name: str, *, parameter: str, among: Iterable[RecordKind] = KINDS) -> RecordKind:
    """Return a kind by its name, as paths spell it; case does not count.

    Raises:
        ParameterError: there is none of that name.
    """
    kinds = {kind.name.lower(): kind for kind in among}
    if name.lower() not in kinds:
        known = ", ".join(kind.name for kind in kinds.values())
        raise ParameterError(f"{parameter} is one of {known}; got {name!r}")
    return kinds[name.lower()]
