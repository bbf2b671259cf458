"""A browser without a script: opens pages, reads what they hold, and sends their forms as they stand."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from elements_local.kit.http_message import Http, Reply

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass
class Form:
    """A form as a page has it; a button is sent only if it is pressed."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """What a page holds: its forms, its links, its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[tuple[str, dict[str, str]]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._inside: list[Form] = []
        self._area: str | None = None
        self._select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag opens."""
        given = {name: value or "" for name, value in attrs}
        self.text += " "
        self.tags.append((tag, given))
        if tag == "a":
            self.links.append((given.get("href", ""), given))
        if tag == "form":
            self._inside.append(Form(given.get("action", ""), given.get("method", "get").upper()))
            self.forms.append(self._inside[-1])
        elif self._inside:
            self._field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        """Note what a tag closes."""
        if tag == "form":
            self._inside.pop()
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        """Note a text; a tag parts it from the one before."""
        self.text += data
        if self._area is not None:
            name, value = self._inside[-1].fields[-1]
            # what follows the tag at once is no part of the text
            self._inside[-1].fields[-1] = (name, value + (data.removeprefix("\n") if not value else data))

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._inside[-1], given.get("name", "")
        kind = given.get("type", "text")
        if tag == "button" or kind == "submit":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name and (kind not in {"checkbox", "radio"} or "checked" in given):
            form.fields.append((name, given.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "textarea":
            form.fields.append((name, ""))
            self._area = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None:
            known = [each for each, _ in form.fields]
            if self._select not in known:
                form.fields.append((self._select, given.get("value", "")))
            elif "selected" in given:
                form.fields[known.index(self._select)] = (self._select, given.get("value", ""))


@dataclass
class PageRead(Reader):
    """A page that came."""

    reply: Reply
    url: str

    def __post_init__(self) -> None:
        """Read it."""
        Reader.__init__(self, self.html)

    @property
    def html(self) -> str:
        """The page's own text; of what is no page, what can be read of it."""
        return self.reply.body.decode(errors="replace")

    @property
    def status(self) -> int:
        """The answer's status."""
        return self.reply.status

    def filled_in(self, action: str) -> dict[str, str]:
        """Return the fields of the last form that leads to an action."""
        return dict([form for form in self.forms if urlsplit(form.action).path.endswith(action)][-1].fields)

    @property
    def words(self) -> str:
        """What is read on it, with single blanks."""
        return " ".join(self.text.split())


class PageVisitor:
    """Somebody who reads pages of one origin; cookies are kept.

    Args:
        headers: sent with every request.
    """

    def __init__(self, http: Http, origin: str, **headers: str) -> None:
        self._http = http
        self.origin = origin
        self.headers = {**BROWSER, **headers}
        self.cookies: dict[str, str] = {}

    def open(self, path: str) -> PageRead:
        """Open a page, and follow where it leads."""
        return self._send("GET", path, b"", {})

    def send(
        self, page: PageRead, action: str, press: tuple[str, str] | None = None, **values: str
    ) -> PageRead:
        """Send the first form that leads to an action, with some fields filled in, and follow where that leads.

        Args:
            action: how its address ends.
            press: name and value of the button that is pressed, if they matter; the form is the one that has it.
        """
        (form, *_) = [
            form
            for form in page.forms
            if urlsplit(form.action).path.endswith(action)
            and (press is None or press in form.buttons)
            and (press is not None or values.keys() <= {name for name, _ in form.fields})
        ]
        unknown = values.keys() - {name for name, _ in form.fields}
        fields = [(name, values.get(name, value)) for name, value in form.fields]
        fields += [(name, values[name]) for name in unknown] + ([press] if press else [])
        sent = urlencode(fields)
        if form.method == "GET":
            return self.open(f"{form.action}?{sent}")
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self._send("POST", form.action, sent.encode(), kind)

    def upload(self, page: PageRead, action: str, field: str, content: bytes) -> PageRead:
        """Send a form that takes a file, with that file."""
        (form,) = [form for form in page.forms if urlsplit(form.action).path.endswith(action)]
        parts = [
            f'--it\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form.fields
            if name != field
        ]
        head = f'--it\r\nContent-Disposition: form-data; name="{field}"; filename="it"\r\n\r\n'
        body = "".join([*parts, head]).encode() + content + b"\r\n--it--\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=it", "Origin": self.origin}
        return self._send("POST", form.action, body, kind)

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> PageRead:
        url = urljoin(f"{self.origin}/", path).partition("#")[0]
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**self.headers, **headers, **({"Cookie": cookie} if cookie else {})}
        reply = self._http.send(method, url, headers=sent, body=body)
        assert isinstance(reply, Reply), reply
        for each in reply.headers.getlist("Set-Cookie"):
            name, _, value = each.partition(";")[0].partition("=")
            self.cookies[name] = value
        if reply.status in {302, 303, 308}:
            return self._send("GET", urljoin(url, reply.headers["Location"]), b"", {})
        return PageRead(reply, url)
