"""What settings choose from where sources disagree, or say nothing."""

from datetime import timedelta
from enum import Enum

from msgspec import Struct


class RawForm(Enum):
    """What ``message.raw`` holds beside the records: two captures disagree, and each is named by its year.

    Source: poll date and object type beside the records in 2018; object id and event type inside each record
        in 2020 (observed).
    """

    BESIDE_RECORDS = "2018"
    INSIDE_RECORDS = "2020"


class EmptyBlock(Enum):
    """What an entry ``{}`` means, of which no source speaks."""

    DEFAULT = "default"
    SKIP = "skip"


class UnsetValues(Struct, frozen=True, kw_only=True):
    """How configuration keys without a value are shown.

    Attributes:
        text: null in older captures, an empty text in newer ones (observed).
        masked: whether secrets are shown as asterisks all the same (observed in a newer capture).
    """

    text: str | None = None
    masked: bool = False


class InstanceOrder(Enum):
    """In which order instances are listed: the only documented list has the higher id first, and no source says more."""

    NEWEST_FIRST = "newest-first"
    OLDEST_FIRST = "oldest-first"


class Passwords(Enum):
    """Which password is right for who has chosen none; no source says how a local stack should decide."""

    ANY = "any"
    SECRET = "secret"  # noqa: S105 - a setting's word


class RetrySchedule(Struct, frozen=True, kw_only=True):
    """How often a callback is retried, and how the waits grow: retry x comes ``base ** x`` seconds on.

    Attributes:
        cumulative: whether each wait counts from the attempt before it; otherwise all count from the first failure.

    Source: nine tries at 4^x s in the older guide, five at 8^x s in the newer one (documented, in conflict).
    """

    tries: int
    base: int
    cumulative: bool = False


CLOUD_ELEMENTS = RetrySchedule(tries=9, base=4)
OPEN_CONNECTORS = RetrySchedule(tries=5, base=8)


class WorkerChoices(Struct, frozen=True, kw_only=True):
    """How a process works that shares a database with others.

    Attributes:
        at_once: how many jobs it runs at the same time.
        silence: for how long no worker is to be at a job before it is taken over: one whose connection was cut shows meanwhile
            that it lives.
    """

    at_once: int = 16
    silence: timedelta = timedelta(seconds=5)
