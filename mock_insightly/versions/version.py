"""What sets one version of the API apart from another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mock_insightly.query import Query
from mock_insightly.search import Wanted
from mock_insightly.versions.shape import Shape


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of the API.

    Attributes:
        name: as paths have it.
        shapes: by the resource's name in lower case.
        wanted: reads the filters of a search, except the date in ``updated_after_utc``.
        replaces: whether a PUT clears what its body does not mention.
        tagged: whether records carry an ETag, and a PUT may name one in If-Match.
        tells_singular: whether a resource's singular is refused in another way than an unknown name.
    """

    name: str
    shapes: Mapping[str, Shape]
    wanted: Callable[[Shape, Query], Wanted]
    replaces: bool
    tagged: bool
    tells_singular: bool = False
