"""The API key in an Authorization header, in every way clients write it."""

from base64 import b64decode
from functools import lru_cache

_STANDARD = str.maketrans("-_", "+/")


@lru_cache(maxsize=4096)
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
