"""What can be chosen about the CRM: mostly what no source tells about the real one."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_kit import environment

PREFIX = "ELEMENTS_LOCAL_CRM_"


@dataclass(frozen=True, kw_only=True)
class Settings:
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

    @property
    def custom_object_names(self) -> tuple[str, ...]:
        """The names of the account's custom objects."""
        return tuple(name.strip() for name in self.custom_objects.split(",") if name.strip())

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "Settings":
        """Read the settings from variables that start with ``ELEMENTS_LOCAL_CRM_``; others are not ours.

        Raises:
            SettingsError: a value cannot be read.
        """
        return cls(**environment.chosen(variables, PREFIX, _KINDS))  # type: ignore[arg-type]  # each by its own kind


_KINDS = {
    "list_honours_updated_after": environment.flag(),
    "search_inclusive": environment.flag(),
    "updated_later_s": environment.whole(),
    "www_authenticate": environment.flag(),
    "limits": environment.one_of({"off": "off", "vendor": "vendor"}),
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
}
