"""The causes of a missing, late, repeated or wrong callback: each with its word, its text, and where the chain broke. Pure.

What would have helped is found through a port, which can repeat what happened with something changed: the platform
can do nothing again by itself; what stands above all three services is handed to it.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Literal, Protocol

from msgspec import Struct

from elements_local.platform.explain.case import ExplainedCase


class CauseStage(Enum):
    """The link of the chain from a change to its callback that a cause broke."""

    LOG = "log"
    POLLER = "poller"
    REQUEST = "request"
    WINDOW = "window"
    LIST = "list"
    FILTER = "filter"
    KEY = "key"
    IDENTITY = "identity"
    NAME = "name"
    REPEAT = "repeat"
    DELIVERY = "delivery"
    RECEIVER = "receiver"
    EXPECTED = "expected"


class Cause(Enum):
    """Why a callback is missing, late, repeated or wrong.

    Attributes:
        stage: where the chain broke.
        text: what it is, the same for every record.
        incurable: why no change is tried as a cure; empty if some are.
        advice: what the receiver can do where nothing that is tried helps.
    """

    NO_CHANGE = (
        CauseStage.LOG,
        "the CRM has logged no change of the record",
        "no change could have been reported",
    )
    UNTOUCHED_DATE = (
        CauseStage.LOG,
        "what was written of the record left its updated date as it was, by which polling goes",
        "no configuration makes polling see a write that leaves the updated date as it was",
    )
    PRUNED = (
        CauseStage.LOG,
        "the evidence is no longer kept",
        "what happened is no longer kept, so it cannot be repeated",
    )

    EVENTS_OFF = CauseStage.POLLER, "the instance's events are switched off"
    INSTANCE_DISABLED = CauseStage.POLLER, "the instance is disabled, or was for a while"
    POLLER_OFF = (
        CauseStage.POLLER,
        "the poller was switched off, since too many polls in a row failed, or by hand",
    )
    JOB_DELETED = (
        CauseStage.POLLER,
        "the job of the instance's poller was deleted, and nothing is polled without it",
        "no change of a block brings a deleted job back: switch events off and on again",
    )
    UNPOLLED_RESOURCE = CauseStage.POLLER, "the configuration does not poll this resource"
    OTHER_ACCOUNT = (
        CauseStage.POLLER,
        "the instance's key opens another account of the CRM than the record's",
        "give the instance the API key of the account that has the record",
    )
    OTHER_COLLECTION = (
        CauseStage.POLLER,
        "the block's url asks for something else than the record's collection",
    )
    PUT_OFF = CauseStage.POLLER, "a change of the instance put off the poll that was to see the change"
    POLLING_GAP = (
        CauseStage.POLLER,
        "events were off for a while, or the resource was not configured, and polling began anew afterwards",
    )
    BEFORE_EVENTS = CauseStage.WINDOW, "the change was there before the resource was polled"
    DELETION = (
        CauseStage.POLLER,
        "polling asks for changed records, and a deleted record is in no answer",
        "no configuration makes polling report deletions: ask for the record, and take 404 as deleted",
    )
    UNDONE = (
        CauseStage.POLLER,
        "the record was made and deleted before any poll saw it",
        "there was never anything to report: no poll saw the record while it was there",
    )

    EXPIRED_KEY = CauseStage.REQUEST, "the CRM refused the instance's credentials"
    PERMISSION = (
        CauseStage.REQUEST,
        "the CRM's plan or permissions keep the collection from the instance's user",
    )
    RATE_LIMIT = CauseStage.REQUEST, "the CRM's limit of calls was used up"
    BAD_REQUEST = CauseStage.REQUEST, "what the poll asked for cannot be answered"
    OUTAGE = CauseStage.REQUEST, "the CRM did not answer, or not as it should"
    PLATFORM_FAULT = (
        CauseStage.REQUEST,
        "a fault rule at the platform struck the poll's own call to the hub",
    )

    TIE = CauseStage.WINDOW, "the change is dated in the very second up to which had been polled"
    CLOCK_SKEW = CauseStage.WINDOW, "the CRM's clock dates changes otherwise than the platform's"
    PLACEHOLDER_ZONE = (
        CauseStage.WINDOW,
        "the url's placeholder writes the window in another zone than the CRM reads",
    )
    PLACEHOLDER_PATTERN = (
        CauseStage.WINDOW,
        "the url's placeholder writes the window by a pattern that means another time",
    )
    PLACEHOLDER_NOW = (
        CauseStage.WINDOW,
        "the url's placeholder writes when the poll begins, and not the window's start",
    )

    INDEX_LAG = CauseStage.LIST, "the CRM's list did not have the record yet"
    PAGE_SHIFT = CauseStage.LIST, "records moved between two pages of the list while it was read"
    LIST_CUT = (
        CauseStage.LIST,
        "the CRM ends the list after so many records, and the record stood behind them",
    )
    LIST_ENDED = CauseStage.LIST, "the list was read up to its first old page, and the record stood behind it"
    WHERE_EXCLUDES = CauseStage.LIST, "a condition of the url's where clause leaves the record out"
    ONE_PAGE = CauseStage.LIST, "the url asks for one page of the list, and the record stood on another"
    NOT_IN_ANSWER = CauseStage.LIST, "the CRM's answer did not hold the record"

    WRONG_ZONE = CauseStage.FILTER, "the record's date is read in another zone than it is written in"
    WRONG_PATTERN = CauseStage.FILTER, "the record's date is read by a pattern that it does not follow"
    DATE_MISSING = CauseStage.FILTER, "the configured date field names nothing in the record"
    FIELD_RENAMED = CauseStage.FILTER, "the CRM shows a field that the poll needs under another name"
    OTHER_DATE = CauseStage.FILTER, "the field that is configured as the updated date holds another date"
    FILTER_BY_CREATED = CauseStage.FILTER, "filterByUpdatedDate is false, so the created date decides"
    FILTER_BY_CURRENT_DATE = (
        CauseStage.FILTER,
        "filterByCurrentDate holds back records dated later than the poll",
    )
    KEY_CASE = (
        CauseStage.KEY,
        "a name in the configuration differs from the one that is read in its case alone",
    )
    KEY_MISSPELT = CauseStage.KEY, "a key of the configuration is misspelt, and so not read"
    KEY_TWICE = CauseStage.KEY, "a key comes twice in the JSON of the configuration, and the last one counts"
    KEY_MISPLACED = CauseStage.KEY, "a key of the configuration stands where it is not read"
    FIELDS_LEFT_OUT = CauseStage.KEY, "the url's fields leaves out a field that the poll needs"
    PASSED_OVER = CauseStage.FILTER, "the poll took the record for unchanged"

    ID_MISSING = CauseStage.IDENTITY, "idField names nothing in the record"
    ID_MAPPED = CauseStage.IDENTITY, "a transformation shows the id by another name than idField has"
    ID_OTHER = CauseStage.IDENTITY, "idField names another field than the CRM's id"

    CREATED_IS_UPDATED = CauseStage.NAME, "the created date is read from the field of the updated date"
    TOLERANCE_SHORT = (
        CauseStage.NAME,
        "the CRM writes the two dates further apart than createdCheckTolerance",
        "",
        "let the receiver take UPDATED of a record that it does not know as its creation",
    )
    TOLERANCE_LONG = (
        CauseStage.NAME,
        "createdCheckTolerance is longer than it took until the record was changed",
        "",
        "let the receiver take CREATED of a record that it knows as a change of it",
    )
    CHANGED_AT_ONCE = (
        CauseStage.NAME,
        "the record was created and changed between two polls",
        "",
        "let the receiver take UPDATED of a record that it does not know as its creation",
    )
    DATES_UNREAD = (
        CauseStage.NAME,
        "a date that distinguishes created from updated is not configured, or cannot be read",
    )

    POLL_DELAY_REPEATS = CauseStage.REPEAT, "pollDelay lets polls look back at what has been reported"
    PAGE_OVERLAP = CauseStage.REPEAT, "two pages of one poll held the same record"
    POLL_OVERLAP = (
        CauseStage.REPEAT,
        "the record was changed while a poll was under way, which saw it, and is dated later than that began",
    )
    UNDATED = CauseStage.REPEAT, "without dates every poll reports every record that it sees"
    ANSWER_LOST = (
        CauseStage.REPEAT,
        "the receiver had the callback, but its answer did not come, so it was sent again",
    )
    TWIN_INSTANCE = (
        CauseStage.REPEAT,
        "another instance polls the same records and calls the same URL",
        "delete one of the two instances, or give it another callback URL",
    )
    TWIN_BLOCK = (
        CauseStage.REPEAT,
        "another block of the instance polls the same records",
        "take one of the two blocks out, or let what it reports be known by its objectType",
    )
    TWIN_SUBSCRIPTION = (
        CauseStage.REPEAT,
        "two subscriptions call the same URL",
        "delete one of the two subscriptions, or give it another URL",
    )
    RELEASED = (
        CauseStage.REPEAT,
        "a release sent again what had been taken",
        "the callback was released by hand, after it had been taken",
    )

    NO_RECEIVER = CauseStage.DELIVERY, "no receiver is called: there is no callback URL, or no subscription"
    OUTBOUND_GUARD = CauseStage.DELIVERY, "the callback's host is not one that this stack may call"
    QUEUED = CauseStage.DELIVERY, "the account queues callbacks that failed, and does not try them again"
    DEAD_SUBSCRIPTION = CauseStage.DELIVERY, "the subscription was deactivated, so its callbacks are queued"
    RETRIES_EXHAUSTED = CauseStage.DELIVERY, "all tries were used, and the receiver took none"
    RETRYING = CauseStage.DELIVERY, "the receiver has not taken the callback, and it is to be tried again"
    TAKEN_LATE = CauseStage.DELIVERY, "the receiver failed to take the callback before it took it"

    SENT_ELSEWHERE = (
        CauseStage.RECEIVER,
        "the callback was taken by another receiver than the workspace's bin of the sink",
    )
    OTHER_KEY = (
        CauseStage.RECEIVER,
        "the callback is signed with another key than its receiver checks it with",
    )
    EVICTED = (
        CauseStage.RECEIVER,
        "the callback came to the sink, and made room for others",
        "the callback came and was taken; the sink keeps the latest alone",
    )

    INTERVAL_NOT_OVER = CauseStage.EXPECTED, "the poll that is to see the change is still to come"
    NOT_SENT_YET = CauseStage.EXPECTED, "the callback is to be sent, and has not been"
    ECHO = (
        CauseStage.EXPECTED,
        "the change was written through the instance's own hub, and polling reports it like any other",
        "nothing went wrong: a receiver knows its own writes by keeping what it wrote",
    )

    def __init__(self, stage: CauseStage, text: str, incurable: str = "", advice: str = "") -> None:
        self.stage = stage
        self.text = text
        self.incurable = incurable
        self.advice = advice

    @property
    def word(self) -> str:
        """How it is called, such as ``index-lag``: stable, so that programs can go by it."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def named(cls, word: str) -> "Cause":
        """Return the cause of a word.

        Raises:
            KeyError: there is none.
        """
        return cls[word.upper().replace("-", "_")]


