"""The plain text of an e-mail, which lists show in the place of its HTML."""

from html.parser import HTMLParser

from elements_local.kit.api.json_text import Json

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
