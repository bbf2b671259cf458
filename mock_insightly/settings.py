"""What can be chosen about the CRM: mostly what no source tells about the real one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from mock_kit import environment
from mock_kit.admin.journal import JOURNAL_BYTES, SMALLEST_JOURNAL

KEPT_IN_BIN = timedelta(days=30)
"""How long the vendor's recycle bin keeps what was deleted (the vendor's support pages, documented)."""

PREFIX = "ELEMENTS_LOCAL_CRM_"


@dataclass(frozen=True, kw_only=True)
class CrmSettings:
    """The CRM's settings.

    Attributes:
        list_honours_updated_after: whether a plain list heeds ``updated_after_utc``, which is documented for
            searches only (assumed: no).
        search_inclusive: whether ``updated_after_utc`` finds what was updated in that very second, as the OpenAPI
            document's wording suggests; the vendor's developers told the Airbyte connector's that it does not
            (observed second-hand).
        updated_later_s: seconds between the two dates of a new record; both readings are on record (observed).
        www_authenticate: whether a 401 carries that header (assumed: no).
        limits: ``vendor`` answers calls beyond the two limits with 429, by the workspace's clock; ``off`` none.
        daily_limit: calls a day; what ``X-RateLimit-Limit`` says, and ``X-RateLimit-Remaining`` counts down from.
        burst_limit: calls in any one second.
        country: of the account; what a lead's address starts with.
        currency: of the account; what an opportunity's bid starts with.
        custom_objects: the names of the account's custom objects, with commas between them.
        rows_stamp_parent: whether a record is stamped when one of its tags, links and so on is written by a path of
            its own (assumed: yes; a contact info added in the vendor's own pages does so, observed).
        children_stamp_parent: whether a record is stamped when a note, a task, an event, a comment or a file comes to
            hang on it (observed on v2.1: no; taken for later versions).
        links_stamp_other_side: whether a record is stamped when another one is linked to it (assumed: no).
        restore_stamps: whether a record that comes back from the recycle bin is stamped anew (unknown, assumed: yes).
        record_limit: how many records the account's plan allows; 0 is any number.
        out_of_plan_status: what v3 answers where the account's plan has no such resource: 403, or 404 without words
            (both observed second-hand).
        storage_limit: how many bytes of files and images it allows; 0 is any number.
        limits_reset: whether the day of the daily limit ends at ``midnight`` UTC, or is any 24 hours, ``rolling``
            (sources disagree).
        retry_after: whether a 429 carries that header (assumed: yes, as clients read it).
        error_body: what later versions than 2.1 tell of an error: ``message``, ``name-and-message`` as the Go client
            reads it, ``text``, or ``empty`` (unknown).
        stale_status: what a PUT gets whose ``If-Match`` is stale: 400 (live probes, observed second-hand), or 412 (help
            page, documented).
        if_none_match: whether v3 answers 304 where a reader has the present state (no evidence that it does).
        put_status: what v3 answers a PUT of a record with: 200 (live probes, observed second-hand), or 201 (OpenAPI
            document, documented).
        sub_list_status: what v3.1 answers a GET of tags, dates, e-mail domains, milestones and a note's comment with:
            200 (assumed), or 201 (OpenAPI document, documented).
        put_by_id: whether a PUT may name the record in its path (a client does so, and no document has it).
        singular_links: whether v3 shows a record's links below its singular too, as the Go client asks for those of an
            opportunity (unknown).
        v3_0_replaces: whether a PUT of v3.0 replaces the record (help page, documented, but thin).
        put_keeps_custom_fields: whether custom fields that a PUT of v3.1 does not list survive (unknown, assumed: no).
        search_order: whether searches are ordered by ``id`` (assumed), or by when records were ``updated``.
        search_heeds_case: whether case counts in what is searched for (assumed: no, after SQL Server's ways).
        odd_paging: whether a ``top`` or ``skip`` that makes no sense counts as its ``default`` (assumed), or is
            ``refused``.
        converted_leads: whether lists of v3 have converted leads ``shown`` (assumed), or ``hidden``.
        visibility_shown: whether organisations, opportunities and projects of v3 show VISIBLE_TO and VISIBLE_TEAM_ID
            (assumed: yes, as contacts and leads do).
        delete_takes_children: whether notes, tasks and events about a record go with it (assumed: no).
        change_retention: how long the log of changes is kept, by the workspace's clock (ours); as long as the recycle
            bin keeps what was deleted, at least.
        journal_bytes: how much is kept in memory of requests and answers, of all workspaces together (ours).
    """

    list_honours_updated_after: bool = False
    search_inclusive: bool = False
    updated_later_s: int = 0
    www_authenticate: bool = False
    limits: str = "off"
    daily_limit: int = 100_000
    burst_limit: int = 10
    country: str = "United States"
    currency: str = "USD"
    custom_objects: str = "Fruit__c"
    rows_stamp_parent: bool = True
    children_stamp_parent: bool = False
    links_stamp_other_side: bool = False
    restore_stamps: bool = True
    record_limit: int = 0
    out_of_plan_status: int = 403
    storage_limit: int = 0
    limits_reset: str = "midnight"
    retry_after: bool = True
    error_body: str = "message"
    stale_status: int = 400
    if_none_match: bool = False
    put_status: int = 200
    sub_list_status: int = 200
    put_by_id: bool = True
    singular_links: bool = False
    v3_0_replaces: bool = True
    put_keeps_custom_fields: bool = False
    search_order: str = "id"
    search_heeds_case: bool = False
    odd_paging: str = "default"
    converted_leads: str = "shown"
    visibility_shown: bool = True
    delete_takes_children: bool = False
    change_retention: timedelta = timedelta(days=90)
    journal_bytes: int = JOURNAL_BYTES

    @cached_property
    def custom_object_names(self) -> tuple[str, ...]:
        """The names of the account's custom objects."""
        return tuple(name.strip() for name in self.custom_objects.split(",") if name.strip())

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "CrmSettings":
        """Read the settings from variables that start with ``ELEMENTS_LOCAL_CRM_``; others are not ours.

        Raises:
            SettingsError: a value cannot be read.
        """
        return cls(**environment.chosen(variables, PREFIX, _KINDS))  # type: ignore[arg-type]  # each by its own kind


def _word(*words: str) -> environment.SettingType:
    return environment.one_of({word: word for word in words})


_OK_OR_CREATED = environment.one_of({"200": 200, "201": 201})

_KINDS = {
    "change_retention": environment.seconds(low=int(KEPT_IN_BIN.total_seconds())),
    "journal_bytes": environment.whole(low=SMALLEST_JOURNAL),
    "list_honours_updated_after": environment.flag(),
    "search_inclusive": environment.flag(),
    "updated_later_s": environment.whole(),
    "www_authenticate": environment.flag(),
    "limits": _word("off", "vendor"),
    "daily_limit": environment.whole(),
    "burst_limit": environment.whole(low=1),
    "country": environment.text(),
    "currency": environment.text(),
    "custom_objects": environment.text(),
    "rows_stamp_parent": environment.flag(),
    "children_stamp_parent": environment.flag(),
    "links_stamp_other_side": environment.flag(),
    "restore_stamps": environment.flag(),
    "record_limit": environment.whole(),
    "out_of_plan_status": environment.one_of({"403": 403, "404": 404}),
    "storage_limit": environment.whole(),
    "limits_reset": _word("midnight", "rolling"),
    "retry_after": environment.flag(),
    "error_body": _word("message", "name-and-message", "text", "empty"),
    "stale_status": environment.one_of({"400": 400, "412": 412}),
    "if_none_match": environment.flag(),
    "put_status": _OK_OR_CREATED,
    "sub_list_status": _OK_OR_CREATED,
    "put_by_id": environment.flag(),
    "singular_links": environment.flag(),
    "v3_0_replaces": environment.flag(),
    "put_keeps_custom_fields": environment.flag(),
    "search_order": _word("id", "updated"),
    "search_heeds_case": environment.flag(),
    "odd_paging": _word("default", "refused"),
    "converted_leads": _word("shown", "hidden"),
    "visibility_shown": environment.flag(),
    "delete_takes_children": environment.flag(),
}
