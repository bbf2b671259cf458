"""What can be set about the platform, among it everything that no source settles."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from mock_kit import environment
from mock_kit.admin.journal import JOURNAL_BYTES, SMALLEST_JOURNAL
from mock_platform.core.choices import (
    CLOUD_ELEMENTS,
    OPEN_CONNECTORS,
    EmptyBlock,
    EmptyUsage,
    Passwords,
    RawForm,
    RetrySchedule,
    UsageKeys,
    Visibility,
)

PREFIX = "ELEMENTS_LOCAL_PLATFORM_"


@dataclass(frozen=True, kw_only=True)
class PlatformSettings:
    """The platform's settings; each default is the one that the evidence favours.

    Attributes:
        url: where the platform itself is reached; polls are calls to it.
        crm_url: where the calls go that are meant for Insightly's own host.
        sink_url: the bundled sink; it is told the signature keys of callbacks that go there. Empty for none.
        batch_size: changes in one notification (documented: 10).
        callback_timeout: how long a receiver may take, though never longer than what carries the callback waits
            (assumed).
        created_check_tolerance: where a resource names none (assumed: 0).
        empty_block: what an empty resource block means (assumed: the element's own block).
        poll_failure_limit: failures in a row after which a poller is switched off (documented: 100 in production,
            50 and 10 elsewhere).
        ladder: when failed callbacks are tried again (documented twice, in conflict).
        raw_form: what a callback's ``raw`` holds beside the records (observed twice, in conflict).
        visibility: whose instances a user sees (documented to depend on the role, how is assumed).
        passwords: which password is right for who has chosen none (assumed: any).
        event_retention: how long events are shown (documented: seven days).
        history_retention: how long polls with their decisions, callbacks with their attempts, e-mails and traces are
            kept; a callback that is still to be sent longer, an event for ``event_retention`` at least (ours).
        usage_retention: how long calls are kept (documented: thirty days).
        usage_keys: how the keys of a usage record are written (observed twice, in conflict by age).
        empty_usage: how a list of usage without any record is answered (observed twice, in conflict by age).
        bulk_upload_limit: bytes of a bulk upload at the most (ours).
        csv_guard: whether texts of bulk results that a spreadsheet would run as formulas get an apostrophe; without,
            they are what the CRM has (ours).
        analytics_limit: entries of an analytics answer at the most (assumed).
        ladder_adds_up: whether each wait counts from the attempt before it, not from the first failure (documented
            in words that can be read both ways; what is said of the last try favours the first failure).
        allow_hosts: where callbacks may go beside this machine; ``*`` is anywhere.
        delivery_lanes: receivers that are called at the same time, on a real clock.
        id_alias: whether records that the hub shows carry their id as ``id`` too (unknown, assumed).
        oauth_walk: whether an instance can be made from a grant's code: the Insightly guide's text walks through one,
            though the element takes a user name and an API key (documented, in conflict; off).
        unset_value: how a configuration key without a value is shown (observed: null, later "").
        journal_bytes: how much is kept in memory of requests and answers, of all workspaces together (ours).
    """

    url: str = "http://127.0.0.1:4700"
    crm_url: str = "http://127.0.0.1:4701"
    sink_url: str = "http://127.0.0.1:4702"
    batch_size: int = 10
    callback_timeout: timedelta = timedelta(seconds=30)
    created_check_tolerance: timedelta = timedelta(0)
    empty_block: EmptyBlock = EmptyBlock.DEFAULT
    poll_failure_limit: int = 100
    ladder: RetrySchedule = CLOUD_ELEMENTS
    raw_form: RawForm = RawForm.BESIDE_RECORDS
    event_retention: timedelta = timedelta(days=7)
    history_retention: timedelta = timedelta(days=90)
    analytics_limit: int = 10_000
    ladder_adds_up: bool = False
    allow_hosts: frozenset[str] = frozenset()
    delivery_lanes: int = 64
    usage_retention: timedelta = timedelta(days=30)
    usage_keys: UsageKeys = UsageKeys.SNAKE_CASE
    empty_usage: EmptyUsage = EmptyUsage.NOT_FOUND
    bulk_upload_limit: int = 16 * 1024 * 1024
    csv_guard: bool = False
    unset_value: str | None = None
    visibility: Visibility = Visibility.ROLE
    passwords: Passwords = Passwords.ANY
    id_alias: bool = True
    oauth_walk: bool = False
    journal_bytes: int = JOURNAL_BYTES

    @property
    def retries(self) -> RetrySchedule:
        """When failed callbacks are tried again, with how its waits are counted."""
        return replace(self.ladder, cumulative=self.ladder_adds_up)

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "PlatformSettings":
        """Read the settings from variables that start with ``ELEMENTS_LOCAL_PLATFORM_``; others are not ours.

        ``PROFILE`` chooses a side in everything in which sources disagree; what is set by itself goes before it.

        Raises:
            SettingsError: a value is not what its setting takes.
        """
        chosen = environment.chosen(variables, PREFIX, {"profile": environment.one_of(PROFILES), **_KINDS})
        profile = chosen.pop("profile", {})
        return cls(**{**profile, **chosen})  # type: ignore[arg-type,dict-item]  # each by its own kind


PROFILES: Mapping[str, Mapping[str, object]] = {
    "cloud-elements": {},
    "open-connectors": {
        "ladder": OPEN_CONNECTORS,
        "raw_form": RawForm.INSIDE_RECORDS,
        "unset_value": "",
        "empty_usage": EmptyUsage.LIST,
    },
}
"""What the two names of the platform disagree about: the older one's ways are the defaults."""

_KINDS = {
    "journal_bytes": environment.whole(low=SMALLEST_JOURNAL),
    "url": environment.text("a URL"),
    "crm_url": environment.text("a URL"),
    "sink_url": environment.text("a URL"),
    "batch_size": environment.whole(low=1),
    "callback_timeout": environment.seconds(),
    "created_check_tolerance": environment.seconds(),
    "empty_block": environment.one_of({block.value: block for block in EmptyBlock}),
    "poll_failure_limit": environment.whole(low=1),
    "ladder": environment.one_of({"cloud-elements": CLOUD_ELEMENTS, "open-connectors": OPEN_CONNECTORS}),
    "raw_form": environment.one_of({form.value: form for form in RawForm}),
    "event_retention": environment.seconds(),
    "history_retention": environment.seconds(),
    "usage_retention": environment.seconds(),
    "usage_keys": environment.one_of({keys.value: keys for keys in UsageKeys}),
    "empty_usage": environment.one_of({how.value: how for how in EmptyUsage}),
    "bulk_upload_limit": environment.whole(low=1),
    "csv_guard": environment.flag(),
    "analytics_limit": environment.whole(low=1, high=1_000_000),
    "ladder_adds_up": environment.flag(),
    "allow_hosts": environment.names(),
    "delivery_lanes": environment.whole(low=1, high=1000),
    "unset_value": environment.text(),
    "oauth_walk": environment.flag(),
    "visibility": environment.one_of({how.value: how for how in Visibility}),
    "id_alias": environment.flag(),
    "passwords": environment.one_of({which.value: which for which in Passwords}),
}