class CauseFinding(Struct, frozen=True):
    """A cause, and a sentence that says by what it is known in this case."""

    cause: Cause
    why: str


Place = Literal["configuration", "crm", "platform", "receiver", "clock"]


class CurePart(Struct, frozen=True, kw_only=True):
    """What else has to be changed, somewhere else."""

    where: Place
    change: Mapping[str, object]
    text: str


class CureFix(Struct, frozen=True, kw_only=True):
    """The smallest change that would have led to the callback.

    Attributes:
        where: of ``configuration``, ``change`` holds keys of the resource's block, or the instance's own.
        patch: the same as a whole merge patch (RFC 7396) for ``PATCH /instances/{id}``; None if that cannot make the change.
        also: what has to be changed with it, where one change does not do.
        text: what to do, all of it.
        tried: ``reported at <instant>``, and which receiver was not tried; None if it could not be tried.
    """

    where: Place
    change: Mapping[str, object]
    patch: Mapping[str, object] | None = None
    also: Sequence[CurePart] = ()
    text: str
    tried: str | None = None


class CureAttempt(Struct, frozen=True, kw_only=True):
    """One change that was tried.

    Attributes:
        outcome: ``reported at <instant>``, or what came instead.
    """

    where: Place
    change: Mapping[str, object]
    outcome: str


