"""Everything that a workspace shows: what its admin operations answer, its pages, a failure's section, its recording."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections import Counter
from types import SimpleNamespace
from urllib.parse import quote, quote_plus

from documented_operations import operations_of
from page_reader import PageVisitor

from elements_local.scenarios.recording.recorder import scenario_so_far
from elements_local.stack.failures.failure_report import add_section

EXEMPT = {
    "/_local/workspaces": "the making of a workspace, and what its owner asks of it",
    "/_local/workspace": "as above",
    "/_local/instance-body": "its owner's body of POST /instances, ready to be sent",
    "state/snapshot": "a snapshot has all of it",
    "state/?secrets=shown": "a click",
    "state/?copy=": "as above",
}
"""Operations and pages that have secrets; vendors' answers to their owner and `up` have them, too."""

_MOST_PAGES = 120


def forms(secret):
    """Every form in which a secret may stand somewhere."""
    raw = secret.encode()
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        raw.hex(),
        b64encode(raw).decode().rstrip("="),
        urlsafe_b64encode(raw).decode().rstrip("="),
        b64encode(f"{secret}:".encode()).decode().rstrip("=")[:-1],
    }


class ShownWorkspace:
    """A workspace that is looked at; who makes one says ``stack``, ``clients``, ``own``, ``instance`` and ``ada``, a contact."""

    def operations(self):
        """What the admin operations that only look answer."""
        known = {
            "workspace": self.own.name,
            "instanceid": self.instance["id"],
            "resource": "contacts",
            "recordid": self.ada["CONTACT_ID"],
            "bin": self.own.name,
        }
        for each in operations_of(self.stack):
            if each.method == "GET" and each.is_admin and each.path not in EXEMPT:
                target = each.target(known)
                asked = [f"workspace={self.own.name}"] if each.service == "sink" else []
                asked += ["timeout_s=0"] if "stream" in each.path else []
                mark = "&" if "?" in target else "?"
                reply = getattr(self.clients, each.service).send("GET", target + mark + "&".join(asked))
                yield f"{each.service} {each.path}", reply.body.decode("utf-8", "replace")

    def pages(self):
        """What the pages show, one after the other as they are linked."""
        visitor = PageVisitor(self.stack.http, self.stack.addresses.platform)
        home = f"/_local/dashboard/{self.own.name}/"
        found, read, shapes = [home], set(), Counter()
        while found and len(read) < _MOST_PAGES:
            path = found.pop(0)
            shape = "".join("#" if letter.isdigit() else letter for letter in path)
            shapes[shape] += 1
            if (
                path in read
                or shapes[shape] > 6
                or any(each in path for each in EXEMPT)
                or not path.startswith(home)
            ):
                continue
            read.add(path)
            page = visitor.open(path)
            yield f"page {path.removeprefix(home)}", page.html
            found += [href.partition("#")[0] for href, _ in page.links if href.startswith(home)]

    def told(self):
        report = SimpleNamespace(longrepr=None, sections=[])
        add_section(report, self.clients, verbose=True, fixture=True, outside={})
        yield "failure section", report.sections[0][1]
        yield "record", scenario_so_far(self.stack, self.own.name)
