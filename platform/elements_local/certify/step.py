"""One step of a check, as data: what is sent, what answer is expected, and what a probe has to show then."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct, field

from elements_local.certify.callback import ComposedCallback
from elements_local.certify.probe import Change, RecordKey


class CheckStep(Struct, frozen=True, kw_only=True):
    """What is sent, and what is expected of it; of all records that are not named here nothing may change.

    Attributes:
        what: what is special about it, for messages.
        sends: callbacks; several are sent side by side.
        is_refused: whether an answer 4xx is expected, and not 2xx.
        shows: the newest change that has to be shown of each record.
        may_show: records of which the receiver may keep something, or not.
        nothing_new: whether the probe's whole answer has to stay as it is.
        in_pieces: whether half of the body is sent, and the rest a moment later.
        after_restart: whether the receiver is restarted before.
    """

    what: str
    sends: tuple[ComposedCallback, ...]
    is_refused: bool = False
    shows: Mapping[RecordKey, Change] = field(default_factory=dict)
    may_show: AbstractSet[RecordKey] = frozenset()
    nothing_new: bool = False
    in_pieces: bool = False
    after_restart: bool = False

    @property
    def needs_probe(self) -> bool:
        """Whether its answers alone do not show what is expected."""
        return bool(self.shows) or self.nothing_new

    def events_of(self, record: RecordKey) -> int:
        """Return how many events of a record are sent."""
        return sum(record in callback.changes for callback in self.sends)


def accepted(
    what: str,
    *sends: ComposedCallback,
    shows: Mapping[RecordKey, Change] | None = None,
    in_pieces: bool = False,
) -> CheckStep:
    """Expect 2xx, and what the callbacks say to be shown, unless something else is named."""
    said = {record: change for callback in sends for record, change in callback.changes.items()}
    return CheckStep(what=what, sends=sends, shows=said if shows is None else shows, in_pieces=in_pieces)


def accepted_in_vain(what: str, callback: ComposedCallback, *, after_restart: bool = False) -> CheckStep:
    """Expect 2xx, and nothing to change."""
    return CheckStep(what=what, sends=(callback,), nothing_new=True, after_restart=after_restart)


def accepted_or_ignored(what: str, callback: ComposedCallback) -> CheckStep:
    """Expect 2xx; the receiver may have no use for the records."""
    return CheckStep(what=what, sends=(callback,), may_show=callback.changes.keys())


def refused(what: str, callback: ComposedCallback) -> CheckStep:
    """Expect an answer such as 401, and nothing to change."""
    return CheckStep(what=what, sends=(callback,), is_refused=True, nothing_new=True)
