"""The battery: what a receiver has to do, one function a check. Each uses an instance and ids of its own."""

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from datetime import timedelta
from json import dumps, loads
from typing import Any

from elements_local.certify.battery import SkippedError
from elements_local.certify.receiver.callback import ComposedCallback, Envelope
from elements_local.certify.receiver.trial import (
    CheckStep,
    Trial,
    accepted,
    accepted_in_vain,
    accepted_or_ignored,
    refused,
)
from elements_local.kit.values import replace
from elements_local.kit.web.signature import SCHEME, sign
from elements_local.platform.core.poll import EventType

_A_POLL = timedelta(minutes=15)
_LATE = timedelta(hours=72, minutes=49, seconds=4)
_MANY_RECORDS = 250
_MEGABYTE = 1024 * 1024
_NO_KEY = "needs the signature key (--key)"
_SCRIPTS = "Ünïcödé ŧäĸæ 漢字 🚀 \u202e\u0000\u2028 'quotes\" \\ </script>"


def valid_signature(trial: Trial) -> Iterator[CheckStep]:
    """A callback with a valid signature is accepted, and takes effect."""
    signed = "signed with --key" if trial.compose.key else "not signed, since there is no --key"
    yield accepted(f"a valid callback, {signed}", trial.compose.change())


def wrong_signature(trial: Trial) -> Iterator[CheckStep]:
    """A callback whose signature is not the body's is refused, and nothing comes of it."""
    for what, callback in _forged(trial.compose.change(), _key(trial)):
        yield refused(what, callback)


def missing_signature(trial: Trial) -> Iterator[CheckStep]:
    """A callback without a signature is refused, and nothing comes of it."""
    _key(trial)
    yield refused("not signed", replace(trial.compose.change(), signature=None))


def reserialised_signature(trial: Trial) -> Iterator[CheckStep]:
    """The signature is compared with the bytes that came, not with JSON that was written anew."""
    _key(trial)
    good = trial.compose.change()
    loose = replace(good, body=dumps(loads(good.body), indent=1).encode())
    yield refused("signed over the same JSON in other bytes", loose)
    yield accepted("signed over bytes with blanks in them", trial.compose.signed(loose))


def duplicate(trial: Trial) -> Iterator[CheckStep]:
    """The same callback again is accepted, and changes nothing."""
    callback = trial.compose.change()
    yield accepted("the first time", callback)
    yield accepted_in_vain("the second time", callback)
    yield accepted_in_vain("the third time", callback)


def reordered(trial: Trial) -> Iterator[CheckStep]:
    """An older change that comes after a newer one of the same record is accepted, and does not undo it."""
    record = trial.compose.new_id()
    older = trial.compose.change(record, age=_A_POLL)
    newer = trial.compose.change(record, change=EventType.UPDATED)
    yield accepted("the newer change, which comes first", newer)
    yield accepted("the older change, which comes later", older, shows=newer.changes)


def burst(trial: Trial) -> Iterator[CheckStep]:
    """A burst of callbacks, as after an outage, is accepted, and each takes effect."""
    callbacks = [trial.compose.change() for _ in range(trial.burst)]
    yield accepted(f"a burst of {trial.burst} callbacks", *callbacks)


def late(trial: Trial) -> Iterator[CheckStep]:
    """The last try of a callback, almost 73 hours late, is accepted, and takes effect."""
    yield accepted("dates of 72 hours and 49 minutes ago", trial.compose.change(age=_LATE))


def ten_events(trial: Trial) -> Iterator[CheckStep]:
    """A callback with ten events is accepted, and each of them takes effect."""
    records = [trial.compose.new_id() for _ in range(10)]
    yield accepted("ten events", trial.compose.change(*records))


def unknown_type(trial: Trial) -> Iterator[CheckStep]:
    """Records of a type that the receiver does not know are accepted."""
    yield accepted_or_ignored("objectType sprockets", trial.compose.change(object_type="sprockets"))


def unknown_keys(trial: Trial) -> Iterator[CheckStep]:
    """A callback with keys that the receiver does not know, on every level, is accepted, and takes effect."""

    def alter(envelope: Envelope) -> None:
        message = envelope["message"]
        for place in (envelope, message, message["raw"], message["events"][0], message["raw"]["contacts"][0]):
            place["aKeyOfTomorrow"] = {"nested": [1, None, "x"]}

    yield accepted("keys that are not in the guide", trial.compose.change(alter=alter))


