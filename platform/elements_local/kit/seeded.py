"""Values that look random and follow from a seed: the same seed gives the same bytes anywhere."""

from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256

from elements_local.kit.caching import bounded_cache


def digest(seed: int, *labels: object) -> bytes:
    """Return 32 bytes that depend on the seed and the labels, and on nothing else."""
    return sha256("/".join([_escaped(str(part)) for part in (seed, *labels)]).encode()).digest()


@bounded_cache(4096, typed=True)  # the same few ids are asked for with every call
def number(seed: int, *labels: object, low: int, high: int) -> int:
    """Return a whole number from ``low`` up to, but without, ``high``."""
    return low + int.from_bytes(digest(seed, *labels)[:8]) % (high - low)


def hexadecimal(seed: int, *labels: object, length: int) -> str:
    """Return up to 64 lower-case hexadecimal digits."""
    return digest(seed, *labels).hex()[:length]


def base64_token(seed: int, *labels: object) -> str:
    """Return 44 characters of base64 ending in ``=``, as user secrets and element tokens look."""
    return b64encode(digest(seed, *labels)).decode()


def url_safe(seed: int, *labels: object, length: int) -> str:
    """Return up to 43 letters, digits, ``-`` and ``_``."""
    return urlsafe_b64encode(digest(seed, *labels)).decode()[:length]


def guid(seed: int, *labels: object) -> str:
    """Return the text of a version 4 GUID."""
    digits = hexadecimal(seed, *labels, length=32)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _escaped(label: str) -> str:
    """Keep ``a/b`` apart from ``a`` and ``b``."""
    return label.replace("\\", "\\\\").replace("/", "\\/")
