"""A receiver on trial: performs the steps of a check, and says what was expected and did not come."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta
from threading import Event
from time import monotonic

from msgspec import Struct, field

from elements_local.certify.battery import FailedError, UnseenError
from elements_local.certify.receiver import probe
from elements_local.certify.receiver.callback import CallbackComposer, ComposedCallback, Sender
from elements_local.certify.receiver.probe import Change, Kept, RecordKey
from elements_local.certify.scorecard import UNSEEN
from elements_local.kit.http_message import NoReply, Reply
from elements_local.kit.text import shortened
from elements_local.kit.values import replace

_BETWEEN_LOOKS_S = 0.05
_TIMES_AGAIN = 3


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

    @property
    def ids(self) -> set[str]:
        """The ids of the records that are named here."""
        return {number for callback in self.sends for _, number in callback.changes}

    def events_of(self, record: RecordKey) -> int:
        """Return how many events of a record are sent."""
        return sum(record in callback.changes for callback in self.sends)


class Trial(Struct, frozen=True, kw_only=True):
    """What a check has to do with.

    Attributes:
        compose: makes callbacks.
        settle: how long a change may take after the answer until the probe shows it.
        probe: URL whose answer shows what callbacks have left; None if there is none.
        restart: restarts the receiver, and returns when it answers again; None if that cannot be done.
        burst: callbacks of the burst after an outage.
        sent: ids of records of callbacks that were to be accepted, whose effects may come later than they should.
    """

    sender: Sender
    compose: CallbackComposer
    settle: timedelta
    probe: str | None = None
    restart: Callable[[], None] | None = None
    burst: int = 500
    sent: set[str] = field(default_factory=set)

    def perform(self, steps: Iterator[CheckStep]) -> None:
        """Perform the steps of a check.

        Raises:
            FailedError: an answer or the probe shows something else than what is expected.
            SkippedError: the check cannot be made.
            UnseenError: not all that they expect was looked at.
        """
        try:
            self._perform(steps)
        except FailedError:
            with suppress(FailedError):
                self.work_off()  # what is still under way is not the next check's
            raise

    def work_off(self) -> Mapping[RecordKey, Change]:
        """Send one more change, and wait until the probe shows it: a receiver with a queue takes it after all others.

        Returns:
            The change; whether it is shown is what checks ask.
        """
        further = self.compose.change()
        self.sent.update(number for _, number in further.changes)
        if self.probe:
            self.sender.send(further)
            self._settled(further.changes)
        return further.changes

    def _perform(self, steps: Iterator[CheckStep]) -> None:
        performed: list[CheckStep] = []
        before = kept = self._kept() if self.probe else None
        for step in steps:
            self._check_answers(step)
            if kept is not None:
                before, kept = kept, self._settled(step.shows)
                self._check_effect(step, before, kept)
                kept = self._kept() if step.is_refused else kept
            self.sent.update(() if step.is_refused else step.ids)
            performed.append(step)
        if before is not None and performed:
            self._check_effect_once_more(performed[-1], before)
        elif any(step.needs_probe for step in performed):
            raise UnseenError(UNSEEN)

    def _kept(self) -> Kept:
        """Return what the probe shows.

        Raises:
            FailedError: it does not answer, or not with JSON.
        """
        reply = self.sender.http.send("GET", self.probe or "")
        if not isinstance(reply, Reply) or not reply.ok:
            raise FailedError(f"the probe: expected any 2xx, {_answer_text(reply)}")
        return probe.read(reply.body)

    def _check_answers(self, step: CheckStep) -> None:
        if step.after_restart and self.restart is not None:
            self.restart()
        if step.in_pieces:
            replies = [self.sender.send_in_pieces(callback) for callback in step.sends]
        else:
            replies = self.sender.send_all(step.sends)
        bad = [reply for reply in replies if not _is_expected(reply, step)]
        if bad:
            expected = "a refusal such as 401" if step.is_refused else "any 2xx"
            times = f" {len(replies)} times, {len(bad)} of them" if len(replies) > 1 else ","
            raise FailedError(f"{step.what}: expected {expected}{times} {_answer_text(bad[0])}")

    def _settled(self, shows: Mapping[RecordKey, Change]) -> Kept:
        """Return what is kept when all that is to be shown is there, or when no more of it comes."""
        fewest, until, pause = len(shows) + 1, 0.0, Event()
        while True:
            kept = self._kept()
            missing = len(kept.lacks(shows))
            if missing < fewest:
                fewest, until = missing, monotonic() + self.settle.total_seconds()
            if not missing or monotonic() >= until:
                return kept
            pause.wait(_BETWEEN_LOOKS_S)

    def _check_effect(self, step: CheckStep, before: Kept, after: Kept) -> None:
        lacks = after.lacks(step.shows)
        if lacks:
            wanted = f"{'/'.join(lacks[0])} {step.shows[lacks[0]]}"
            more = f" (and {len(lacks) - 1} more)" if len(lacks) > 1 else ""
            raise FailedError(
                f"{step.what}: expected the probe to show {wanted}{more} within "
                f"{self.settle.total_seconds():g} s (--settle), it shows {after.said_of(lacks[0])}"
            )
        but = step.shows.keys() | step.may_show
        named = self.sent | {number for _, number in step.may_show}
        changed = after.changed_since(before, but=but, late=named)
        if changed is not None:
            raise FailedError(
                f"{step.what}: expected nothing else to change; of {'/'.join(changed)} the probe showed "
                f"{before.said_of(changed)}, it shows {after.said_of(changed)}"
            )
        twice = [one for one in step.shows if after.count(one) - before.count(one) > step.events_of(one)]
        if twice:
            raise FailedError(
                f"{step.what}: expected the probe to show one object more of {'/'.join(twice[0])} at the most for each "
                f"event, it shows {after.count(twice[0])}, and {before.count(twice[0])} before"
            )
        if step.nothing_new and after.whole != before.whole and not self._is_of_others(step, after):
            raise FailedError(
                f"{step.what}: expected the probe's answer to stay {shortened(before.whole, 200)}, "
                f"it is {shortened(after.whole, 200)}"
            )

    def _is_of_others(self, step: CheckStep, after: Kept) -> bool:
        """Say whether a change after a refused callback is late, and another's: it has not its id, and does not come each time."""
        if not step.is_refused or probe.named_in(after.whole, step.ids - self.sent):
            return False
        for _ in range(_TIMES_AGAIN):
            before = self._kept()
            self._check_answers(step)
            if self._kept().whole == before.whole:
                return True
        return False

    def _check_effect_once_more(self, last: CheckStep, before: Kept) -> None:
        """Look again when a receiver with a queue has worked it off."""
        further = self.work_off()
        later = replace(
            last,
            what=f"{last.what}, a moment later",
            may_show=last.may_show | further.keys(),
            nothing_new=False,
        )
        self._check_effect(later, before, self._kept())


def _is_expected(reply: Reply | NoReply, step: CheckStep) -> bool:
    if not isinstance(reply, Reply):
        return False
    return not reply.ok and reply.status < 500 if step.is_refused else reply.ok


def _answer_text(reply: Reply | NoReply) -> str:
    if isinstance(reply, NoReply):
        return f"came no answer ({reply.reason})"
    text = shortened(reply.body.decode("utf-8", "replace"), 200)
    return f"it answered {reply.status} {text!r}" if text else f"it answered {reply.status}"


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