def created_again(trial: Trial) -> Iterator[CheckStep]:
    """CREATED for a record that is known already is accepted, and the record is still known."""
    record = trial.compose.new_id()
    yield accepted("CREATED", trial.compose.change(record))
    yield accepted("CREATED again, in another event", trial.compose.change(record))


def updated(trial: Trial) -> Iterator[CheckStep]:
    """UPDATED for a record that is known already is accepted, and takes effect."""
    record = trial.compose.new_id()
    yield accepted("CREATED", trial.compose.change(record, age=_A_POLL))
    yield accepted("UPDATED of the same record", trial.compose.change(record, change=EventType.UPDATED))


def deleted(trial: Trial) -> Iterator[CheckStep]:
    """DELETED is accepted, and takes effect, also for a record that was never heard of."""
    record = trial.compose.new_id()
    yield accepted("CREATED", trial.compose.change(record, age=_A_POLL))
    yield accepted("DELETED of the same record", trial.compose.change(record, change=EventType.DELETED))
    yield accepted("DELETED of an unknown record", trial.compose.change(change=EventType.DELETED))


def bulk_job(trial: Trial) -> Iterator[CheckStep]:
    """The end of a bulk job, which has no events and no eventId, is accepted each time, and changes no record."""
    yield accepted("the end of a bulk job", trial.compose.bulk_job())
    yield accepted("the end of another bulk job", trial.compose.bulk_job())


def in_time(trial: Trial) -> Iterator[CheckStep]:
    """A callback with all the records of a large poll is answered within the time-out, and takes effect."""
    record = trial.compose.new_id()
    more = [{"CONTACT_ID": trial.compose.new_id(), "NOTE": "x" * 100} for _ in range(_MANY_RECORDS)]
    seconds = trial.sender.timeout.total_seconds()
    yield accepted(f"{_MANY_RECORDS} records, within {seconds:g} s", trial.compose.change(record, raw=more))


def heard_out(trial: Trial) -> Iterator[CheckStep]:
    """A body that arrives in pieces is heard out, and takes effect."""
    yield accepted("a body in two pieces", trial.compose.change(), in_pieces=True)


def after_restart(trial: Trial) -> Iterator[CheckStep]:
    """The same event again after a restart of the receiver is accepted, and changes nothing."""
    if trial.restart is None:
        raise SkippedError("needs a way to restart the receiver (--restart-command)")
    callback = trial.compose.change()
    yield accepted("before the restart", callback)
    yield accepted_in_vain("the same event after the restart", callback, after_restart=True)


def large(trial: Trial) -> Iterator[CheckStep]:
    """A megabyte of records in all the world's scripts is accepted, and takes effect."""
    filler = _SCRIPTS * (_MEGABYTE // len(_SCRIPTS.encode()) + 1)
    record = trial.compose.new_id()
    raw: list[Mapping[str, Any]] = [{"CONTACT_ID": trial.compose.new_id(), "BACKGROUND": filler}]
    callback = trial.compose.change(record, raw=raw)
    yield accepted(f"{len(callback.body)} bytes of Unicode", callback)


def _key(trial: Trial) -> str:
    if not trial.compose.key:
        raise SkippedError(_NO_KEY)
    return trial.compose.key


def _forged(callback: ComposedCallback, key: str) -> Iterator[tuple[str, ComposedCallback]]:
    """Yield what is wrong, and the callback that is.

    Args:
        callback: rightly signed with the key.
    """
    text = sign(callback.body, key).removeprefix(SCHEME)
    right = b64decode(text)
    signatures = {
        "signed with another key": sign(callback.body, f"not {key}"),
        "the last byte of the digest wrong": SCHEME + _with_wrong_byte(right, len(right) - 1),
        "the first byte of the digest wrong": SCHEME + _with_wrong_byte(right, 0),
        "a byte in the middle of the digest wrong": SCHEME + _with_wrong_byte(right, len(right) // 2),
        "small letters for capitals, and capitals for small ones": SCHEME + text.swapcase(),
        "the digest in hexadecimal": SCHEME + right.hex(),
        "no digest": SCHEME,
        "no base64": f"{SCHEME}?",
        "an empty header": "",
    }
    for what, signature in signatures.items():
        yield what, replace(callback, signature=signature)
    altered = callback.body.replace(b'"CREATED"', b'"DELETED"')
    yield "a byte of the body changed after signing", replace(callback, body=altered)


def _with_wrong_byte(digest: bytes, place: int) -> str:
    wrong = bytearray(digest)
    wrong[place] ^= 0xFF
    return b64encode(wrong).decode()
