"""Whether a callback's signature holds: worked out by lines of its own, as a receiver would, and not by the sender's."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from enum import Enum

SIGNATURE_HEADER = "Elements-Webhook-Signature"


class SignatureVerdict(Enum):
    """What was found out about a callback's signature.

    Attributes:
        UNCHECKED: there is a signature, and no key is known to hold it against.
    """

    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "absent"
    UNCHECKED = "unchecked"


def judge(header: str | None, body: bytes, keys: Sequence[str]) -> SignatureVerdict:
    """Say whether a callback was signed with one of the keys.

    Args:
        header: the whole value, ``sha256=`` and the base64 of the HMAC-SHA256 over the body's bytes.
        keys: those known for the bin; any of them will do, so that a key can be changed without a gap.

    Source: the vendor's event documentation and API test suite (documented); that anything but exactly
        this text is no signature, even if it decodes as base64, is assumed.
    """
    if header is None:
        return SignatureVerdict.ABSENT
    if not keys:
        return SignatureVerdict.UNCHECKED
    given = header.encode("utf-8", "replace")
    # All keys are tried, each in constant time: how long it takes says nothing of a key.
    genuine = [hmac.compare_digest(given, _signature(key, body)) for key in keys]
    return SignatureVerdict.VALID if any(genuine) else SignatureVerdict.INVALID


def _signature(key: str, body: bytes) -> bytes:
    return b"sha256=" + b64encode(hmac.digest(key.encode(), body, "sha256"))
