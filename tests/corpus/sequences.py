"""Sequences of calls with their answers, and the files that keep them."""

import lzma
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct, field

from elements_local.kit.clock import Mode
from elements_local.start import Options

KEPT = Path(__file__).parent / "sequences"
URLS = {"platform": "http://127.0.0.1:4700", "crm": "http://127.0.0.1:4701", "sink": "http://127.0.0.1:4702"}
UNKEPT = frozenset({"date", "content-length", "server"})
"""Headers of answers that say nothing of the product."""


class Body(Struct, frozen=True, omit_defaults=True):
    """What was sent, as text wherever it is text."""

    text: str = ""
    raw: bytes = b""

    @classmethod
    def of(cls, content: bytes):
        try:
            return cls(text=content.decode())
        except UnicodeDecodeError:
            return cls(raw=content)

    def __bytes__(self) -> bytes:
        return self.raw or self.text.encode()


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Attributes:
    status: 0 if the connection was dropped; the body has the reason then.
    """

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: Body = Body()

    @classmethod
    def of(cls, reply):
        """Return what is kept of a reply, or of there being none."""
        if not hasattr(reply, "status"):
            return cls(status=0, body=Body(reply.reason))
        headers = sorted((name, value) for name, value in reply.headers if name.lower() not in UNKEPT)
        return cls(status=reply.status, headers=headers, body=Body.of(reply.body))


class Call(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request, and what it was answered.

    Attributes:
        target: path and query.
        route: the service, the method and the template of the path.
    """

    service: str
    method: str
    target: str
    route: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: Body = Body()
    answer: Answer


def makes_workspace(call: Call) -> bool:
    """Whether a call makes what others of its sequence work in."""
    return (call.method, call.target) == ("POST", "/_local/workspaces")


class Setup(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a stack is started."""

    environment: dict[str, str] = field(default_factory=dict)
    role: str | None = None
    host: str = "127.0.0.1"
    start: datetime = Options.start
    mode: Mode = Mode.VIRTUAL
    speed: int = 1
    seed: int = 0
    records: int = 0
    token: str | None = None

    def options(self) -> Options:
        return Options(**{name: getattr(self, name) for name in self.__struct_fields__})


class Sequence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Calls in their order, which begin on a stack that nobody has called, or but in workspaces of others.

    Attributes:
        name: the test that makes the calls.
        alone: whether it needs a stack of its own.
    """

    name: str
    setup: Setup
    alone: bool = False
    calls: list[Call]

    @property
    def area(self) -> str:
        """The folder of the test, which names the file."""
        path = Path(self.name.partition("::")[0])
        return "-".join(path.parts[:-1] if path.suffix else path.parts)


def lines(sequences) -> bytes:
    return b"".join(msgspec.json.encode(each) + b"\n" for each in sequences)


def read_lines(text: bytes) -> list[Sequence]:
    return [msgspec.json.decode(line, type=Sequence) for line in text.splitlines()]


def load(files: str = "*.xz", folder: Path = KEPT) -> list[Sequence]:
    """Return the sequences that are kept in these files."""
    return [
        each for path in sorted(folder.glob(files)) for each in read_lines(lzma.decompress(path.read_bytes()))
    ]


def save(sequences, folder: Path = KEPT) -> None:
    """Keep these sequences, one file for each area; a file whose content stays as it is keeps its bytes."""
    areas = defaultdict(list)
    for each in sorted(sequences, key=lambda each: each.name):
        areas[each.area].append(each)
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.xz"):
        if path.name.removesuffix(".jsonl.xz") not in areas:
            path.unlink()
    for area, those in areas.items():
        packed = lzma.compress(lines(those), preset=9)
        (folder / f"{area}.jsonl.xz").write_bytes(packed)
