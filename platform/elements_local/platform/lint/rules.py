"""The rules of lint: what each objects to, whichever configuration breaks it, how bad it is, why it bites, and what cures it."""

from enum import Enum
from typing import Literal, Self, TypeAlias

LintSeverity: TypeAlias = Literal["error", "warning"]
"""How bad it is to leave a finding as it is: with an error events are missed, duplicated or misclassified."""


def _error(word: str, seen: str, why: str, cure: str) -> tuple[str, LintSeverity, str, str, str]:
    return word, "error", seen, why, cure


def _warning(word: str, seen: str, why: str, cure: str) -> tuple[str, LintSeverity, str, str, str]:
    return word, "warning", seen, why, cure


class LintRule(Enum):
    """What sort of slip it is; the words are stable, so that programs can go by them.

    Attributes:
        seen: what of a configuration it objects to.
        why: what comes of leaving it so.
        cure: what fixes it.
    """

    KEY_MISSPELT = _warning(
        "key-misspelt",
        "a key, or a parameter of a URL, that nothing reads, and a known one is like it",
        "it has no effect",
        "write the key that is read",
    )
    KEY_CASE = _warning(
        "key-case",
        "a key, or a parameter of a URL, that nothing reads, as it differs in case from one that is read",
        "it has no effect",
        "write the key as it is read",
    )
    KEY_MISPLACED = _warning(
        "key-misplaced",
        "a key that nothing reads where it stands, but elsewhere; a field that the provider's other version has",
        "it has no effect",
        "write it where it is read",
    )
    UNKNOWN_KEY = _warning(
        "unknown-key",
        "a key, or a parameter of a URL, that nothing reads, and none is like it; an entry in the `configuration` of a transformation that is none",
        "it has no effect; the configuration keeps it",
        "take it out",
    )
    KEY_WITHOUT_EFFECT = _warning(
        "key-without-effect",
        "a key that only the platform's successor reads, such as `useLastPollDate`; of a definition or a transformation, "
        "`applyJSOnQueryFieldValue`, another `level` than the instance's, another `objectName` than the path's; "
        "`providerData.code` where no grant is redeemed; `element.key` or `element.id` of another element than the "
        "instance's; `retrieveObjectsAfterInstantiation` of a change; a user name that is not that of the API key's user",
        "it has no effect",
        "take it out",
    )
    UNPOLLED_RESOURCE = _error(
        "unpolled-resource",
        "a block, or a name in `event.objects`, that is polled by nothing: an empty block of a name that the element has "
        "no block of, one that `event.poller.urls` or `event.objects` do not choose, or blocks beside lines of "
        "`event.poller.urls`",
        "none of its changes is reported",
        "write the block, or name the resource where the others are chosen",
    )
    NOTHING_POLLED = _error(
        "nothing-polled",
        "events are enabled, and no resource is polled",
        "no change is reported",
        "write a block for each resource, or `{}` for one that the element has a block of",
    )
    MISSING_ID_FIELD = _error(
        "missing-id-field",
        "a polled resource without `idField`",
        "its events come without `objectId`, and name no record",
        "name the field of the record's id",
    )
    MISSING_DATE_FIELD = _error(
        "missing-date-field",
        "a polled resource without a field or a format for a date that counts",
        "without a created date nothing is CREATED; without the date that is compared nothing is reported; without any, "
        "everything is reported at every poll",
        "name both fields with their formats",
    )
    INTERVAL_TOO_LONG = _warning(
        "interval-too-long",
        "`event.poller.refresh_interval` of more than a day (1440)",
        "a change waits as long until it is reported",
        "poll more often",
    )
    EVENTS_NOT_ENABLED = _error(
        "events-not-enabled",
        "a body that names a callback URL or something to poll, and says nothing of `event.notification.enabled`",
        "nothing is polled, and no callback comes",
        "set event.notification.enabled to true",
    )
    CALLBACK_URL = _error(
        "callback-url",
        "events are enabled, and the callback URL is missing, is none of http or https, or leads to a host that the "
        "outbound guard refuses; names are not looked up",
        "events are kept, and no receiver gets them",
        "name a URL that the platform may call",
    )
    VENDOR_TYPE_WITHOUT_EFFECT = _error(
        "vendor-type-without-effect",
        "`event.vendor.type` is `webhook`, and the element's provider pushes nothing",
        "nothing is polled; events come only of `POST /events`",
        "set event.vendor.type to polling",
    )
    DATE_LETTERS = _error(
        "date-letters",
        "letters mixed up in a date format: `mm` for months, `MM` for minutes, `hh` without `a`, `DD` for the day of the "
        "month, `uuuu` for the year, `SS` for seconds",
        "the pattern is valid Java but reads other dates: changes are missed or duplicated",
        "MM is months and mm minutes, HH counts to 23, dd is the day of the month, yyyy the year, ss seconds",
    )
    DATE_WITHOUT_SECONDS = _error(
        "date-without-seconds",
        "a date format that ends before the seconds",
        "the rest of the date is not read: a change seems to be at the start of its minute, hour or day, and one after a "
        "poll in that time is missed",
        "write the whole pattern, down to the second",
    )
    DATE_NOT_READ = _error(
        "date-not-read",
        "a date format that does not read what the provider writes into the field",
        "without an updated date a record is passed over at each poll; without a created date nothing is CREATED",
        "write the pattern that the element's own block has",
    )
    WRONG_ZONE = _error(
        "wrong-zone",
        "another time zone than the provider writes the field in",
        "east of it every change seems hours old and is missed; west of it every change is duplicated for hours",
        "name the zone that the element's own block has",
    )
    DATE_FIELD = _error(
        "date-field",
        "a date field that no record has: misspelt, in another case, or of another provider or version",
        "no record has it: without an updated date it is passed over, without a created date nothing is CREATED",
        "name the field as records show it",
    )
    HIDDEN_FIELD = _error(
        "hidden-field",
        "`idField` or a date's field of a polled resource that the resource's transformation renames or leaves out",
        "as without that key: events name no record, a record without an updated date is passed over, without a created one "
        "nothing is CREATED",
        "name the field as the transformation has it",
    )
    SCRIPT_NOT_RUN = _warning(
        "script-not-run",
        "a transformation with a script",
        "the script is kept and answered; records are mapped by the fields alone",
        "map what it does by fields, as far as they can",
    )
    READ_ONLY_PATH = _warning(
        "read-only-path",
        "a `vendorPath` that picks a row by its value or counts rows",
        "it is shown; what is sent under its `path` is left out",
        "map a path that can be written, if it is to be",
    )
    DATE_FIELDS_MIXED_UP = _error(
        "date-fields-mixed-up",
        "`updatedDateField` names the created date, or the same field as `createdDateField`",
        "changes of a record that is there are passed over, or each is called CREATED",
        "name the updated date in updatedDateField, and the created date in createdDateField",
    )
    ID_FIELD = _error(
        "id-field",
        "an `idField` that is not the record's id: misspelt, in another case, or another field",
        "events come without `objectId`, or with one that names no record",
        "name the field of the record's id as records show it",
    )
    FILTER_BY_CREATED = _warning(
        "filter-by-created",
        "`filterByUpdatedDate` is false though there is an updated date",
        "new records are reported, and no change of them is",
        "leave filterByUpdatedDate at true",
    )
    URL_WITHOUT_DATE = _error(
        "url-without-date",
        "a URL without a placeholder for the last poll, so nothing is filtered by date, and no `orderBy` that has "
        "the latest change first",
        "pages of twenty are read until one holds old records alone; where old ones are listed first, new ones are never "
        "reached, and all others are read again at each poll",
        "ask for changes after the last poll",
    )
    UNKNOWN_PLACEHOLDER = _error(
        "unknown-placeholder",
        "a placeholder in a URL that is none of the platform's",
        "it is sent unchanged: the provider refuses it, or finds nothing",
        "write one of gmtDate, dateTimeZone, nowTimeZone, date, epoch and milliseconds",
    )
    PLACEHOLDER_DATE = _error(
        "placeholder-date",
        "a placeholder that writes the last poll's time in another format or zone than the field that it is compared with, or by "
        "mixed up letters, such as `hh` for `HH`",
        "the provider refuses it, compares texts that do not compare as times, or is asked for what is hours ahead",
        "write it by the field's own format, in its own zone",
    )
    WHERE_UNREADABLE = _error(
        "where-unreadable",
        "a `where` clause that cannot be read, or a second one",
        "every poll fails, and after a hundred failures the poller is switched off",
        "close its quotes; an apostrophe inside of a text is doubled; join two clauses by `and`",
    )
    WHERE_OPERATOR = _error(
        "where-operator",
        "a `where` clause that compares the updated date with the last poll by another operator than later than",
        "the provider is asked for other records than those that changed, or refuses the clause",
        "compare with > or >=; a search parameter that means later than takes =",
    )
    WHERE_ON_CREATED = _error(
        "where-on-created",
        "a `where` clause that compares the created date with the last poll though changes are to be reported",
        "only new records are found; no change of them is reported",
        "compare the updated date",
    )
    WHERE_EDGE = _error(
        "where-edge",
        "a `where` clause that ends before the poll's own second, `< '${nowTimeZone:...}'`",
        "a change in the second of a poll is excluded by it, and is no later than the last poll for the next one",
        "end with <=, or leave the end out",
    )
    PAGE_TOO_SMALL = _warning(
        "page-too-small",
        "`pageSize` of less than ten",
        "each page is a call, and a poll makes all of them at once: after a burst of changes the provider, which takes some "
        "ten calls a second, refuses it, and each poll after it; and the more pages there are, the more can shift or overlap",
        "let a page hold all changes of an interval",
    )
    OTHER_COLLECTION = _error(
        "other-collection",
        "a block under the name of one of the element's resources whose URL lists another one, or misspells it",
        "changes of the one are never reported, those of the other under a wrong `objectType`",
        "name the resource in the URL that the block is called by",
    )
    TWIN_BLOCK = _warning(
        "twin-block",
        "two blocks with the same URL",
        "every change is reported twice, under two names",
        "take one of them out",
    )
    ONE_PAGE = _error(
        "one-page",
        "a URL with `page` above 1",
        "records on the pages before are never reported",
        "take page out: polls read all pages",
    )
    FIELDS_LEFT_OUT = _error(
        "fields-left-out",
        "a URL whose `fields` lack the `idField` or a date's field",
        "events name no record, a record without an updated date is passed over, without a created one nothing is CREATED",
        "name these fields too, or take fields out",
    )
    POLL_DELAY_TOO_LONG = _error(
        "poll-delay-too-long",
        "`pollDelay` as long as the interval, or longer",
        "every change is reported again by the polls that follow within the delay",
        "let pollDelay be as long as the provider's search lags behind, and no longer",
    )
    POLL_DELAY_TOO_SHORT = _error(
        "poll-delay-too-short",
        "`pollDelay` shorter than the provider's search is known to lag behind",
        "a change within the lag before a poll is not found by it, and no longer asked for by the next one",
        "let pollDelay be as long as the lag",
    )
    TOLERANCE_LONG = _error(
        "tolerance-long",
        "`createdCheckTolerance` of more than a minute",
        "a correction of a new record within it, after a poll, causes a second CREATED",
        "let it be as long as the provider takes between the two stamps of a new record: seconds",
    )
    KEY_TWICE = _warning(
        "key-twice",
        "a key that comes more than once in one object of a body's JSON",
        "the last one counts, and nothing shows the others",
        "take all but one out",
    )
    MORE = _warning("more", "", "", "")

    severity: LintSeverity
    seen: str
    why: str
    cure: str

    def __new__(cls, word: str, severity: LintSeverity, seen: str, why: str, cure: str) -> Self:
        """Let the word be the value, by which a rule is kept and read."""
        rule = object.__new__(cls)
        rule._value_ = word
        rule.severity, rule.seen, rule.why, rule.cure = severity, seen, why, cure
        return rule


RULES = [rule for rule in LintRule if rule is not LintRule.MORE]
"""All rules but ``more``, which only counts."""

ABOUT_KEYS = frozenset(
    rule.value
    for rule in (
        LintRule.KEY_MISSPELT,
        LintRule.KEY_CASE,
        LintRule.KEY_MISPLACED,
        LintRule.UNKNOWN_KEY,
        LintRule.KEY_WITHOUT_EFFECT,
    )
)
"""Of keys that nothing reads."""


def slip(written: str, meant: str) -> LintRule:
    """Say how a key that nothing reads differs from the one that is meant.

    >>> [slip(key, "idField").value for key in ("idFeild", "idfield", "idField")]
    ['key-misspelt', 'key-case', 'key-misplaced']
    """
    if written == meant:
        return LintRule.KEY_MISPLACED
    return LintRule.KEY_CASE if written.casefold() == meant.casefold() else LintRule.KEY_MISSPELT
