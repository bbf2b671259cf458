"""What can be chosen about the CRM: mostly what no source tells about the real one."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import ClassVar

from elements_local.kit.settings import Settings, flag, integer, one_of, seconds, text
from elements_local.kit.traffic.journal import bytes_setting
from mock_insightly.account.account import DAILY_CALLS

KEPT_IN_BIN = timedelta(days=30)
"""How long the vendor's recycle bin keeps what was deleted (the vendor's support pages, documented)."""


@dataclass(frozen=True, kw_only=True)
class CrmSettings(Settings):
    """The CRM's settings."""

    group: ClassVar[str] = "crm"

    limits: str = one_of(
        "off",
        "vendor answers calls beyond the limits of a second and of a day with 429, by the workspace's clock (up --limits)",
        ["off", "vendor"],
    )
    plan: str = one_of(
        "Professional",
        "the account's plan: which objects of v3.1 it closes (observed second-hand), what /Instance names, and the calls "
        "of a day: 60,000 or, in Enterprise, 100,000 (documented)",
        [*DAILY_CALLS],
    )
    daily_limit: int = integer(
        0,
        "calls a day; what X-RateLimit-Limit says, and X-RateLimit-Remaining counts down from; 0 is as many as the plan has",
    )
    burst_limit: int = integer(10, "calls in any one second", low=1)
    limits_reset: str = one_of(
        "midnight",
        "when the day of the daily limit ends: at midnight UTC, or with rolling it is any 24 hours (sources disagree)",
        ["midnight", "rolling"],
    )
    retry_after: bool = flag(True, "whether a 429 carries that header (assumed: yes, as clients read it)")
    updated_later_s: int = integer(
        0, "seconds between the two dates of a new record; both readings are on record (observed)"
    )
    search_inclusive: bool = flag(
        False,
        "whether updated_after_utc finds what was updated in that very second, as the OpenAPI document's wording "
        "suggests; the vendor's developers said to the Airbyte connector's that it does not (observed second-hand)",
    )
    search_order: str = one_of(
        "id",
        "whether searches are ordered by id (assumed), or by when records were updated",
        ["id", "updated"],
    )
    list_honours_updated_after: bool = flag(
        False,
        "whether a plain list obeys updated_after_utc, which is documented for searches only (assumed: no)",
    )
    rows_stamp_parent: bool = flag(
        True,
        "whether a record is stamped when one of its tags, links and so on is written by a path of its own "
        "(assumed: yes; a contact info added in the vendor's own pages does so, observed)",
    )
    children_stamp_parent: bool = flag(
        False,
        "whether a record is stamped when a note, a task, an event, a comment or a file is attached to it "
        "(observed on v2.1: no; taken for later versions)",
    )
    links_stamp_other_side: bool = flag(
        False, "whether a record is stamped when another one is linked to it (assumed: no)"
    )
    restore_stamps: bool = flag(
        True,
        "whether a record that comes back from the recycle bin gets a new date (unknown, assumed: yes)",
    )
    put_status: int = one_of(
        200,
        "what v3 answers a PUT of a record with: 200 (live probes, observed second-hand), or 201 (OpenAPI document, "
        "documented)",
        [200, 201],
    )
    put_keeps_custom_fields: bool = flag(
        False, "whether custom fields that a PUT of v3.1 does not list survive (unknown, assumed: no)"
    )
    stale_status: int = one_of(
        400,
        "what a PUT gets whose If-Match is stale: 400 (live probes, observed second-hand), or 412 (help page, documented)",
        [400, 412],
    )
    error_body: str = one_of(
        "message",
        "what errors say: message, name-and-message as the Go client reads it, text, or empty (unknown)",
        ["message", "name-and-message", "text", "empty"],
    )
    www_authenticate: bool = flag(False, "whether a 401 carries that header (assumed: no)")
    record_limit: int = integer(0, "records that the account's plan allows; 0 is any number")
    storage_limit: int = integer(
        0, "bytes of files and images that the account's plan allows; 0 is any number"
    )
    custom_objects: str = text(
        "Fruit__c", "the names of the account's custom objects, with commas between them"
    )
    change_retention: timedelta = seconds(
        timedelta(days=90),
        "seconds for which the log of changes is kept, by the workspace's clock (ours); 30 days at least, as the "
        "recycle bin needs it",
        low=int(KEPT_IN_BIN.total_seconds()),
    )
    journal_bytes: int = bytes_setting()

    @cached_property
    def custom_object_names(self) -> tuple[str, ...]:
        """The names of the account's custom objects."""
        return tuple(name.strip() for name in self.custom_objects.split(",") if name.strip())
