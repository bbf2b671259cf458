"""What mitmdump runs: calls for the vendors' hosts go to the services of a stack, and those for any other are refused.

It runs in mitmproxy's own Python, so it imports nothing of this package, and uses what mitmproxy documents of addons.
"""

import json
import os
import re
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from mitmproxy import http

VARIABLE = "ELEMENTS_LOCAL_PROXY"
"""Has what there is to know: ``hosts``, pairs of a pattern and an origin; ``own``, the stack's origins; ``tunneled``, patterns; ``remedy``, of a refusal;
``refused``, a file."""

_SERVICE_PATH = "/_local"


class HostRouting:
    """The addon.

    Args:
        known: the value of ``VARIABLE``.
    """

    def __init__(self, known: str) -> None:
        values = json.loads(known)
        self._hosts = [(_matching(host), urlsplit(origin)) for host, origin in values["hosts"]]
        self._own = {urlsplit(origin).netloc for origin in values["own"]}
        self._tunneled = [_matching(host) for host in values["tunneled"]]
        self._remedy = values["remedy"]
        self._refused = Path(values["refused"])

    def http_connect(self, flow: http.HTTPFlow) -> None:
        """Refuse to make a tunnel to a host that is not played."""
        if not self._is_known(flow.request):
            self._refuse(flow)

    def request(self, flow: http.HTTPFlow) -> None:
        """Send a call to the service that plays its host, by the service's own address."""
        asked = flow.request
        origin = self._origin_of(asked.host)
        if origin is None:
            if not self._is_known(asked):
                self._refuse(flow)
            return
        if _may_lead_to_admin(asked.path):
            reason = f"elements-local: {_SERVICE_PATH} is the stack's own, and not at {asked.host}; call {origin.geturl()}"
            flow.response = _refusal(404, reason)
            return
        asked.scheme, asked.host, asked.port = origin.scheme, origin.hostname, origin.port

    def _origin_of(self, host: str) -> SplitResult | None:
        return next((origin for pattern, origin in self._hosts if pattern.fullmatch(host)), None)

    def _is_known(self, asked: http.Request) -> bool:
        # a program may send what is for this machine here, too
        known = f"{asked.host}:{asked.port}" in self._own or self._origin_of(asked.host) is not None
        return known or any(pattern.fullmatch(asked.host) for pattern in self._tunneled)

    def _refuse(self, flow: http.HTTPFlow) -> None:
        host = flow.request.host
        with self._refused.open("a", encoding="utf-8") as file:
            file.write(json.dumps(host) + "\n")
        # in the reason phrase, too: many clients show nothing else of an answer to CONNECT
        reason = [f"elements-local refuses {host}: no service of the stack stands for it"]
        reason += [self._remedy.replace("{host}", host)] if self._remedy else []
        flow.response = _refusal(403, "; ".join(reason))


def _refusal(status: int, reason: str) -> http.Response:
    response = http.Response.make(status, reason + "\n", {"Content-Type": "text/plain; charset=utf-8"})
    response.reason = reason.encode("ascii", "replace").decode()
    return response


def _matching(host: str) -> "re.Pattern[str]":
    return re.compile(re.escape(host).replace(r"\*", "[^.]+"), re.IGNORECASE)


def _may_lead_to_admin(path: str) -> bool:
    """Say whether a path may be read as one of an admin route: each server decodes it, and takes steps out of it, in its own order."""
    decoded = unquote(path.partition("?")[0])
    segments = [segment for segment in unquote(decoded).replace("\\", "/").split("/") if segment]
    return _SERVICE_PATH[1:] in (segments if ".." in segments or "." in segments else segments[:1])


addons = [HostRouting(os.environ[VARIABLE])] if VARIABLE in os.environ else []
