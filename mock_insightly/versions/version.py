"""What sets one version of the API apart from another."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mock_insightly.kinds import Kind
from mock_insightly.lookups import Lookup
from mock_insightly.query import Query
from mock_insightly.search import Wanted
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.sub_resources import SubResources


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of the API.

    Attributes:
        name: as paths have it.
        shapes: by the resource's name in lower case.
        lookups: lists that nobody changes, by name in lower case.
        sub_resources: what hangs below records.
        filters: the names of the filters that a search of a kind has, except the date in ``updated_after_utc``.
        wanted: reads the filters of a search, except the date in ``updated_after_utc``.
        replaces: whether a PUT clears what its body does not mention.
        tagged: whether records carry an ETag, and a PUT may name one in If-Match.
        tells_singular: whether a resource's singular is refused in another way than an unknown name.
        custom_shape: makes the shape of a custom object's records; None if they cannot be reached.
    """

    name: str
    shapes: Mapping[str, Shape]
    lookups: Mapping[str, Lookup]
    sub_resources: SubResources
    filters: Callable[[Kind], Iterable[str]]
    wanted: Callable[[Shape, Query], Wanted]
    replaces: bool
    tagged: bool
    tells_singular: bool = False
    custom_shape: Callable[[Kind], Shape] | None = None
