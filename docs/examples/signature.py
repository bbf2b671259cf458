"""Whether a callback was signed with the key: over the body's bytes as they came, before they are parsed."""

import base64
import hmac


def is_signed(body: bytes, key: str, header: str) -> bool:
    digest = hmac.digest(key.encode(), body, "sha256")
    return hmac.compare_digest(header.encode(), b"sha256=" + base64.b64encode(digest))
