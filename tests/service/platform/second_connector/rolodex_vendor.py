"""Rolodex, a small vendor that nobody ships a connector for: other names, ISO dates, cursors, a bearer token."""

from flask import Flask, abort, jsonify, request

TOKEN = "let-me-in"
LARGEST_PAGE = 3


class Rolodex:
    """The vendor's data, and its API as an application.

    Attributes:
        now: what the next change is dated.
        asked: the queries of lists, in their order.
    """

    def __init__(self):
        self.begin()
        self.app = Flask("rolodex")
        self.app.before_request(self._check)
        self.app.register_error_handler(Exception, self._refusal)
        for rule, view, methods in (
            ("/api/me", lambda: {"ref": "u-1", "fullName": "Ada"}, ["GET"]),
            ("/api/log", self._changes, ["GET"]),
            ("/api/<kind>", self._list, ["GET"]),
            ("/api/<kind>", lambda kind: self.save(kind, request.json), ["POST"]),
            ("/api/<kind>/<ref>", self._record, ["GET"]),
            ("/api/<kind>/<ref>", lambda kind, ref: self.save(kind, request.json, ref), ["PATCH"]),
            ("/api/<kind>/<ref>", self._delete, ["DELETE"]),
        ):
            self.app.add_url_rule(rule, f"{methods[0]} {rule}", view, methods=methods)

    def begin(self):
        """Forget everything."""
        self.now = "2026-03-02T10:00:00Z"
        self.lists = {"people": {}, "firms": {}}
        self.log = []
        self.asked = []

    def save(self, kind, fields, ref=None):
        """Make a record, or change one; return it."""
        before = {"createdAt": self.now} if ref is None else self._record(kind, ref)
        ref = ref or f"{kind[0]}-{len(self.log) + 1}"
        self.lists[kind][ref] = {**before, **fields, "ref": ref, "changedAt": self.now}
        self._note("NEW" if "ref" not in before else "CHANGED", kind, ref)
        return self.lists[kind][ref]

    def _delete(self, kind, ref):
        self._record(kind, ref)
        del self.lists[kind][ref]
        self._note("GONE", kind, ref)
        return "", 204

    def _record(self, kind, ref):
        return self.lists[kind].get(ref) or abort(404)

    def _list(self, kind):
        self.asked.append(dict(request.args))
        found = [each for each in self.lists[kind].values() if self._is_asked_for(each)]
        start = int(request.args.get("cursor", "c0")[1:])
        end = start + min(int(request.args.get("limit", LARGEST_PAGE)), LARGEST_PAGE)
        return {"items": found[start:end], "cursor": f"c{end}" if end < len(found) else None}

    def _is_asked_for(self, record):
        name, since = request.args.get("fullName"), request.args.get("changed_since", "")
        return record["changedAt"] > since and name in {None, record.get("fullName")}

    def _changes(self):
        return jsonify([entry for entry in self.log if entry["at"] >= request.args["since"]])

    def _note(self, what, kind, ref):
        self.log.append({"what": what, "kind": kind, "ref": ref, "at": self.now, "n": len(self.log) + 1})

    def _check(self):
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            abort(401)

    def _refusal(self, error):
        status = getattr(error, "code", 500)
        return {"error": {"text": f"no: {status}"}}, status
