"""Files that records have, and how uploads are read; the plain text of an e-mail, which lists show in the place of its HTML."""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from msgspec import Struct, field

from elements_local.kit.api.json_text import Json

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_PARAMETER = re.compile(r'\b(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


class File(Struct, frozen=True, kw_only=True):
    """A file as it is kept."""

    content_type: str
    content: bytes


class Upload(Struct, frozen=True, kw_only=True):
    """What came in a multipart body.

    Attributes:
        name: of the file; empty if it has none.
        texts: the other parts, by name in lower case.
    """

    name: str
    file: File
    texts: Mapping[str, str] = field(default_factory=dict)


def read_upload(body: bytes, content_type: str) -> Upload | None:
    """Read the file out of a multipart body, in any part; None if there is none.

    Source: part ``file`` (Insightly v3.1 OpenAPI document, documented); the vendor's Python client ends every delimiter
        with the two dashes that only the last should have, and names the part after the file (observed).
    """
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return None
    upload: Upload | None = None
    texts: dict[str, str] = {}
    for headers, content in _parts(body, boundary[1].encode()):
        names = dict(_PARAMETER.findall(headers.get("content-disposition", "")))
        if "filename" in names and upload is None:
            kind = headers.get("content-type", "application/octet-stream")
            upload = Upload(name=names["filename"], file=File(content_type=kind, content=content))
        elif "name" in names:
            texts[names["name"].lower()] = content.decode("utf-8", "replace")
    return upload and Upload(name=upload.name, file=upload.file, texts=texts)


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    delimiter = re.compile(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?=\r?\n|$)")
    # What stands before the first delimiter is no part. A `--` at the end of each one is accepted, as the
    # vendor's client does so.
    for part in delimiter.split(body)[1:]:
        head, blank, content = part.removeprefix(b"\r").removeprefix(b"\n").partition(b"\r\n\r\n")
        # what follows the last delimiter, or a part without headers
        if not blank:
            continue
        lines = (line.partition(":") for line in head.decode("utf-8", "replace").splitlines())
        yield {name.strip().lower(): value.strip() for name, _, value in lines}, content


LONGEST = 255
_SILENT = frozenset({"head", "script", "style", "title"})


def extract(body: Json, form: Json) -> Json:
    """Return the beginning of a body's text in one line; null stays null.

    Args:
        form: ``HTML``, or what it is otherwise; then its text is all of it.

    Source: plain text in v2.1 lists, HTML by id (recorded v2.1 exchanges, observed); BODY_EXTRACT (Insightly v2.2
        OpenAPI document, documented); how much of the text is assumed.

    >>> extract("<p>Dear <b>Ada</b>,</p><p>1 &lt; 2</p>", "HTML")
    'Dear Ada, 1 < 2'
    """
    if not isinstance(body, str):
        return None
    if str(form).upper() != "HTML":
        return " ".join(body.split())[:LONGEST]
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return " ".join("".join(reader.texts).split())[:LONGEST]


class _Reader(HTMLParser):
    """Collects what a browser would show; every tag that is not within a line ends one."""

    _WITHIN_A_LINE = frozenset(
        {"a", "b", "em", "font", "i", "img", "s", "small", "span", "strong", "sub", "sup", "u"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as the parser calls it
        self._silent += tag in _SILENT
        self._end_line(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)
        self._end_line(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)

    def _end_line(self, tag: str) -> None:
        if tag not in self._WITHIN_A_LINE:
            self.texts.append(" ")
