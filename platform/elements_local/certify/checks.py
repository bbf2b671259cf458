"""The battery: what a receiver has to do, one function a check. Each uses an instance and ids of its own."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from hmac import new as hmac_of
from json import dumps, loads
from typing import Any, TypeAlias

from elements_local.certify.callback import Envelope
from elements_local.certify.trial import FailedError, SkippedError, Trial
from mock_kit.values import replace
from mock_platform.callbacks.signature import sign
from mock_platform.core.poll import EventType

Check: TypeAlias = Callable[[Trial], None]

_LATE = timedelta(hours=72, minutes=49, seconds=4)
_MANY_RECORDS = 250
_MEGABYTE = 1024 * 1024
_NO_KEY = "needs the signature key (--key)"
_SCRIPTS = "Ünïcödé ŧäĸæ 漢字 🚀 \u202e\u0000\u2028 'quotes\" \\ </script>"


def valid_signature(trial: Trial) -> None:
    """A callback with a valid signature is accepted."""
    signed = "signed with --key" if trial.compose.key else "not signed, since there is no --key"
    trial.accepts(trial.compose.change(), f"a valid callback, {signed}")


def wrong_signature(trial: Trial) -> None:
    """A callback whose signature is not the body's is refused, and nothing comes of it."""
    key = _key(trial)
    good = trial.compose.change()
    digest = hmac_of(key.encode(), good.body, sha256).hexdigest()
    altered = good.body.replace(b'"CREATED"', b'"DELETED"')
    for what, bad in (
        ("signed with another key", replace(good, signature=sign(good.body, f"not {key}"))),
        ("a byte of the body changed after signing", replace(good, body=altered)),
        ("the digest in hexadecimal", replace(good, signature=f"sha256={digest}")),
        ("no digest", replace(good, signature="sha256=")),
        ("no base64", replace(good, signature="sha256=?")),
    ):
        trial.refuses(bad, what)
    trial.effect_is_seen("refused")


def missing_signature(trial: Trial) -> None:
    """A callback without a signature is refused, and nothing comes of it."""
    _key(trial)
    trial.refuses(replace(trial.compose.change(), signature=None), "not signed")
    trial.effect_is_seen("refused")


def reserialised_signature(trial: Trial) -> None:
    """The signature is held against the bytes that came, not against JSON that was written anew."""
    _key(trial)
    good = trial.compose.change()
    loose = replace(good, body=dumps(loads(good.body), indent=1).encode())
    trial.refuses(loose, "signed over the same JSON in other bytes")
    trial.accepts(trial.compose.signed(loose.body, loose.webhook_id), "signed over bytes with blanks in them")


def duplicate(trial: Trial) -> None:
    """The same callback again is accepted, and changes nothing."""
    callback = trial.compose.change()
    trial.accepts(callback, "the first time")
    once = trial.state()
    for time in ("second", "third"):
        trial.accepts(callback, f"the {time} time")
        trial.has_not_changed(once, f"after the {time} time")
    trial.effect_is_seen("accepted")


def reordered(trial: Trial) -> None:
    """An older change that comes after a newer one of the same record is accepted, and does not undo it."""
    record = trial.compose.new_id()
    older = trial.compose.change(record, age=timedelta(minutes=15))
    newer = trial.compose.change(record, change=EventType.UPDATED)
    trial.accepts(newer, "the newer change, which comes first")
    latest = trial.state()
    trial.accepts(older, "the older change, which comes later")
    trial.has_not_changed(latest, "after the older change")
    trial.effect_is_seen("accepted")


def burst(trial: Trial) -> None:
    """A burst of callbacks, as after an outage, is accepted."""
    callbacks = [trial.compose.change() for _ in range(trial.burst)]
    trial.accepts_all(callbacks, f"a burst of {trial.burst} callbacks")


def late(trial: Trial) -> None:
    """The last try of a callback, almost 73 hours late, is accepted."""
    trial.accepts(trial.compose.change(age=_LATE), "dates of 72 hours and 49 minutes ago")


def ten_events(trial: Trial) -> None:
    """A callback with ten events is accepted."""
    records = [trial.compose.new_id() for _ in range(10)]
    trial.accepts(trial.compose.change(*records), "ten events")


def unknown_type(trial: Trial) -> None:
    """Records of a type that nobody told the receiver of are accepted."""
    trial.accepts(trial.compose.change(object_type="sprockets"), "objectType sprockets")


def unknown_keys(trial: Trial) -> None:
    """Keys that nobody told the receiver of are accepted, on every level."""

    def alter(envelope: Envelope) -> None:
        message = envelope["message"]
        for place in (envelope, message, message["raw"], message["events"][0], message["raw"]["contacts"][0]):
            place["aKeyOfTomorrow"] = {"nested": [1, None, "x"]}

    trial.accepts(trial.compose.change(alter=alter), "keys that are not in the guide")


def created_again(trial: Trial) -> None:
    """CREATED for a record that is known already is accepted."""
    record = trial.compose.new_id()
    trial.accepts(trial.compose.change(record), "CREATED")
    trial.accepts(trial.compose.change(record), "CREATED again, in another event")


def deleted(trial: Trial) -> None:
    """DELETED is accepted, also for a record that was never heard of."""
    trial.accepts(trial.compose.change(change=EventType.DELETED), "DELETED")


def in_time(trial: Trial) -> None:
    """A callback with all the records of a large poll is answered within the time-out."""
    record = trial.compose.new_id()
    more = [{"CONTACT_ID": trial.compose.new_id(), "NOTE": "x" * 100} for _ in range(_MANY_RECORDS)]
    seconds = trial.timeout.total_seconds()
    trial.accepts(trial.compose.change(record, raw=more), f"{_MANY_RECORDS} records, within {seconds:g} s")


def heard_out(trial: Trial) -> None:
    """A body that arrives in pieces is heard out, and not cut off in the middle."""
    trial.accepts_in_two_pieces(trial.compose.change(), "a body in two pieces")


def after_restart(trial: Trial) -> None:
    """The same event again after a restart of the receiver is accepted, and changes nothing."""
    if trial.restart is None:
        raise SkippedError("needs a way to restart the receiver (--restart-command)")
    callback = trial.compose.change()
    trial.accepts(callback, "before the restart")
    once = trial.state()
    trial.restart()
    trial.accepts(callback, "the same event after the restart")
    trial.has_not_changed(once, "after the restart")
    trial.effect_is_seen("accepted")


def large(trial: Trial) -> None:
    """A megabyte of records in all the world's scripts is accepted."""
    filler = _SCRIPTS * (_MEGABYTE // len(_SCRIPTS.encode()) + 1)
    record = trial.compose.new_id()
    raw: list[Mapping[str, Any]] = [{"CONTACT_ID": trial.compose.new_id(), "BACKGROUND": filler}]
    callback = trial.compose.change(record, raw=raw)
    if len(callback.body) < _MEGABYTE:
        raise FailedError(f"the check itself is at fault: {len(callback.body)} bytes")
    trial.accepts(callback, f"{len(callback.body)} bytes of Unicode")


def _key(trial: Trial) -> str:
    if not trial.compose.key:
        raise SkippedError(_NO_KEY)
    return trial.compose.key
