"""Sends requests that differ in one declared key, from one state of a stack, and says whether that made a difference."""

import re
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from declared_keys import ABSENT, Values, has
from documented_operations import FORMS, JSON
from werkzeug.test import EnvironBuilder

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.http_message import Reply

DEEP = frozenset({"admin", "snapshots", "clock", "workspaces"})
"""Tags of operations that change what services keep in memory."""

UNKNOWN = "unknown_5f0c2b"
_REPAIRS = 6
SILENT_HEADERS = frozenset({"elements-request-id", "date", "content-length"})


@dataclass(frozen=True)
class Finding:
    """What is wrong with a key.

    Attributes:
        kind: ``ignored``; ``unnamed``: refused, in words that do not name it; ``no value``: the walk knows none to send;
            ``wrong value ignored`` and ``unnamed``; ``no base``: no request is accepted.
    """

    operation: str
    key: str
    kind: str
    detail: str = field(compare=False, default="")


@dataclass(frozen=True)
class Outcome:
    """An answer.

    Attributes:
        leaves: the plain values in it, each with the keys that lead to it.
    """

    status: int
    leaves: dict = field(repr=False)
    text: str = field(repr=False)

    @property
    def ok(self):
        return self.status < 400


@dataclass(frozen=True)
class Sent:
    """A query and a body."""

    query: dict
    body: object


class KeyWalk:
    """Walks the declared keys of operations.

    Args:
        clients: service -> a client of a workspace with something of everything.
        rewind: what brings its stack back to the present state.
        known: says of an operation what there is for its keys and its path's variables, by their names in lower case.
        headers: service -> what its operations are called with.
        recipes: id of operation -> what a request needs that its document does not say: ``query``, ``body``, ``known``,
            ``headers``, ``values``: all that a key is given, ``with``: what goes with a key, ``undo``: calls that take back what it did; a text that begins with ``$`` stands for what is known by that name.
        preferred: see ``Values``.
    """

    def __init__(self, clients, rewind, *, known, headers, recipes=None, preferred=None):
        self.headers = headers
        self.known = known
        self.rewind = rewind
        self.recipes = recipes or {}
        self.verdicts = Counter()
        self.trials = 0
        self.preferred = preferred or {}
        self.clients = clients

    def findings(self, operation):
        """Return what is wrong with the keys of an operation."""
        return list(_OneOperation(self, operation).findings())

    def with_unknown_key(self, operation):
        """Return what becomes of an accepted request with one more key that nobody declares: the two outcomes."""
        return _OneOperation(self, operation).with_unknown_key()

    def send(self, operation, target, headers, body):
        """Send a request."""
        self.trials += 1
        client = self.clients[operation.service]
        reply = client.http.send(operation.method, client.url + target, headers=headers, body=body)
        assert isinstance(reply, Reply), (operation, reply)
        return reply


