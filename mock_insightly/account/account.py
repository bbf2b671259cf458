"""Whose CRM it is: what records take from the account rather than from the client, and the API key that opens it."""

from base64 import b64decode

from msgspec import Struct

from elements_local.kit import seeded
from elements_local.kit.caching import bounded_cache

DEFAULT_LEAD_SOURCE = 5
"""The place of the source that new leads come from; the first one, "Web", is not it (recorded v2.1 list, observed)."""

DAILY_CALLS = {"Professional": 60_000, "Enterprise": 100_000}
"""How many calls a day a plan has, by its name on the price list (Insightly v3.1 help page, documented)."""


class CrmAccount(Struct, frozen=True, kw_only=True):
    """What a workspace's records take from it.

    Attributes:
        user_id: the caller; there is one API key, hence one caller.
        mailbox: the first part of addresses that file what is mailed to them.
        lead_source_id, lead_status_id: the account's defaults.
        plan: what ``/Instance`` calls it.
        custom_objects: the names of those it has defined.
    """

    seed: int
    user_id: int
    email: str
    mailbox: str
    currency: str
    country: str
    instance_id: int
    lead_source_id: int
    lead_status_id: int
    plan: str = "Professional"
    custom_objects: tuple[str, ...] = ()


@bounded_cache(1024)  # each call is for one, and calls come in rows
def account_of(  # noqa: PLR0913 - what the settings choose
    seed: int,
    *,
    email: str,
    currency: str = "USD",
    country: str = "United States",
    plan: str = "Professional",
    custom_objects: tuple[str, ...] = (),
) -> CrmAccount:
    """Return the account of the workspace with this seed; everything follows from it."""
    return CrmAccount(
        seed=seed,
        user_id=first_number(seed, "Users"),
        email=email,
        mailbox=email.replace("@", ".").removesuffix(".example"),
        currency=currency,
        country=country,
        instance_id=seeded.number(seed, "crm", "instance", low=100_000, high=1_000_000),
        lead_source_id=first_number(seed, "LeadSources") + DEFAULT_LEAD_SOURCE - 1,
        lead_status_id=first_number(seed, "LeadStatuses"),
        plan=plan,
        custom_objects=custom_objects,
    )


def first_number(seed: int, sequence: str) -> int:
    """Return the first number of a sequence, such as the ids of one kind of record.

    Source: ids seen in recorded exchanges are positive, rise per kind and have 7 to 9 digits (observed).
    """
    return seeded.number(seed, "crm", sequence, low=10_000_000, high=90_000_000)


_STANDARD = str.maketrans("-_", "+/")


@bounded_cache(4096)
def api_key(authorization: str) -> str | None:
    """Return the API key of a Basic header, or None if there is none to be read.

    The key is the user name; what follows the colon is ignored, and the colon may be missing.

    Source: ``key:`` (Insightly help page, documented); the key alone (the vendor's Python client and the Go client,
        observed), in the URL-safe alphabet too (the Go client, observed); any password (vendor's blog of 2012,
        documented); that padding may be missing is assumed.

    >>> api_key("Basic a2V5OnBhc3N3b3Jk"), api_key("Basic a2V5Og"), api_key("Basic a2V5"), api_key("Basic ")
    ('key', 'key', 'key', None)
    """
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    # Padding goes off and on again, so that any of it, and none, reads the same.
    plain = token.strip().translate(_STANDARD).rstrip("=")
    try:
        decoded = b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode()
    except ValueError:
        return None
    return decoded.partition(":")[0].strip() or None