class CureSearch(Struct, frozen=True, kw_only=True):
    """What came of a search.

    Attributes:
        fix: None if nothing that was tried would have helped, or nothing can.
        attempts: all that was tried, in order.
        why: why there is no fix, or why it has not been tried; empty if it has.
        beside: the causes that showed once the first was mended, and by what each is known.
    """

    fix: CureFix | None = None
    attempts: Sequence[CureAttempt] = ()
    why: str = ""
    beside: Sequence[CauseFinding] = ()


class CureCase(Struct, frozen=True, kw_only=True):
    """A change for which a cure is sought.

    Attributes:
        workspace: its name.
        own: the element's own block of the resource; empty if it has none.
        block: of the resource, the element's own if that is empty; None if there is none to change.
        nth: which of the record's logged changes it is, counted from 0.
        receiver: the instance's callback URL, without secrets, if it does not lead to the workspace's sink; else empty.
    """

    workspace: str
    case: ExplainedCase
    cause: Cause
    own: Mapping[str, object]
    block: Mapping[str, object] | None
    nth: int
    receiver: str = ""


class FixRunner(Protocol):
    """Who can do again what happened in a workspace."""

    def search(self, sought: CureCase) -> CureSearch:
        """Return the smallest change that would have helped, tried before it is offered."""


class FixFinder(Struct, frozen=True):
    """Who is asked for cures, if there is anybody."""

    trier: FixRunner | None

    def search(self, sought: CureCase) -> CureSearch:
        """Return what would have helped."""
        # Said at once: to try would take its time, and find nothing.
        if sought.cause.incurable:
            return CureSearch(why=sought.cause.incurable)
        if self.trier is None:
            return CureSearch(why="nothing can be tried here: this platform runs without a harness")
        return self.trier.search(sought)
