"""Reading requests as waitress does, but for what its parser would fail at: that is answered with 400, as the rest is.

waitress documents no way to do so. Without it, who calls with https waits for an answer until the connection is given up.
"""

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import BadRequest

_CLIENT_HELLO = b"\x16\x03"
"""How TLS begins: the type of a handshake's record, and its version."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """What reads a request's head."""

    def received(self, data: bytes) -> int:
        """Take bytes, and refuse those of a client that speaks TLS at once: it waits for an answer, and so would we."""
        if not self.header_plus and data.startswith(_CLIENT_HELLO):
            self.error = BadRequest("This port speaks plain HTTP: the URL has to begin with http://")
            self.completed = True
            return len(data)
        consumed: int = super().received(data)
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Read it.

        Raises:
            ParsingError: it cannot be read.
        """
        try:
            # waitress lets its parser's ValueError out, which would end the connection without an answer
            super().parse_header(header_plus)
        except ValueError as error:  # of a length with thousands of digits, an address with half its brackets
            raise ParsingError(
                "The head of the request cannot be read: its length is no number, or its target no URL"
            ) from error


class HttpConnection(HTTPChannel):  # type: ignore[misc]  # as above
    """A connection."""

    parser_class = _Parser
