"""A call to a provider."""

from collections.abc import Mapping

from msgspec import Struct

Record = dict[str, object]


class ProviderRequest(Struct, frozen=True, kw_only=True):
    """A call to make: method, URL below the instance's ``base.url``, and a body or none."""

    method: str
    path: str
    body: Mapping[str, object] | None = None
