"""How long a browser takes to paint pages, with nothing in a workspace and with much, in the same run; and what the script weighs.

Run with ``poe bench-dashboard``: 10,000 callbacks and 1,000 polls. It needs Chromium. Exits with 1 if a page with all of it
takes more than twice as long as with none, or if the script weighs more than ``MOST_SCRIPT``.
"""

import gzip
import shutil
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from elements_local import dashboard
from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.stack.stack import Stack
from elements_local.start import Options, on_ports

CALLBACKS = 10_000
POLLS = 1_000
RESOURCES = 4
ROUNDS = 9
ALLOWED = 2.0
MOST_SCRIPT = 60_000
PAGES = ("", "callbacks/", "instances/", "polls/", "records/", "journal/")

STATIC = Path(dashboard.__file__).parent / "static"
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def main() -> int:
    """Measure, print, and say whether it is little enough."""
    with on_ports(Options(ports=(0, 0, 0))) as stack:
        few, many = stack.new_workspace(), stack.new_workspace()
        many.platform.create_instance(instance_body(many.credentials))
        many.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        fill(stack, many)
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            ratios = [shown(browser, stack, page, few, many) for page in PAGES]
    script = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.glob("*.js"))
    style = len(gzip.compress((STATIC / "dashboard.css").read_bytes()))
    print(f"script {script:,} bytes, style {style:,} bytes, both gzipped")  # noqa: T201
    return 1 if max(ratios) > ALLOWED or script > MOST_SCRIPT else 0


def fill(stack: Stack, clients: WorkspaceClients) -> None:
    """Let many polls run, and as many callbacks come as a busy day has."""
    clients.clock.advance(f"{15 * POLLS // RESOURCES}m")
    body = str(clients.sink.callbacks(limit=1)[0]["body"]).encode()
    for _ in range(CALLBACKS):
        stack.http.send("POST", clients.credentials.callback_url, body=body)
    polls = clients.platform.call("GET", "/_local/polls?limit=1")["total"]
    total = clients.sink.call("GET", f"/_local/callbacks?workspace={clients.credentials.name}&limit=1")[
        "total"
    ]
    print(f"{polls:,} polls, {total:,} callbacks")  # noqa: T201


def shown(browser: Any, stack: Stack, page: str, few: WorkspaceClients, many: WorkspaceClients) -> float:
    """Print how long a page takes in both workspaces, and return how often the one goes into the other."""
    little, much = (painted(browser, stack, clients, page) for clients in (few, many))
    print(f"{page or 'timeline':12} {little:7.1f} ms {much:7.1f} ms  {much / little:4.1f} times")  # noqa: T201
    return much / little


def painted(browser: Any, stack: Stack, clients: WorkspaceClients, page: str) -> float:
    """Return the milliseconds to the first paint of what a page has, in the middle of some rounds."""
    url = f"{stack.addresses.platform}/_local/dashboard/{clients.credentials.name}/{page}"
    tab = browser.new_page()

    def once() -> float:
        tab.goto(url)
        seen: float | None = None
        while seen is None:  # it is told a moment after it is done
            seen = tab.evaluate(FIRST_PAINT)
        return seen

    once()
    taken = median(once() for _ in range(ROUNDS))
    tab.close()
    return taken


if __name__ == "__main__":
    raise SystemExit(main())
