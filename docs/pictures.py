"""Draws the pictures of how polling decides, by polls that are run while they are drawn: ``poe pictures`` writes them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import log
from pathlib import Path
from xml.sax.saxutils import escape

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.kit.instants import parse_instant
from elements_local.start import Options, in_process

IMAGES = Path(__file__).parent / "images"
_LEFT, _RIGHT, _ROW = 90, 900, 34
_STORY = (
    (5, "create", "Ada"), (5, "create", "Bob"), (10, "update", "Bob"), (15, "update", "Ada"), (20, "create", "Cleo"),
    (35, "update", "Bob"), (40, "delete", "Cleo"),
)  # fmt: skip
"""Minutes after ten, what happens, and to whom; polls run every fifteen minutes."""


def windows() -> str:
    """Return a picture of changes and of the polls that report them, or do not."""
    with in_process(Options(environment={"ELEMENTS_LOCAL_KEEP_TIES": "true"})) as stack:
        clients = stack.workspace()
        clients.platform.create_instance(instance_body(clients.credentials))
        began, ids = clients.clock.now(), _lived(clients)
        clients.clock.advance(to=began + timedelta(minutes=45))
        changes, polls = clients.crm.changes(), clients.platform.polls(resource="contacts")
    rows = {record: _ROW * (place + 2) for place, record in enumerate(ids.values())}

    def x(instant: str) -> int:
        return _LEFT + round((parse_instant(instant) - began) / timedelta(minutes=46) * (_RIGHT - _LEFT))

    parts = [_text(8, rows[record] + 4, name) for name, record in ids.items()]
    for poll in polls:
        parts += [
            _line(x(poll["at"]), 30, x(poll["at"]), _ROW * (len(ids) + 2)),
            _text(x(poll["at"]), 20, f"poll {poll['at'][11:16]}", "middle"),
        ]
        for record in poll["records"]:
            parts.append(
                _text(x(poll["at"]) - 5, rows[record["id"]] - 6, record["verdict"], "end", why=record["why"])
            )
    for change in changes:
        at, y = x(change["at"]), rows[change["recordId"]]
        parts.append(
            f'<circle cx="{at}" cy="{y}" r="5" fill="#0072b2"/>'
            + _text(at + 8, y + 16, change["change"].lower())
        )
    return _svg(_ROW * (len(ids) + 3), parts)


def _lived(clients: WorkspaceClients) -> Mapping[str, str]:
    """Let the story happen, and return the ids of those in it by their names."""
    began, ids = clients.clock.now(), dict[str, int]()
    for minute, what, name in _STORY:
        clients.clock.advance(to=began + timedelta(minutes=minute))
        if what == "create":
            ids[name] = clients.crm.create("Contacts", {"FIRST_NAME": name})["CONTACT_ID"]
        elif what == "update":
            clients.crm.update("Contacts", ids[name], {"TITLE": "Countess"})
        else:
            clients.crm.delete("Contacts", ids[name])
    return {name: str(number) for name, number in ids.items()}


def retries() -> str:
    """Return a picture of the attempts of a callback whose receiver is down, for each of the two schedules."""
    parts = []
    for place, profile in enumerate(("cloud-elements", "open-connectors")):
        y = 60 + place * 80
        parts += [_text(8, y - 24, profile), _line(_LEFT, y, _RIGHT, y)]
        for seconds in _attempts(profile):
            x = _LEFT + round(log(1 + seconds, 4) / 9.5 * (_RIGHT - _LEFT))
            parts.append(
                f'<circle cx="{x}" cy="{y}" r="5" fill="#d55e00"/>'
                + _text(x, y + 22, _length(seconds), "middle")
            )
    return _svg(180, parts)


def _attempts(profile: str) -> Iterator[float]:
    """Yield the seconds from the first failure to each attempt."""
    with in_process(Options(environment={"ELEMENTS_LOCAL_PLATFORM_PROFILE": profile})) as stack:
        clients = stack.workspace()
        clients.platform.create_instance(instance_body(clients.credentials))
        clients.sink.respond({"status": 503, "times": 50})
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        clients.clock.advance("100h")
        (delivery,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    instants = [parse_instant(attempt["at"]) for attempt in delivery["attempts"]]
    yield from ((instant - instants[0]).total_seconds() for instant in instants)


def _length(seconds: float) -> str:
    text = str(timedelta(seconds=seconds))
    return f"{seconds:.0f} s" if seconds < 60 else text.removesuffix(":00")


def _svg(height: int, parts: list[str]) -> str:
    size = f'width="{_RIGHT + 20}" height="{height}" viewBox="0 0 {_RIGHT + 20} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>", ""])


def _text(x: int, y: int, text: str, anchor: str = "start", *, why: str = "") -> str:
    tooltip = f"<title>{escape(why)}</title>" if why else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{tooltip}{escape(text)}</text>'


def _line(x1: int, y1: int, x2: int, y2: int) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#999"/>'


PICTURES = {"windows.svg": windows, "retries.svg": retries}

if __name__ == "__main__":
    for name, drawn in PICTURES.items():
        (IMAGES / name).write_text(drawn(), encoding="utf-8")
