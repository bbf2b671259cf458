"""Who may see the dashboard, and whose forms it takes: its own, sent by somebody who has the token if there is one."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_bytes

FORM_FIELD = "form_token"
_ELSEWHERE = frozenset({"cross-site", "same-site"})


@dataclass(frozen=True, kw_only=True)
class PageAccess:
    """Who is let in.

    Attributes:
        token: what the stack asks of callers of admin routes; None on loopback.
        key: what forms and cookies are signed with; another one after each start.
    """

    token: str | None = field(repr=False)
    key: bytes = field(repr=False, default_factory=lambda: token_bytes(32))

    @property
    def form_token(self) -> str:
        """What each form carries, and no page of another site can know."""
        return self._sign("form")

    @property
    def cookie(self) -> str:
        """What a browser shows that has sent the token once."""
        return self._sign(f"admin {self.token}")

    def takes(self, token: str) -> bool:
        """Say whether a token is the stack's."""
        return self.token is not None and hmac.compare_digest(token.encode(), self.token.encode())

    def lets_in(self, *, cookie: str, header: str) -> bool:
        """Say whether a request may see pages, by its cookie, or by the header that admin routes take."""
        return (
            self.token is None
            or hmac.compare_digest(cookie.encode(), self.cookie.encode())
            or self.takes(header)
        )

    def refusal(self, method: str, headers: Mapping[str, str], *, own_origin: str, form_token: str) -> str:
        """Return why a request is refused as one that another site's page may have sent; empty if it is not.

        Args:
            own_origin: that of the page itself, as the browser called it.
            form_token: that came with a form.
        """
        origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site", "")
        if origin not in {None, own_origin}:
            return f"the dashboard answers pages of its own only; the origin was {origin!r:.300}"
        if method in {"GET", "HEAD"}:
            return ""
        if site in _ELSEWHERE:
            return f"the form was sent by a page of another site (Sec-Fetch-Site: {site})"
        if not hmac.compare_digest(form_token.encode(), self.form_token.encode()):
            return "the form is not of this run of the stack; open the page again, and send it from there"
        return ""

    def _sign(self, text: str) -> str:
        return hmac.digest(self.key, text.encode(), "sha256").hex()
