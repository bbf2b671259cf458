"""Names the route of a call, as the OpenAPI documents write it: ``platform GET /instances/{instance_id}``."""

import json
import re

from sequences import URLS

from elements_local.start import in_process

BASE = "/elements/api-v2"
DASHBOARD = "/_local/dashboard/"
OPERATIONS = ("get", "put", "post", "delete", "patch")
NOWHERE = "(no route)"


class Routes:
    """The routes of the three documents, and those of the dashboard by the form of its paths."""

    def __init__(self, documents):
        self.operations = [
            label(service, method.upper(), path)
            for service, document in documents.items()
            for path, item in document["paths"].items()
            for method in item
            if method in OPERATIONS
        ]
        self._patterns = {
            service: sorted(
                ((_pattern(path), path) for path in document["paths"]),
                key=lambda each: (each[1].count("{"), -len(each[1])),
            )
            for service, document in documents.items()
        }

    @classmethod
    def served(cls):
        """Return the routes of the documents that a stack serves."""
        with in_process() as stack:
            return cls(
                {
                    service: json.loads(stack.http.send("GET", f"{url}/_local/openapi.json").body)
                    for service, url in URLS.items()
                }
            )

    def of(self, call):
        path = call.target.partition("?")[0]
        if path.startswith(DASHBOARD):
            return label(call.service, call.method, _dashboard(path))
        if path in {"/_local", "/_local/", "/_local/openapi.json"}:
            return label(call.service, call.method, path)
        found = (template for pattern, template in self._patterns[call.service] if pattern.fullmatch(path))
        return label(call.service, call.method, next(found, NOWHERE))


def label(service, method, path):
    return f"{service} {method} {path.removeprefix(BASE) or path}"


def _pattern(path):
    return re.compile("[^/]+".join(map(re.escape, re.split(r"\{\w+\}", path))))


def _dashboard(path):
    workspace, *rest = path.removeprefix(DASHBOARD).split("/")
    if not rest or workspace == "static":
        return path
    match rest:
        case ["records" as page, name, *more] if name not in {"", "seed"}:
            rest = [page, "{kind}", *more]
        case ["faults" | "journal" as page, name, *more] if name:
            rest = [page, "{service}", *more]
    return f"{DASHBOARD}{{workspace}}/{'/'.join('{id}' if each.isdecimal() else each for each in rest)}"
