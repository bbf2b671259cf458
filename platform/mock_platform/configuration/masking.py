"""Which configuration values are secrets, and how they are shown.

Source: eight asterisks, for passwords and for OAuth keys (observed: the vendor's test suite); that a mask
sent back keeps the stored secret is assumed.
"""

from mock_platform.core.instance import Values

MASK = "********"


def mask(values: Values, secret_keys: frozenset[str]) -> dict[str, str | None]:
    """Return values as they may be shown.

    >>> mask({"username": "ada", "password": "0123"}, frozenset({"password"}))
    {'username': 'ada', 'password': '********'}
    """
    return {key: MASK if value and key in secret_keys else value for key, value in values.items()}


def unmask(values: Values, stored: Values, secret_keys: frozenset[str]) -> dict[str, str | None]:
    """Return values as they are meant: a mask stands for the secret that is stored already.

    >>> unmask({"password": "********"}, {"password": "0123"}, frozenset({"password"}))
    {'password': '0123'}
    """
    return {
        key: stored.get(key) if value == MASK and key in secret_keys else value
        for key, value in values.items()
    }
