"""An instance's secrets: shown as asterisks, and kept where asterisks come back.

Source: secrets are shown as eight asterisks, passwords and OAuth keys (observed: the vendor's test suite); that a mask sent
back is no new secret follows from clients that send back what they were shown (observed, inferred).
"""

from elements_local.platform.core.choices import UnsetValues
from elements_local.platform.core.instance import Values

MASK = "********"
UNSET = UnsetValues()


def mask(values: Values, secret_keys: frozenset[str], unset: UnsetValues = UNSET) -> dict[str, str | None]:
    """Return values as they may be shown.

    >>> mask({"username": "ada", "password": "0123"}, frozenset({"password"}))
    {'username': 'ada', 'password': '********'}
    """
    return {
        key: MASK
        if key in secret_keys and (value or unset.masked)
        else unset.text
        if value is None
        else value
        for key, value in values.items()
    }


def unmask(values: Values, stored: Values, secret_keys: frozenset[str]) -> dict[str, str | None]:
    """Return values as they are meant: a mask stands for the secret that is stored already.

    >>> unmask({"password": "********"}, {"password": "0123"}, frozenset({"password"}))
    {'password': '0123'}
    """
    return {
        key: stored.get(key) if value == MASK and key in secret_keys else value
        for key, value in values.items()
    }
