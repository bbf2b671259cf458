"""The tokens of a vendor file's OAuth 2: what is in their text, and what a request for tokens has.

A token begins with the API key of its workspace, by which its caller is found, and by which it is masked wherever that is.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import parse_qsl

from msgspec import Struct

from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.seeded import url_safe
from elements_local.platform.elements.vendor_file.model import VendorOAuth2

_TEXT = re.compile(
    r"(?P<key>[^.]+)\.(?P<kind>[ar])(?P<grant>\d{1,9})\.(?P<number>\d{1,9})\.(?P<at>-?\d{1,12})\.[\w-]{20}",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOONEST, _LATEST = -2_300_000_000, 221_900_000_000
"""Seconds from then; no clock stands before or after."""


class VendorToken(Struct, frozen=True, kw_only=True):
    """A token, or the API key that stands for the refresh token of the grant 0.

    Attributes:
        kind: a of an access token, r of a refresh token.
        number: of the refreshes of its grant, before this token was made.
        at: when it was made.
    """

    key: str
    kind: Literal["a", "r"]
    grant: int
    number: int
    at: datetime

    def text(self, seed: int, vendor: str) -> str:
        """Return it as it is sent; who does not know the workspace's seed cannot make another."""
        parts = (f"{self.kind}{self.grant}", str(self.number), str(int(self.at.timestamp())))
        # without the API key: a snapshot that is put back in another workspace has that one's in its place
        signature = url_safe(seed, vendor, *parts, length=20)
        return ".".join((self.key, *parts, signature))

    def ends(self, oauth2: VendorOAuth2) -> datetime:
        """Return when an access token is no longer good."""
        return self.at + timedelta(seconds=oauth2.expires_s)


def token_of(text: str, seed: int, vendor: str) -> VendorToken | None:
    """Return the token of a text; None if it is none that a workspace with this seed has given."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    kind: Literal["a", "r"] = "a" if found["kind"] == "a" else "r"
    at = _EPOCH + timedelta(seconds=max(_SOONEST, min(int(found["at"]), _LATEST)))
    token = VendorToken(
        key=found["key"], kind=kind, grant=int(found["grant"]), number=int(found["number"]), at=at
    )
    return token if token.text(seed, vendor) == text else None


def key_of(text: str) -> str:
    """Return the API key that a token begins with.

    >>> key_of("0123-4567.a0.1.1772445600.abc"), key_of("0123-4567")
    ('0123-4567', '0123-4567')
    """
    return text.partition(".")[0]


def sent_in(oauth2: VendorOAuth2, body: bytes, query: str) -> Mapping[str, str]:
    """Return the parameters of a request for tokens; none of a body that is not as the vendor wants it.

    >>> sent_in(VendorOAuth2(token="/token"), b"grant_type=refresh_token&code=", "")
    {'grant_type': 'refresh_token', 'code': ''}
    """
    asked = parse_qsl(query, keep_blank_values=True) if oauth2.query else []
    try:
        if oauth2.body == "json":
            said = decode(body) if body else {}
            pairs = said.items() if isinstance(said, dict) else ()
            return {**dict(asked), **{name: one for name, one in pairs if isinstance(one, str)}}
        return dict([*asked, *parse_qsl(body.decode(), keep_blank_values=True)])
    except (
        MalformedJsonError,
        ValueError,
    ):  # such as bytes that are no UTF-8, or more parameters than anybody sends
        return dict(asked)
