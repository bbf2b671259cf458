"""The platform's Authorization header: pairs of a scheme and a secret, in any order.

``User <secret>, Organization <secret>, Element <token>``; what signing in gave, ``Bearer <token>``, may stand for
the first two.
"""

import re
from functools import lru_cache

from msgspec import Struct

from elements_local.platform.errors import InvalidCredentialsError

_PAIR = re.compile(r"(user|organization|element|bearer) +([^\s,]+)", re.ASCII | re.IGNORECASE)
_EXPECTED = 'Expected "User <secret>, Organization <secret>" or "User <secret>, Element <token>"'


class Authorization(Struct, frozen=True, kw_only=True):
    """The secrets that a request carries; None where it carries none."""

    user: str | None = None
    organization: str | None = None
    element: str | None = None
    bearer: str | None = None


@lru_cache(maxsize=1024)  # a client sends the same header with every call, and each is read several times
def parse_authorization(header: str | None) -> Authorization:
    """Take the header apart: split on commas, then on the first blank.

    Raises:
        InvalidCredentialsError: it is missing or garbled, has one scheme twice, or two that name a user.

    Source: the vendor's guides show the pairs in every order, later ones Bearer (documented); that schemes may be
        in any case and the blank after a comma missing is assumed.
    """
    if not header:
        raise InvalidCredentialsError(f"There was no Authorization header. {_EXPECTED}.")
    secrets: dict[str, str] = {}
    for pair in header.split(","):
        match = _PAIR.fullmatch(pair.strip())
        if not match:
            raise InvalidCredentialsError(f"The Authorization header was garbled. {_EXPECTED}.")
        scheme = match[1].lower()
        if scheme in secrets:
            raise InvalidCredentialsError(f"The Authorization header names {match[1]} twice. {_EXPECTED}.")
        secrets[scheme] = match[2]
    # Both name a user, and nobody can say which one was meant.
    if {"user", "bearer"} <= secrets.keys():
        raise InvalidCredentialsError(f"The Authorization header names both User and Bearer. {_EXPECTED}.")
    return Authorization(**secrets)
