"""What is known of each rule, whichever configuration breaks it: how bad it is, why it bites, and what cures it."""

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from mock_platform.lint.warning import LintRule


class LintSeverity(Enum):
    """How bad it is to leave a finding as it is: with an error events are lost, repeated or misnamed."""

    ERROR = "error"
    WARNING = "warning"


class RuleDescription(Struct, frozen=True):
    """What holds of a rule's findings.

    Attributes:
        seen: what of a configuration it objects to.
        why: what comes of leaving it so.
        cure: what mends it.
    """

    severity: LintSeverity
    seen: str
    why: str
    cure: str


_ERROR, _WARNING = LintSeverity.ERROR, LintSeverity.WARNING

RULES: Mapping[LintRule, RuleDescription] = {
    LintRule.MISSPELT_KEY: RuleDescription(
        _WARNING,
        "a key that nothing reads, and a known one is like it, or belongs elsewhere",
        "it has no effect, and what it was to bring about does not happen",
        "write the key that is read",
    ),
    LintRule.UNKNOWN_KEY: RuleDescription(
        _WARNING,
        "a key that nothing reads, and none is like it; an entry in the `configuration` of a transformation that is none",
        "it has no effect; the configuration keeps it",
        "take it out",
    ),
    LintRule.KEY_WITHOUT_EFFECT: RuleDescription(
        _WARNING,
        "a key that only the platform's successor reads, such as `useLastPollDate`; of a definition or a transformation, "
        "`applyJSOnQueryFieldValue`, another `level` than the instance's, another `objectName` than the path's; "
        "`providerData.code` where no grant is redeemed; `element.key` or `element.id` of another element than the "
        "instance's; `retrieveObjectsAfterInstantiation` of a change; a user name that is not that of the API key's user",
        "it has no effect",
        "take it out",
    ),
    LintRule.UNPOLLED_RESOURCE: RuleDescription(
        _ERROR,
        "a block, or a name in `event.objects`, that is polled by nothing: an empty block of a name that the element has "
        "no block of, one that `event.poller.urls` or `event.objects` do not choose, or blocks beside lines of "
        "`event.poller.urls`",
        "none of its changes is reported",
        "write the block, or name the resource where the others are chosen",
    ),
    LintRule.NOTHING_POLLED: RuleDescription(
        _ERROR,
        "events are enabled, and no resource is polled",
        "no change is reported",
        "write a block for each resource, or `{}` for one that the element has a block of",
    ),
    LintRule.MISSING_ID_FIELD: RuleDescription(
        _ERROR,
        "a polled resource without `idField`",
        "its events come without `objectId`, and name no record",
        "name the field of the record's id",
    ),
    LintRule.MISSING_DATE_FIELD: RuleDescription(
        _ERROR,
        "a polled resource without a field or a format for a date that counts",
        "without a created date nothing is CREATED; without the date that is compared nothing is reported; without any, "
        "everything is reported at every poll",
        "name both fields with their formats",
    ),
    LintRule.INTERVAL_TOO_LONG: RuleDescription(
        _WARNING,
        "`event.poller.refresh_interval` of more than a day (1440)",
        "a change waits as long until it is reported",
        "poll more often",
    ),
    LintRule.EVENTS_NOT_ENABLED: RuleDescription(
        _ERROR,
        "a body that names a callback URL or something to poll, and says nothing of `event.notification.enabled`",
        "nothing is polled, and no callback comes",
        "set event.notification.enabled to true",
    ),
    LintRule.CALLBACK_URL: RuleDescription(
        _ERROR,
        "events are enabled, and the callback URL is missing, is none of http or https, or leads to a host that the "
        "outbound guard refuses; names are not looked up",
        "events are kept, and nobody is told",
        "name a URL that the platform may call",
    ),
    LintRule.VENDOR_TYPE_WITHOUT_EFFECT: RuleDescription(
        _ERROR,
        "`event.vendor.type` is `webhook`, and the element's provider pushes nothing",
        "nothing is polled; events come only of `POST /events`",
        "set event.vendor.type to polling",
    ),
    LintRule.DATE_LETTERS: RuleDescription(
        _ERROR,
        "letters mixed up in a date format: `mm` for months, `MM` for minutes, `hh` without `a`, `DD` for the day of the "
        "month, `uuuu` for the year, `SS` for seconds",
        "the pattern is good Java and every date, or one hour's, is another one: changes are passed over, or repeated",
        "MM is months and mm minutes, HH counts to 23, dd is the day of the month, yyyy the year, ss seconds",
    ),
    LintRule.DATE_WITHOUT_SECONDS: RuleDescription(
        _ERROR,
        "a date format that ends before the seconds",
        "what follows in the text is not read, so that a change seems to be of the minute's, hour's or day's beginning, "
        "and one after a poll of that minute, hour or day is passed over",
        "write the whole pattern, down to the second",
    ),
    LintRule.DATE_NOT_READ: RuleDescription(
        _ERROR,
        "a date format that does not read what the provider writes into the field",
        "without an updated date a record is passed over at each poll; without a created date nothing is CREATED",
        "write the pattern that the element's own block has",
    ),
    LintRule.DATE_ZONE: RuleDescription(
        _ERROR,
        "a time zone other than that in which the provider writes the field",
        "east of it every change seems hours old, and is passed over; west of it every change is repeated for hours",
        "name the zone that the element's own block has",
    ),
    LintRule.DATE_FIELD: RuleDescription(
        _ERROR,
        "a date field that no record has: misspelt, in another case, or of another provider or version",
        "no record has it: without an updated date it is passed over, without a created date nothing is CREATED",
        "name the field as records show it",
    ),
    LintRule.HIDDEN_FIELD: RuleDescription(
        _ERROR,
        "`idField` or a date's field of a polled resource that the resource's transformation renames or leaves out",
        "as without that key: events name no record, a record without an updated date is passed over, without a created one "
        "nothing is CREATED",
        "name the field as the transformation has it",
    ),
    LintRule.SCRIPT_NOT_RUN: RuleDescription(
        _WARNING,
        "a transformation with a script",
        "the script is kept and answered; records are mapped by the fields alone",
        "map what it does by fields, as far as they can",
    ),
    LintRule.READ_ONLY_PATH: RuleDescription(
        _WARNING,
        "a `vendorPath` that picks a row by its value or counts rows",
        "it is shown; what is sent under its `path` is left out",
        "map a path that can be written, if it is to be",
    ),
    LintRule.DATE_FIELDS_MIXED_UP: RuleDescription(
        _ERROR,
        "`updatedDateField` names the created date, or the same field as `createdDateField`",
        "changes of a record that is there are passed over, or each is called CREATED",
        "name the updated date in updatedDateField, and the created date in createdDateField",
    ),
    LintRule.ID_FIELD: RuleDescription(
        _ERROR,
        "an `idField` that is not the record's id: misspelt, in another case, or another field",
        "events come without `objectId`, or with one that names no record",
        "name the field of the record's id as records show it",
    ),
    LintRule.CREATED_ALONE: RuleDescription(
        _WARNING,
        "`filterByUpdatedDate` is false though there is an updated date",
        "new records are reported, and no change of them is",
        "leave filterByUpdatedDate at true",
    ),
    LintRule.URL_WITHOUT_DATE: RuleDescription(
        _ERROR,
        "a URL without a placeholder for the last poll, so that nothing is filtered by date, and no `orderBy` that has "
        "the latest change first",
        "pages of twenty are read until one holds old records alone; where old ones are listed first, new ones are never "
        "reached, and all others are read again at each poll",
        "ask for what is later than the last poll",
    ),
    LintRule.UNKNOWN_PLACEHOLDER: RuleDescription(
        _ERROR,
        "a placeholder in a URL that is none of the platform's",
        "it is sent as it stands: the provider refuses it, or finds nothing",
        "write one of gmtDate, dateTimeZone, nowTimeZone, date, epoch and milliseconds",
    ),
    LintRule.PLACEHOLDER_DATE: RuleDescription(
        _ERROR,
        "a placeholder that writes the last poll's time in another format or zone than the field that it is compared with",
        "the provider refuses it, compares texts that do not compare as times, or is asked for what is hours ahead",
        "write it by the field's own format, in its own zone",
    ),
    LintRule.WHERE_UNREADABLE: RuleDescription(
        _ERROR,
        "a `where` clause that cannot be read",
        "every poll fails, and after a hundred failures the poller is switched off",
        "close its quotes; an apostrophe inside of a text is doubled",
    ),
    LintRule.WHERE_OPERATOR: RuleDescription(
        _ERROR,
        "a `where` clause that compares the updated date with the last poll by another operator than later than",
        "the provider is asked for other records than those that changed, or refuses the clause",
        "compare with > or >=; a search parameter that means later than takes =",
    ),
    LintRule.WHERE_ON_CREATED: RuleDescription(
        _ERROR,
        "a `where` clause that compares the created date with the last poll though changes are to be reported",
        "only new records are found; no change of them is reported",
        "compare the updated date",
    ),
    LintRule.WHERE_EDGE: RuleDescription(
        _ERROR,
        "a `where` clause that ends before the poll's own second, `< '${nowTimeZone:...}'`",
        "a change in the second of a poll is excluded by it, and is no later than the last poll for the next one",
        "end with <=, or leave the end out",
    ),
    LintRule.PAGE_TOO_SMALL: RuleDescription(
        _WARNING,
        "`pageSize` of less than ten",
        "each page is a call, and a poll makes all of them at once: after a burst of changes the provider, which takes some "
        "ten calls a second, refuses it, and each poll after it; and the more pages there are, the more can shift or overlap",
        "let a page hold all changes of an interval",
    ),
    LintRule.URL_OF_ANOTHER_RESOURCE: RuleDescription(
        _ERROR,
        "a block under the name of one of the element's resources whose URL lists another one",
        "changes of the one are never reported, those of the other under a wrong `objectType`",
        "name the resource in the URL that the block is called by",
    ),
    LintRule.POLLED_TWICE: RuleDescription(
        _WARNING,
        "two blocks with the same URL",
        "every change is reported twice, under two names",
        "take one of them out",
    ),
    LintRule.POLL_DELAY_TOO_LONG: RuleDescription(
        _ERROR,
        "`pollDelay` as long as the interval, or longer",
        "every change is reported again by the polls that follow within the delay",
        "let pollDelay be as long as the provider's search lags behind, and no longer",
    ),
    LintRule.POLL_DELAY_TOO_SHORT: RuleDescription(
        _ERROR,
        "`pollDelay` shorter than the provider's search is known to lag behind",
        "a change within the lag before a poll is not found by it, and no longer asked for by the next one",
        "let pollDelay be as long as the lag",
    ),
    LintRule.TOLERANCE_TOO_LONG: RuleDescription(
        _ERROR,
        "`createdCheckTolerance` of more than a minute",
        "who corrects a new record within it after a poll causes a second CREATED",
        "let it be as long as the provider takes between the two stamps of a new record: seconds",
    ),
}
"""All rules but ``more``, which only counts."""
