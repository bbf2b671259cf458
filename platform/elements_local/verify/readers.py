"""The two ways to read callbacks back: the sink, and a collector that is emptied by asking it."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import msgspec

from elements_local.clients import Fields, SinkClient
from elements_local.errors import HarnessError
from mock_kit.api.json_text import MalformedJsonError, decode
from mock_kit.web.wire import Http, NoReply


class _Body(msgspec.Struct):
    data: str


class _Drained(msgspec.Struct):
    data: list[_Body]


class UnreadableCollectorError(HarnessError):
    """A collector does not answer as one."""


@dataclass
class SinkReader:
    """Our own sink: it shows headers and signatures, and refuses what it is told to.

    Attributes:
        bin_name: where the callbacks arrive; the workspace's own if it is None.
    """

    sink: SinkClient
    bin_name: str | None = None
    can_fail: bool = True
    _read: list[dict[str, Any]] = field(default_factory=list)
    _reading: Lock = field(default_factory=Lock)

    def callbacks(self) -> list[dict[str, Any]]:
        """Return what the sink has recorded, of which only what is new is fetched."""
        with self._reading:
            self._read += self.sink.callbacks(after=self._read[-1]["id"] if self._read else 0)
        return self._read

    def respond(self, *answers: Fields) -> None:
        """Script the sink."""
        self.sink.respond(*answers, to_bin=self.bin_name)


@dataclass
class CollectorReader:
    """A collector somewhere: ``GET URL?returnQueue`` answers ``{"count", "data": [{"data": body}]}``, each body once.

    Source: the vendor's API test suite reads its own so (documented).
    """

    http: Http
    url: str
    can_fail: bool = False
    _read: list[dict[str, Any]] = field(default_factory=list)

    def callbacks(self) -> list[dict[str, Any]]:
        """Empty the collector, and return all that it had until now.

        Raises:
            UnreadableCollectorError: it cannot be read.
        """
        reply = self.http.send("GET", f"{self.url}?returnQueue")
        if isinstance(reply, NoReply) or not reply.ok:
            came = reply.reason if isinstance(reply, NoReply) else str(reply.status)
            raise UnreadableCollectorError(f"{self.url}?returnQueue could not be read: {came}")
        try:
            drained = msgspec.json.decode(reply.body, type=_Drained)
            self._read += [{"body": each.data, "json": decode(each.data.encode())} for each in drained.data]
        except (MalformedJsonError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise UnreadableCollectorError(
                f'{self.url}?returnQueue answered something else than {{"count": 1, "data": [{{"data": "<body>"}}]}}'
            ) from error
        return self._read

    def respond(self, *answers: Fields) -> None:
        """Refuse, as nothing can be scripted there."""
        raise NotImplementedError
