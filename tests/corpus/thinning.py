"""Keeps as few sequences as show all that any of them shows."""

import heapq
import json
from urllib.parse import parse_qsl

from differences import LITERAL, OPAQUE

LEAST = 0.1
"""What a sequence has to show that is new, for each call or so; it takes time to replay all."""


def shown(sequence):
    """Return what a sequence shows: of each route and status the parameters, the keys that came and went, and what was wrong."""
    return {feature for call in sequence.calls for feature in _shown(call)}


def _shown(call):
    answer = call.answer
    asked = {name for name, _ in parse_qsl(call.target.partition("?")[2], keep_blank_values=True)}
    sent, got = _value(call.body), _value(answer.body)
    refused = _sentences(got) if answer.status >= 400 or answer.status == 0 else ()
    features = {"asked": asked, "sent": set(_paths(sent)), "got": set(_paths(got)), "refused": set(refused)}
    yield call.route, answer.status
    for kind, each in features.items():
        yield from ((call.route, answer.status, kind, feature) for feature in each)


def _value(body):
    if body.text[:1] in '{["' and body.text:
        try:
            return json.loads(body.text)
        except (ValueError, RecursionError):
            return None
    return None


def _paths(value, place=""):
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _paths(each, f"{place}.{'…' if OPAQUE.fullmatch(key) else key}")
    elif isinstance(value, list):
        for each in value:
            yield from _paths(each, f"{place}[]")
    else:
        yield place


def _sentences(value):
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _sentences(each)
    elif isinstance(value, str) and " " in value:
        yield LITERAL.sub("…", value)


def thinned(candidates, *, kept=()):
    """Return those of the candidates that show what the kept ones do not, those first that show most for what they cost."""
    missing = {each.name: shown(each) for each in candidates}
    known = {feature for each in kept for feature in shown(each)}
    heap = [(-_worth(each, missing[each.name]), each.name, each) for each in candidates]
    heapq.heapify(heap)
    chosen = []
    while heap:
        worth, name, sequence = heapq.heappop(heap)
        missing[name] -= known
        present = _worth(sequence, missing[name])
        if present < LEAST:
            continue
        if -worth > present and heap and -heap[0][0] > present:
            heapq.heappush(heap, (-present, name, sequence))
            continue
        known |= missing[name]
        chosen.append(sequence)
    return chosen


def _worth(sequence, new):
    """What it shows that is new, for what it costs: a stack, calls, bytes."""
    size = sum(len(each.body.text) + len(each.answer.body.text) for each in sequence.calls)
    return len(new) / (20 * sequence.alone + 4 + len(sequence.calls) + size / 5000)
