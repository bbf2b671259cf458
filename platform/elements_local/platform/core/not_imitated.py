"""What the vendor's platform has and this one does not imitate: the paths, and what is there.

The table of ``docs/not-imitated.md`` is made of this one.

Source: first words of paths that the vendor's test suites, command line and SDK ask for (observed); what most of them
    are for (documented), or follows from their names (assumed).
"""

from collections.abc import Sequence

from msgspec import Struct

ANY = "{}"
"""Stands for any segment of a path."""


class NotImitatedPath(Struct, frozen=True, kw_only=True):
    """A path, below the API's.

    Attributes:
        about: what the vendor has there.
        methods: those that are meant, at this very path; none are all, and all that lies below it too.
        lists: what the vendor says is not found where the list is empty; None where that is not how a GET is answered.
    """

    path: str
    about: str
    methods: tuple[str, ...] = ()
    lists: str | None = None

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return tuple(self.path.split("/"))

    def fits(self, method: str, segments: Sequence[str]) -> bool:
        """Say whether a call is one of those that are meant."""
        own = self.segments
        if self.methods and (method not in self.methods or len(segments) != len(own)):
            return False
        return len(segments) >= len(own) and all(
            word in {ANY, came} for word, came in zip(own, segments, strict=False)
        )

    def is_empty_list(self, method: str, segments: Sequence[str]) -> bool:
        """Say whether a call asks for the list, of which the vendor's answer is known where it is empty."""
        return self.lists is not None and method in {"GET", "HEAD"} and len(segments) == len(self.segments)

    @property
    def has_word_below(self) -> bool:
        """Whether it has a word of its own after the first one, so that no record of an element can be meant."""
        return any(word != ANY for word in self.segments[1:])

    def stands_before(self, rule: Sequence[str]) -> bool:
        """Say whether the path is the more literal one, beside the segments of a route that is there."""
        literal = [word != ANY for word in self.segments]
        return literal > [not word.startswith("<") for word in rule[: len(literal)]]


def _paths(about: str, *paths: str, methods: str = "") -> list[NotImitatedPath]:
    return [NotImitatedPath(path=path, about=about, methods=tuple(methods.split())) for path in paths]


_CHANGE = "PUT PATCH DELETE"
NOT_IMITATED: tuple[NotImitatedPath, ...] = (
    NotImitatedPath(path="formulas", about="formulas and their executions", lists="formulas"),
    NotImitatedPath(path="vdrs", about="virtual data resources", lists="vdrs"),
    NotImitatedPath(path="common-resources", about="common resources", lists="common resources"),
    *_paths("integrations", "integrations"),
    *_paths("products that elements are bundled in", "element-products"),
    *_paths("applications of customers", "applications"),
    *_paths("customers, and what accounts belong to", "customers"),
    *_paths("domains of an organization", "domains"),
    *_paths("colours and logos of the console", "branding", "organizations/branding"),
    *_paths("models of an element's objects", "models", "elements/{}/models"),
    *_paths("figures of what was called, made and polled", "metrics"),
    *_paths("who has changed what", "audit-logs"),
    *_paths("calls of the platform and their analytics", "usage"),
    *_paths("management of changes", "change-management"),
    *_paths("properties of the catalogue of elements", "catalog-properties"),
    *_paths("documents of the API in another form", "lbdocs"),
    *_paths("a transformation tried on a body", "transformations/{}/execute"),
    *_paths("bulk jobs of version 3, and what they read", "bulk/jobs", "bulk/download"),
    *_paths("bulk jobs from one instance into another", "bulk/workflows"),
    *_paths(
        "definitions of objects above those of an instance",
        *("organizations/objects", "accounts/objects", "accounts/{}/objects"),
    ),
    *_paths("transformations above those of an instance", "organizations/elements", "accounts/{}/elements"),
    *_paths("rules for passwords", "organizations/password-policies"),
    *_paths("sign-in by another provider", "organizations/identity-providers", "accounts/identity-providers"),
    *_paths("roles and privileges", "organizations/roles", "accounts/{}/roles", "users/{}/roles"),
    *_paths("users of an account or organization", "accounts/{}/users", "organizations/users"),
    *_paths("accounts of an organization", "organizations/{}/accounts"),
    *_paths("a change of the organization", "organizations/me", methods=_CHANGE),
    *_paths("making accounts", "accounts", methods="POST"),
    *_paths("changing and deleting accounts", "accounts/{}", methods=_CHANGE),
    *_paths("changing and deleting users", "users/{}", methods=_CHANGE),
    *_paths("jobs of any call", "jobs", methods="POST"),
    *_paths("rescheduling a job", "jobs/{}/reschedule", methods="PATCH"),
    *_paths("calls that jobs have made", "jobs/executions"),
    *_paths("making elements", "elements", methods="POST"),
    *_paths("changing and deleting elements", "elements/{}", methods=_CHANGE),
    *_paths("copies of an element", "elements/{}/clone"),
    *_paths("switching an element on and off", "elements/{}/active"),
    *_paths("changing an element's configuration", "elements/{}/configuration", methods="POST"),
    *_paths("changing an element's configuration", "elements/{}/configuration/{}", methods=_CHANGE),
    *_paths(
        "what an element is built of",
        *("elements/{}/resources", "elements/{}/parameters", "elements/{}/hooks", "elements/{}/objects"),
        *("elements/{}/authentication-types", "elements/{}/versions"),
    ),
)

_OF_FIRST_WORD: dict[str, list[NotImitatedPath]] = {}
for _path in NOT_IMITATED:
    _OF_FIRST_WORD.setdefault(_path.segments[0], []).append(_path)


def not_imitated(method: str, segments: Sequence[str]) -> NotImitatedPath | None:
    """Return what the vendor has where a call goes, and this platform does not.

    Args:
        segments: of the path, below the API's.

    >>> not_imitated("PUT", ["elements", "insightly", "hooks", "5"]).path
    'elements/{}/hooks'
    >>> not_imitated("GET", ["accounts"]) is not_imitated("GET", ["contacts"]) is None
    True
    """
    return next((each for each in _OF_FIRST_WORD.get(segments[0], ()) if each.fits(method, segments)), None)
