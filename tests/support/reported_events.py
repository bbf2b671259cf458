"""Which events callbacks report, read from all of their bodies; and bodies to read them from."""

import json

from hypothesis import strategies as st

from elements_local.kit.api.json_text import MalformedJsonError, decode

KEYS = ("objectType", "eventType", "objectId", "instanceId")


def reported_by(body):
    """Return the different events of a body as the vendor's captured callbacks have them."""
    try:
        message = _dict(_dict(decode(body)).get("message"))
    except MalformedJsonError:
        message = {}
    raw = _dict(message.get("raw"))
    records = [{**each, "objectType": key} for key, kept in raw.items() for each in _dicts(kept)]
    events = _dicts(message.get("events")) or records or [{}]
    instance = message.get("instanceId", message.get("instance_id"))
    reported = [
        (
            event.get("objectType", raw.get("objectType")),
            event.get("eventType"),
            event.get("objectId"),
            instance,
        )
        for event in events
    ]
    return [dict(zip(KEYS, map(_text, each), strict=True)) for each in reported]


def _dict(value):
    return value if isinstance(value, dict) else {}


def _dicts(value):
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value):
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


IDS = ("1", "2", "12", "Zo\u00eb", '"', "%", "_", "/", "\\", "\0")

_ids = st.sampled_from([*IDS, 1, 2, 12, -1, 1.0, True, None, [], {"a": 1}])
_types = st.sampled_from(["contacts", "Contacts", "leads", "c%s", 1, None])
_events = st.fixed_dictionaries(
    {},
    optional={
        "objectType": _types,
        "eventType": st.sampled_from(["CREATED", "UPDATED", 1]),
        "objectId": _ids,
        "date": st.text(),
    },
)
_lists = st.lists(_events | st.integers(), max_size=4) | st.sampled_from([None, "", {}, {"a": []}])
_messages = st.fixed_dictionaries(
    {},
    optional={
        "events": _lists,
        "raw": st.dictionaries(
            st.sampled_from(["contacts", "leads", "objectType", "pollDate"]), _lists | _types
        )
        | st.sampled_from([None, "", []]),
        "instanceId": _ids,
        "instance_id": _ids,
    },
)
_any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["message", "events", "raw", "objectType", "x"]), inner)
    ),
)


def _written(value, *, escaped, indent):
    return json.dumps(value, ensure_ascii=escaped, indent=indent).encode("utf-8", "replace")


def bodies():
    """Draw bodies: envelopes, any JSON, and such texts cut or with other bytes in them."""
    values = _messages.map(lambda message: {"topic": "x", "message": message}) | _any_json
    whole = st.builds(_written, values, escaped=st.booleans(), indent=st.sampled_from([None, 1]))
    return (
        whole
        | st.builds(
            lambda body, at, by: body[: at % (len(body) + 1)] + by + body[at % (len(body) + 1) + len(by) :],
            whole,
            st.integers(0, 10_000),
            st.binary(max_size=2),
        )
        | st.binary(max_size=30)
    )