class _OneOperation:
    """The walk through one operation's keys."""

    def __init__(self, walk, operation):
        self._walk = walk
        self._operation = operation
        self._id = f"{operation.service} {operation.said['operationId']}"
        self._recipe = _recipe_of(self._id, walk.recipes)
        self._media_type, self._schema = operation.media
        self._reads = operation.method == "GET" and operation.service != "sink"
        self._known = dict(walk.known(operation))
        self._known |= self._filled(self._recipe["known"])
        self._values = Values(
            operation.document,
            self._known,
            walk.preferred,
            only=self._filled(self._recipe["values"]),
            root=operation.path.rpartition("/")[2].lower(),
        )
        self._is_deep = not self._reads and not DEEP.isdisjoint(operation.said["tags"])
        self._outcomes = {}
        self._states = {}
        self._unlike = None
        self._noise = frozenset()

    def findings(self):
        """Yield what is wrong."""
        keys = list(self._values.keys(self._operation))
        if not keys:
            return
        base = self._accepted(self._base())
        first = self._outcome(base)
        if not first.ok:
            yield Finding(self._id, "", "no base", f"{first.status} {first.text} {base}")
            return
        self._noise = _differences(first.leaves, self._outcome(base, again=True).leaves)
        contexts = [base]
        self._know_next_page(keys, base)
        if self._schema is not None and (whole := self._whole()) is not None:
            contexts.append(whole)
        if isinstance(base.body, dict) and self._recipe["body"]:
            contexts.append(Sent(base.query, {}))
        for key in keys:
            yield from self._judged(key, contexts)

    def with_unknown_key(self):
        """Send a request with and without a key that is not declared; None if that says nothing."""
        declared = any(key.where == "body" for key in self._values.keys(self._operation))
        base = self._accepted(self._base())
        if not declared or not isinstance(base.body, dict) or self._media_type != JSON:
            return None
        if not self._outcome(base).ok:
            return None
        return self._outcome(base), self._outcome(Sent(base.query, {**base.body, UNKNOWN: 1}))

    def _know_next_page(self, keys, base):
        """Get the token of a second page."""
        if any(key.name == "nextPage" for key in keys):
            first = self._outcome(Sent({**base.query, "pageSize": "1"}, base.body))
            self._known["nextpage"] = first.leaves.get(("headers", "Elements-Next-Page-Token"))

    def _accepted(self, sent):
        """Return a request that has the keys, too, which the refusal of it names; the last one if that does not help."""
        for _ in range(_REPAIRS):
            outcome = self._outcome(sent)
            if outcome.ok or not isinstance(sent.body, dict):
                break
            missing = [
                key
                for key in self._values.keys(self._operation)
                if key.where == "body"
                and key.path[-1] not in sent.body
                and len(key.path) == 1
                and re.search(rf"\b{key.name}\b", outcome.text)
            ]
            if not missing:
                break
            key = missing[0]
            sent = self._changed(sent, key, self._values.sample(key.schema, key.name))
        return sent

    def _whole(self):
        """Return a request with as many keys as go together; None if no such one is accepted."""
        whole = self._base(full=True)
        while not (outcome := self._outcome(whole)).ok and isinstance(whole.body, dict):
            named = [each for each in whole.body if each.casefold() in outcome.text.casefold()]
            if not named:
                return None
            body = dict(whole.body)
            del body[max(named, key=len)]
            whole = Sent(whole.query, body)
        return whole if self._outcome(whole).ok else None

    def _is_shown(self, key, base, whole):
        """Say whether what a request with all keys sends shows in its answer, where it does not without them."""
        place = ("body", *key.path)
        sent = dict(_leaves(whole.body, ("body",))).get(place, ABSENT)
        shown, before = self._outcome(whole).leaves.get(place), self._outcome(base).leaves.get(place)
        return sent is not ABSENT and sent == shown and shown != before

    def _judged(self, key, contexts):
        if len(contexts) > 1 and key.where == "body" and self._is_shown(key, *contexts[:2]):
            self._walk.verdicts["effect"] += 1
            return
        good = [each for context in contexts for each in self._tried(key, context)]
        verdicts = {verdict for verdict, *_ in good}
        verdict = next(
            (each for each in ("effect", "ignored", "refused", "unnamed") if each in verdicts), "no value"
        )
        self._walk.verdicts[verdict] += 1
        if verdict not in {"effect", "refused"}:
            yield Finding(self._id, key.words, verdict, str(good)[:600])
        control, _ = self._control(key, contexts[0])
        for value in self._values.wrong(key.schema, key.name) if self._media_type in {None, JSON} else ():
            if key.where == "query" and not isinstance(value, str):
                continue
            changed = self._changed(control, key, value)
            outcome = self._outcome(changed)
            verdict = self._verdict(key, control, changed, value)
            if verdict in {"ignored", "unnamed"}:
                yield Finding(
                    self._id, key.words, f"wrong value {verdict}", f"{value!r}: {outcome.text[:200]}"
                )

    def _tried(self, key, context):
        """Yield a verdict for each value, up to the first that has an effect."""
        control, values = self._control(key, context)
        for value in values:
            changed = self._changed(control, key, value)
            if changed == control or _same(control, changed, key):
                continue
            outcome = self._outcome(changed)
            verdict = self._verdict(key, control, changed, value)
            yield verdict, value, outcome.status, outcome.text[:150]
            if verdict == "effect":
                return

    def _control(self, key, context):
        """Return a request to compare with, and the values to send in its place."""
        values = self._filled(self._values.good(key.schema, key.name))
        if key.where == "query":
            company = self._filled(self._recipe["with"].get(key.name, {}))
            return Sent({**context.query, **company}, context.body), values
        body = self._values.containers(context.body, key)
        if not has(context.body, key.path) and key.path[-1] not in key.within[-1].get("required", ()):
            body = self._values.put(body, key, ABSENT)
        return Sent(context.query, body), [*values, ABSENT]

    def _changed(self, sent, key, value):
        if key.where == "query":
            return Sent({**sent.query, key.name: value}, sent.body)
        return Sent(sent.query, self._values.put(sent.body, key, value))

    def _verdict(self, key, control, changed, value):
        before, after = self._outcome(control), self._outcome(changed)
        if after.status == 409 != before.status or (
            before.ok and after.status in {401, 404} and key.where == "query"
        ):
            return "effect"
        if not after.ok:
            same = not before.ok and before.text == after.text
            words = (
                key.name.strip("$[]"),
                "required",
                *(() if value is ABSENT else (str(value), _text(value))),
            )
            named = any(each and each.casefold() in after.text.casefold() for each in words)
            return "same" if same else "refused" if named else "unnamed"
        differs = not before.ok or _differences(before.leaves, after.leaves) - self._noise
        if differs or self._leaves_other_state(control, changed):
            return "effect"
        says_something = value is not ABSENT and value is not False and (value or value == 0)
        return "ignored" if says_something else "nothing said"

    def _leaves_other_state(self, control, changed):
        """Say whether the services remember something else after one request than after another."""
        if self._reads:
            return False
        return bool(_differences(self._state(control), self._state(changed)) - self._state_noise(control))

    def _state(self, sent):
        key = _key_of(sent)
        if key not in self._states:
            self._sent(sent)
            self._states[key] = self._walk.rewind.state()
        return self._states[key]

    def _state_noise(self, sent):
        """Return the places that differ from one time to the next."""
        if self._unlike is None:
            once = self._state(sent)
            self._sent(sent)
            self._unlike = _differences(once, self._walk.rewind.state())
        return self._unlike

    def _base(self, *, full=False):
        query = {
            each["name"]: next(iter(self._values.good(each["schema"], each["name"])))
            for each in self._operation.said.get("parameters", [])
            if each["in"] == "query" and each.get("required")
        }
        query |= self._filled(self._recipe["query"])
        if self._schema is None:
            return Sent(query, self._recipe["body"] or (b"text" if self._media_type else None))
        own = self._filled(self._recipe["body"])
        body = self._values.sample(self._schema, full=full)
        return Sent(
            query, {**body, **own} if isinstance(body, dict) and isinstance(own, dict) else own or body
        )

    def _filled(self, value):
        """Put what is known in the places of its names."""
        if isinstance(value, dict):
            return {key: self._filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        return (
            self._known[value[1:]]
            if isinstance(value, str) and value[1:] in self._known and value[0] == "$"
            else value
        )

    def _outcome(self, sent, *, again=False):
        key = _key_of(sent)
        if again or key not in self._outcomes:
            self._outcomes[key] = self._sent(sent)
        return self._outcomes[key]

    def _sent(self, sent):
        if not (self._reads and self._operation.service == "crm" and not self._operation.is_admin):
            for method, path in self._recipe["undo"]:
                self._walk.clients[self._operation.service].send(method, path)
            self._walk.rewind(thorough=self._is_deep)
        headers = dict(self._walk.headers[self._operation.service])
        headers |= self._filled(self._recipe["headers"])
        headers = {name: value for name, value in headers.items() if value is not None}
        body = self._encoded(sent.body, headers)
        reply = self._walk.send(self._operation, self._target(sent.query), headers, body)
        return _outcome_of(reply)

    def _target(self, query):
        known = self._known
        path = re.sub(
            r"\{(\w+)\}", lambda each: quote(str(known.get(each[1], "1")), safe=""), self._operation.path
        )
        texts = {
            name: [_text(each) for each in value] if isinstance(value, list) else _text(value)
            for name, value in query.items()
        }
        return f"{path}?{urlencode(texts, doseq=True)}" if texts else path

    def _encoded(self, body, headers):
        """Return the bytes of a body, and name its content type."""
        if self._media_type is None:
            return b""
        headers["Content-Type"] = self._media_type.replace("*/*", "text/plain")
        if isinstance(body, bytes):
            return body
        if self._media_type == JSON:
            return encode(body)
        texts = {name: _text(value) for name, value in body.items()}
        if self._media_type != FORMS[1]:
            return urlencode(texts).encode()
        files = {
            name: (BytesIO(text.encode()), "a.csv") if name == "file" else text
            for name, text in texts.items()
        }
        environ = EnvironBuilder(method="POST", data=files, content_type=FORMS[1]).get_environ()
        headers["Content-Type"] = environ["CONTENT_TYPE"]
        return environ["wsgi.input"].read()


def _same(one, other, key):
    """Say whether two requests have the same in one place, be it a number or its text."""
    parts = [sent.query if key.where == "query" else sent.body for sent in (one, other)]
    found = [_at(part, key.path) for part in parts]
    return all(isinstance(each, str | int) for each in found) and len({_text(each) for each in found}) == 1


def _at(value, path):
    for step in path:
        inside = isinstance(value, dict) or (isinstance(value, list) and len(value) > 0)
        value = (value.get(step) if isinstance(value, dict) else value[step]) if inside else None
    return value


def _text(value):
    return value if isinstance(value, str) else encode(value).decode()


def _recipe_of(name, recipes):
    """Put all recipes together that are for an operation."""
    found = {"query": {}, "body": {}, "known": {}, "headers": {}, "values": {}, "with": {}, "undo": []}
    for pattern, recipe in recipes.items():
        if re.fullmatch(pattern, name):
            for part, value in recipe.items():
                merges = isinstance(value, dict) and isinstance(found[part], dict)
                found[part] = {**found[part], **value} if merges else value
    return found


def _key_of(sent):
    return encode(sent.query), sent.body if isinstance(sent.body, bytes) else encode(sent.body)


def _outcome_of(reply):
    try:
        body = decode(reply.body)
    except ValueError:
        body = reply.body.decode("utf-8", "replace")
    headers = {
        name: value for name, value in dict(reply.headers).items() if name.lower() not in SILENT_HEADERS
    }
    if "Location" in headers:
        split = urlsplit(headers["Location"])
        headers["Location"] = {"place": split._replace(query="").geturl(), **dict(parse_qsl(split.query))}
    leaves = dict(_leaves({"status": reply.status, "headers": headers, "body": body}, ()))
    return Outcome(reply.status, leaves, reply.body.decode("utf-8", "replace"))


def _leaves(value, path):
    """Yield the plain values in JSON, each with the keys that lead to it."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    if not entries:
        yield path, value
    for key, inner in entries:
        yield from _leaves(inner, (*path, key))


def _differences(one, other):
    """Return the places in which two mappings differ."""
    return frozenset(
        place for place in one.keys() | other.keys() if one.get(place, ABSENT) != other.get(place, ABSENT)
    )
