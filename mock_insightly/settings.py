"""What can be chosen about the CRM: mostly what no source tells about the real one."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from mock_insightly.errors import SettingsError

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
        daily_limit: what ``X-RateLimit-Limit`` says, and ``X-RateLimit-Remaining`` counts down from.
        country: of the account; what a lead's address starts with.
        currency: of the account; what an opportunity's bid starts with.
    """

    list_honours_updated_after: bool = False
    search_inclusive: bool = False
    updated_later_s: int = 0
    www_authenticate: bool = False
    daily_limit: int = 100_000
    country: str = "United States"
    currency: str = "USD"

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from variables that start with ``ELEMENTS_LOCAL_CRM_``; others are not ours.

        Raises:
            SettingsError: a value cannot be read.
        """
        chosen = {
            field.name: _read(PREFIX + field.name.upper(), text, field.default)
            for field in fields(cls)
            if (text := environment.get(PREFIX + field.name.upper())) is not None
        }
        return cls(**chosen)  # type: ignore[arg-type]  # each of its default's type


def _read(name: str, text: str, default: object) -> str | int | bool:
    """Read a value of the same type as the default."""
    if isinstance(default, bool):
        if text.lower() not in {"true", "false"}:
            raise SettingsError(name, text, expected="true or false")
        return text.lower() == "true"
    if isinstance(default, int):
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            raise SettingsError(name, text, expected="a whole number from 0 to 999999999")
        return int(text)
    return text
