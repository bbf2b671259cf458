"""An instance and whose it is."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from elements_local.platform.core.objects import NONE, Objects

Values = Mapping[str, str | None]
"""An instance's configuration; None where a key has no value."""


class User(Struct, frozen=True, kw_only=True):
    """Whose an instance is, as the instance and its events say."""

    id: int
    account_id: int
    company_id: int
    email: str
    first_name: str
    last_name: str


class Instance(Struct, frozen=True, kw_only=True):
    """A customer's connection to the CRM.

    Attributes:
        configuration: all keys of the element; values are texts, None where there is none.
        polling_disabled: its poller was switched off after too many failures.
        trace_logging_until: when the logging of traces that was asked for ends; None if there is none.
        objects: what it calls the provider's objects and their fields.
    """

    id: int
    token: str
    name: str
    tags: tuple[str, ...]
    element_key: str
    configuration: Values
    created: datetime
    external_authentication: str = "none"
    disabled: bool = False
    polling_disabled: bool = False
    trace_logging_until: datetime | None = None
    subscription_id: int | None = None
    objects: Objects = NONE

    def __hash__(self) -> int:
        # Nothing else has its token; the maps could not be hashed.
        return hash(self.token)

    def is_traced(self, now: datetime) -> bool:
        """Say whether traces are logged at an instant, as was asked for."""
        return self.trace_logging_until is not None and now < self.trace_logging_until
