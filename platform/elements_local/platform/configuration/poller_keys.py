"""The keys of a resource's block in ``event.poller.configuration``, one entry each; reader, lint, cures and reference follow.

Source: the vendor's polling guide (documented); where the ledger says otherwise, that.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

from msgspec import Struct


class PollerKeyType(Enum):
    """What a key may hold, in the words of messages."""

    PATH = "a path on the platform, such as /hubs/crm/contacts?where=..."
    TEXT = "a text"
    FLAG = "true or false"
    SECONDS = "whole seconds, 0 or more"
    COUNT = "a whole number, 1 or more"
    DATES = "an object"


class PollerKey(Struct, frozen=True, kw_only=True):
    """One key.

    Attributes:
        field: of ``Resource``, which has the default as well; empty for what the dates are put together of.
        unset: what holds without it, where that is not the field's default.
        example: a value that is read.
        rules: those of lint that say what goes wrong with it.
        used_by: the module of the platform that goes by it.
        also: another spelling that is read.
        inside: whether it belongs into ``datesConfiguration``.
        misplaced: whether it is read in the other place, too.
        fixes: link of the chain, or a cause -> the values that are tried where that broke; none where they follow from the case.
    """

    name: str
    takes: PollerKeyType
    meaning: str
    field: str = ""
    unset: str = ""
    example: object
    rules: Sequence[str] = ()
    used_by: str
    also: Sequence[str] = ()
    inside: bool = False
    misplaced: bool = False
    fixes: Mapping[str, Sequence[object]] = {}


_BY_DATE: Mapping[str, Sequence[object]] = dict.fromkeys(("filter", "key", "name", "repeat"), ())
_FEWER_PAGES: Mapping[str, Sequence[object]] = dict.fromkeys(
    ("page-shift", "page-overlap", "list-ended", "not-in-answer", "rate-limit"), (200, 500)
)

_ABOUT_URLS = (
    "url-without-date", "unknown-placeholder", "placeholder-date", "where-unreadable", "where-operator", "where-on-created",
    "where-edge", "other-collection", "twin-block", "one-page", "fields-left-out",
)  # fmt: skip
_ABOUT_DATES = {
    "Field": ("missing-date-field", "date-field", "date-fields-mixed-up", "hidden-field", "fields-left-out"),
    "Format": ("missing-date-field", "date-letters", "date-without-seconds", "date-not-read"),
    "Timezone": ("wrong-zone",),
}
"""What goes wrong with a date, by the end of the key."""
_EXAMPLES = {"Format": "yyyy-MM-dd HH:mm:ss", "Timezone": "GMT"}


def _of_date(prefix: str, part: str, meaning: str, *, unset: str, misplaced: bool = False) -> PollerKey:
    return PollerKey(
        name=f"{prefix}Date{part}",
        takes=PollerKeyType.TEXT,
        meaning=meaning,
        unset=unset,
        example=_EXAMPLES.get(part, f"DATE_{prefix.upper()}_UTC"),
        rules=_ABOUT_DATES[part],
        used_by="polling.created_or_updated",
        inside=True,
        misplaced=misplaced,
        fixes=_BY_DATE,
    )


POLLER_KEYS = (
    PollerKey(
        name="url",
        takes=PollerKeyType.PATH,
        meaning="the list to poll, with a placeholder for the time of the last poll",
        field="url",
        unset="refused",
        example="/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
        rules=_ABOUT_URLS,
        used_by="polling.window",
        fixes=dict.fromkeys(("poller", "request", "window", "list", "key", "repeat"), ()),
    ),
    PollerKey(
        name="idField",
        takes=PollerKeyType.TEXT,
        meaning="the field of a record that becomes `objectId`",
        field="id_field",
        unset="events name no record",
        example="CONTACT_ID",
        rules=("missing-id-field", "id-field", "hidden-field"),
        used_by="polling.created_or_updated",
        fixes={"key": (), "identity": ()},
    ),
    PollerKey(
        name="datesConfiguration",
        takes=PollerKeyType.DATES,
        meaning="where a record has its two dates, and how they are written",
        unset="every record is reported at every poll",
        example={"updatedDateField": "DATE_UPDATED_UTC", "updatedDateFormat": "yyyy-MM-dd HH:mm:ss"},
        rules=("missing-date-field",),
        used_by="polling.created_or_updated",
        fixes=_BY_DATE,
    ),
    _of_date("updated", "Field", "the field of the updated date", unset="the created date decides"),
    _of_date("updated", "Format", "its Java pattern, or `milliseconds`", unset="as without the field"),
    _of_date("updated", "Timezone", "the time zone of a date that names none", unset="`GMT`", misplaced=True),
    _of_date("created", "Field", "the field of the created date", unset="nothing is `CREATED`"),
    _of_date("created", "Format", "its Java pattern, or `milliseconds`", unset="`updatedDateFormat`"),
    _of_date("created", "Timezone", "the time zone of a date that names none", unset="`updatedDateTimezone`"),
    PollerKey(
        name="filterByUpdatedDate",
        takes=PollerKeyType.FLAG,
        meaning="whether the updated date decides what is reported, not the created date",
        field="filter_by_updated_date",
        example=True,
        rules=("filter-by-created",),
        used_by="polling.created_or_updated",
        also=("filterByUpdateDate",),
        fixes=_BY_DATE,
    ),
    PollerKey(
        name="pageSize",
        takes=PollerKeyType.COUNT,
        meaning="how many records a poll reads in one call",
        field="page_size",
        unset="the element's",
        example=200,
        rules=("page-too-small",),
        used_by="polling.window",
        fixes={"repeat": (), **_FEWER_PAGES},
    ),
    PollerKey(
        name="pollDelay",
        takes=PollerKeyType.SECONDS,
        meaning="how far before the last poll this poll begins; records may then be reported again",
        field="poll_delay",
        example=60,
        rules=("poll-delay-too-long", "poll-delay-too-short"),
        used_by="polling.window",
        fixes={"window": (), "list": (), "repeat": (0, 1)},
    ),
    PollerKey(
        name="filterByCurrentDate",
        takes=PollerKeyType.FLAG,
        meaning="whether a record with a date after the start of the poll waits for a later poll",
        field="filter_by_current_date",
        example=True,
        used_by="polling.created_or_updated",
        fixes={"filter": (False,), "key": (False,), "name": (False,), "repeat": (True,)},
    ),
    PollerKey(
        name="createdCheckTolerance",
        takes=PollerKeyType.SECONDS,
        meaning="the largest difference between the two dates of a record that counts as `CREATED`",
        field="created_check_tolerance",
        unset="the setting `platform.created_check_tolerance`",
        example=2,
        rules=("tolerance-long",),
        used_by="polling.created_or_updated",
        misplaced=True,
        fixes={"key": (), "name": ()},
    ),
)
"""In the order in which they are read, and in which a cure is looked for among them."""

DATE_KEYS = tuple(key.name for key in POLLER_KEYS if key.inside)
"""Of ``datesConfiguration``, in the order of a line's fields."""

BLOCK_KEYS = tuple(
    name for key in POLLER_KEYS if not key.inside or key.misplaced for name in (key.name, *key.also)
)
"""All that is read in the block itself."""

READ_IN_DATES = tuple(key.name for key in POLLER_KEYS if key.inside or key.misplaced)
"""All that is read inside ``datesConfiguration``."""


def keys_about(*words: str) -> frozenset[str]:
    """Return the keys that can have broken a link of the chain, or brought about a cause."""
    return frozenset(key.name for key in POLLER_KEYS for word in words if word in key.fixes)
