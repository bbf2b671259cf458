"""Callbacks that whoever does not have the key could send: each is right but for one thing."""

from base64 import b64decode, b64encode
from collections.abc import Iterator

from elements_local.certify.callback import ComposedCallback
from elements_local.kit.values import replace
from elements_local.platform.callbacks.signature import sign

_SCHEME = "sha256="


def forged(callback: ComposedCallback, key: str) -> Iterator[tuple[str, ComposedCallback]]:
    """Yield what is wrong, and the callback that is.

    Args:
        callback: rightly signed with the key.
    """
    text = sign(callback.body, key).removeprefix(_SCHEME)
    right = b64decode(text)
    signatures = {
        "signed with another key": sign(callback.body, f"not {key}"),
        "the last byte of the digest wrong": _SCHEME + _with_wrong_byte(right, len(right) - 1),
        "the first byte of the digest wrong": _SCHEME + _with_wrong_byte(right, 0),
        "a byte in the middle of the digest wrong": _SCHEME + _with_wrong_byte(right, len(right) // 2),
        "small letters for capitals, and capitals for small ones": _SCHEME + text.swapcase(),
        "the digest in hexadecimal": _SCHEME + right.hex(),
        "no digest": _SCHEME,
        "no base64": f"{_SCHEME}?",
        "an empty header": "",
    }
    for what, signature in signatures.items():
        yield what, replace(callback, signature=signature)
    altered = callback.body.replace(b'"CREATED"', b'"DELETED"')
    yield "a byte of the body changed after signing", replace(callback, body=altered)


def _with_wrong_byte(digest: bytes, place: int) -> str:
    wrong = bytearray(digest)
    wrong[place] ^= 0xFF
    return b64encode(wrong).decode()
