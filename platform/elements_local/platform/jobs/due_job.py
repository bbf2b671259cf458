"""Something that falls due."""

from datetime import datetime
from enum import Enum

from msgspec import Struct


class JobKind(Enum):
    """What can fall due."""

    POLL = "poll"
    DELIVER = "deliver"
    BULK = "bulk"


class Job(Struct, frozen=True, kw_only=True):
    """Something that falls due: jobs of one instant run in the order of their numbers.

    Attributes:
        subject: the instance of a poll; ``notification/subscription`` of a delivery; the id of a bulk job.
    """

    number: int
    workspace: str
    kind: JobKind
    subject: str
    due: datetime
