"""A call to a provider."""

from collections.abc import Mapping
from dataclasses import dataclass

Record = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class ProviderRequest:
    """A call to make: method, URL below the instance's ``base.url``, and a body or none."""

    method: str
    path: str
    body: Mapping[str, object] | None = None
