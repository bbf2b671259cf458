"""Whether a callback's signature holds."""

import hmac
from collections.abc import Sequence
from enum import Enum

from elements_local.kit.web.signature import sign

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
        this text is no signature, whatever its base64 may decode to, is assumed.
    """
    if header is None:
        return SignatureVerdict.ABSENT
    if not keys:
        return SignatureVerdict.UNCHECKED
    given = header.encode("utf-8", "replace")
    # All keys are tried, each in constant time: how long it takes says nothing of a key.
    genuine = [hmac.compare_digest(given, sign(body, key).encode()) for key in keys]
    return SignatureVerdict.VALID if any(genuine) else SignatureVerdict.INVALID
