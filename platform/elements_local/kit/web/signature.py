"""The signature of a body: who holds the key can tell that it comes from another who does."""

import hmac
from base64 import b64encode

SCHEME = "sha256="


def sign(body: bytes, key: str) -> str:
    """Return the value of the signature's header for exactly these bytes.

    Source: the vendor's event guide (documented) and its test suite (observed): base64, not hexadecimal.

    >>> sign(b"{}", "secret")
    'sha256=dzJZAsrKgS3CWXM6rNBGtzgXNyx3e42VtAJkdHRRbhM='
    """
    # of the bytes as they are sent, and not of the JSON: a receiver that parses first and signs what it writes anew
    # gets another digest
    return SCHEME + b64encode(hmac.digest(key.encode(), body, "sha256")).decode()
