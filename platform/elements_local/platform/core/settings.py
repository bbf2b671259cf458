"""What can be set about the platform, among it everything that no source settles, and what there is to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import ClassVar, Self

from msgspec import Struct

from elements_local.kit.settings import Settings, flag, integer, names, one_of, seconds, setting
from elements_local.kit.traffic.journal import bytes_setting
from elements_local.kit.values import replace
from elements_local.platform.core.poll import EventType


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


class PollOverlap(Enum):
    """What a poll makes of a record that is dated after it began, and no later than the CRM's answer.

    Source: that the event of such a poll and the next one both have it where ``filterByCurrentDate`` is off is said on an
        archived page (documented once); whether the vendor's pollers still do so is unknown.
    """

    LEAVE = "leave"
    REPEAT = "repeat"


class UnsetValues(Struct, frozen=True, kw_only=True):
    """How configuration keys without a value are shown.

    Attributes:
        text: null in older captures, an empty text in newer ones (observed).
        masked: whether secrets are shown as asterisks all the same (observed in a newer capture).
    """

    text: str | None = None
    masked: bool = False


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


PROFILES: Mapping[str, Mapping[str, object]] = {
    "cloud-elements": {},
    "open-connectors": {
        "retry_schedule": OPEN_CONNECTORS,
        "raw_form": RawForm.INSIDE_RECORDS,
        "unset_value": "",
        "mask_unset": True,
    },
}
"""What the two names of the platform disagree about: the older one's ways are the defaults."""


@dataclass(frozen=True, kw_only=True)
class PlatformSettings(Settings):
    """The platform's settings; each default is the one that the evidence favours.

    Attributes:
        url: where the platform itself is reached; polls are calls to it. The maker of the platform sets it.
        crm_url: this stack's CRM, where the calls go that are meant for its vendor's own host.
        sink_url: the bundled sink; it gets the signature keys of callbacks that go there. Empty for none.
        profile: gives other defaults where settings are read; a setting of its own comes before it.
    """

    group: ClassVar[str] = "platform"

    url: str = "http://127.0.0.1:4700"
    crm_url: str = "http://127.0.0.1:4701"
    sink_url: str = "http://127.0.0.1:4702"

    profile: str = one_of(
        "cloud-elements",
        "which platform is imitated: open-connectors takes the newer side where the two differ "
        "(retry_schedule, raw_form, unset_value, mask_unset); a setting of its own comes before it",
        list(PROFILES),
    )
    empty_block: EmptyBlock = one_of(
        EmptyBlock.DEFAULT,
        "what an empty resource block, as leads: {}, means: the element's own block (assumed), or skip",
    )
    created_check_tolerance: timedelta = seconds(
        timedelta(0), "seconds, where a resource names none (assumed: 0)"
    )
    undated: EventType = one_of(
        EventType.UPDATED,
        "what a polled record is reported as where no dates are configured, CREATED or UPDATED (both observed, by "
        "element; that it is UPDATED for those not seen is assumed)",
        [EventType.CREATED, EventType.UPDATED],
    )
    poll_overlap: PollOverlap = one_of(
        PollOverlap.LEAVE,
        "a record that is dated while the poll that sees it is under way: leave it to the next poll (assumed), or repeat it, "
        "reported by both unless filterByCurrentDate is true (documented once)",
    )
    poll_failure_limit: int = integer(
        100,
        "failures in a row after which a poller is switched off (documented: 100 in production, 50 and 10 elsewhere)",
        low=1,
    )
    batch_size: int = integer(10, "changes in one callback (documented: 10)", low=1)
    callback_timeout: timedelta = seconds(
        timedelta(seconds=30),
        "seconds that a receiver may take, though never longer than what carries the callback waits, which is 30 "
        "(assumed)",
    )
    callback_wait: timedelta = seconds(
        timedelta(seconds=5),
        "seconds of real time that a receiver is waited for on a virtual clock, where the rest of callback_timeout passes "
        "at once (ours)",
    )
    retry_schedule: RetrySchedule = one_of(
        CLOUD_ELEMENTS,
        "when a failed callback is tried again: nine times at 4^x seconds, or five at 8^x with open-connectors "
        "(documented twice, in conflict)",
        {"cloud-elements": CLOUD_ELEMENTS, "open-connectors": OPEN_CONNECTORS},
    )
    retry_schedule_adds_up: bool = flag(
        False,
        "whether each wait counts from the attempt before it, not from the first failure (documented in words that can "
        "be read both ways; what is said of the last try favours the first failure)",
    )
    raw_form: RawForm = one_of(
        RawForm.BESIDE_RECORDS,
        "with 2018 a callback's raw has pollDate and objectType beside the records, with 2020 objectId and eventType "
        "inside each (observed twice, in conflict)",
    )
    unset_value: str | None = setting(
        None,
        "how a configuration key without a value is shown: null, or with this set to nothing as an empty text "
        "(observed: null, later empty)",
        read=str,
        expected="a text",
    )
    mask_unset: bool = flag(
        False,
        "whether passwords are shown as asterisks even where there is none (observed: in newer captures)",
    )
    allow_hosts: frozenset[str] = names(
        "hosts that callbacks may go to besides this machine; * is any (up --allow-host)"
    )
    worker_jobs: int = integer(
        16, "polls and receivers that one worker sees to at the same time, on PostgreSQL", low=1, high=1000
    )
    worker_silence: timedelta = seconds(
        timedelta(seconds=5),
        "seconds after which others do what a worker was doing that is dead, on PostgreSQL",
    )
    id_alias: bool = flag(
        True, "whether records that the hub shows carry their id as id too (unknown, assumed)"
    )
    passwords: Passwords = one_of(
        Passwords.ANY,
        "what the user signs in with: any password that is not empty, or their secret (assumed: any; the default is "
        "secret where others can reach the stack)",
    )
    oauth_walk: bool = flag(
        False,
        "whether an instance can be made from a grant's code, over a consent page of the CRM: the Insightly guide's text "
        "walks through one, though the element takes a user name and an API key (documented, in conflict; off)",
    )
    event_retention: timedelta = seconds(
        timedelta(days=7), "seconds for which events are shown (documented: seven days)"
    )
    history_retention: timedelta = seconds(
        timedelta(days=90),
        "seconds for which polls with their decisions, callbacks with their attempts, e-mails and traces are kept, by the "
        "workspace's clock; a callback that is still to be sent longer, an event for event_retention at least (ours)",
    )
    bulk_time: timedelta = seconds(
        timedelta(seconds=2),
        "seconds that a bulk job takes for a thousand records on a real clock, and half of them at the least, so it can "
        "be cancelled; 0 is at once (that it takes some: observed, how many: ours)",
    )
    bulk_upload_limit: int = integer(16 * 1024 * 1024, "bytes of a bulk upload at the most (ours)", low=1)
    journal_bytes: int = bytes_setting()

    @property
    def unset(self) -> UnsetValues:
        """How configuration keys without a value are shown."""
        return UnsetValues(text=self.unset_value, masked=self.mask_unset)

    @property
    def retries(self) -> RetrySchedule:
        """When failed callbacks are tried again, with how its waits are counted."""
        return replace(self.retry_schedule, cumulative=self.retry_schedule_adds_up)

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> Self:
        """Read the settings out of environment variables; the profile chooses where they say nothing.

        Raises:
            WrongValueError: a value is not what its setting takes.
        """
        values = cls.chosen(variables)
        return cls(**{**PROFILES[values.get("profile", "cloud-elements")], **values})
