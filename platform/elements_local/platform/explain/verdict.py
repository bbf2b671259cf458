"""The verdict on one change: whether it led to a callback, and if something went wrong, the first link that broke. Pure."""

from enum import Enum

from msgspec import Struct

from elements_local.kit.instants import format_instant as shown
from elements_local.kit.values import replace
from elements_local.platform.bulk.job import BulkJob, BulkKind
from elements_local.platform.configuration.poller_keys import keys_about
from elements_local.platform.elements.connector import VendorCall, VendorChange
from elements_local.platform.explain import delivery_causes, naming_causes, poller_causes
from elements_local.platform.explain.case import ExplainedCase, PollOfRecord
from elements_local.platform.explain.cause import Cause, CauseFinding, CauseStage
from elements_local.platform.explain.filter_causes import of_filter, slip_among
from elements_local.platform.explain.list_causes import of_list, of_window


class Doubt(Enum):
    """What an audit has found wrong with a change that was reported, where several things may be."""

    NAME = "what it was called"
    TIMES = "how often it was reported"
    TIME = "when it was reported"


class Explanation(Struct, frozen=True, kw_only=True):
    """What is said of a change.

    Attributes:
        reported: whether a receiver took a callback that names the record.
        cause: what went wrong; None if nothing did.
        why: a sentence.
        beneath: the cause that a key twice in JSON brought about; None without one.
        late: whether all that went wrong is that a poll before the one which reported it did not.
    """

    reported: bool
    cause: Cause | None
    why: str
    late: bool = False
    beneath: Cause | None = None

    @property
    def wrong(self) -> bool:
        """Whether anything went wrong."""
        return self.cause is not None and self.cause.stage is not CauseStage.EXPECTED


def explained(case: ExplainedCase, doubt: Doubt | None = None) -> Explanation:
    """Say what became of a change, and why.

    Args:
        doubt: what is asked about where several things are wrong; None for the first link of the chain that broke.
    """
    said = _explained(case, doubt)
    about = keys_about(said.cause.stage.value) if said.cause else frozenset()
    slip = slip_among(case, about)
    if slip and slip.why not in said.why:
        said = replace(said, why=f"{said.why}; {slip.why}")
    twice = next((key for key in case.state.repeated if key in about or key == case.resource), None)
    if twice is None or said.cause is None:
        return said
    why = f"{said.why}; {twice!r} comes twice in the JSON of the configuration, and the last one counts"
    return replace(said, cause=Cause.KEY_TWICE, why=why, beneath=said.cause)


def _explained(case: ExplainedCase, doubt: Doubt | None) -> Explanation:
    change = case.change
    if change is None:
        return _end_of(case, case.job) if case.job else _unlogged(case)
    telling = case.telling
    if telling is None:
        # The log and the poller before any single poll: where nothing was polled, no poll can be asked.
        before = poller_causes.before_polls(case, change)
        return _lost(before or _missed(case, change, case.due or case.chances[0]))
    # The links are asked in the order in which a change passes them, and the first that broke is the cause: polled,
    # recognised, delivered, and only then what was wrong with a callback that came.
    wrong = naming_causes.of_identity(case, telling)
    if wrong:
        return _lost(wrong)
    sent = [one for one in case.sent if one.poll_at == telling.poll.at]
    undelivered = delivery_causes.of_delivery(case, sent)
    if undelivered:
        return _lost(undelivered)
    # An earlier poll may have missed the change, and this one have seen a later state of the record: that explains a
    # wrong name, too.
    late = _late(case, change, telling)
    name = naming_causes.of_name(case, change, telling, missed=late)
    times = (
        naming_causes.of_pages(telling)
        or naming_causes.of_repeats(case, change, telling)
        or delivery_causes.of_doubles(sent)
    )
    receiver = delivery_causes.of_receiver(case, sent)
    if late:
        late = CauseFinding(late.cause, f"{late.why}; {telling.named} reported it")
    late = late or _put_off(case, telling) or delivery_causes.of_tries(sent)
    asked = {Doubt.NAME: name, Doubt.TIMES: times, Doubt.TIME: late}.get(doubt) if doubt else None
    found = asked or name or times or receiver or late
    if found:
        return Explanation(reported=True, cause=found.cause, why=found.why, late=found is late)
    return _as_it_should(case, change, telling)


def _as_it_should(case: ExplainedCase, change: VendorChange, telling: PollOfRecord) -> Explanation:
    """Say what there is to know of a change that was reported once, in time and by its name."""
    decided = telling.decision.why if telling.decision else ""
    why = f"{telling.named} reported it: {decided}"
    if len(case.together) > 1:
        why = f"{why}; a poll reports its {len(case.together)} changes since the poll before as one event"
    if case.unlogged:
        return _lost(CauseFinding(Cause.UNTOUCHED_DATE, f"{_untouched(case.unlogged)}; before that, {why}"))
    misdated = naming_causes.of_date(case, change, telling)
    if misdated:
        return Explanation(reported=True, cause=misdated.cause, why=misdated.why)
    if case.twin:
        other = f"instance {case.twin.id} ({case.twin.name}) has reported it to the same URL, too"
        return Explanation(reported=True, cause=Cause.TWIN_INSTANCE, why=f"{other}; {why}")
    if case.twin_block:
        other = f"the block {case.twin_block} asks for {change.collection}, and has reported it, too"
        return Explanation(reported=True, cause=Cause.TWIN_BLOCK, why=f"{other}; {why}")
    if case.own_write:
        echo = f"it was written through the instance's own hub, by {case.own_write}"
        return Explanation(reported=True, cause=Cause.ECHO, why=f"{why}; {echo}")
    return Explanation(reported=True, cause=None, why=why)


def _untouched(write: VendorCall) -> str:
    path = write.target.partition("?")[0]
    return f"{write.method} {path} at {shown(write.at)} left the record's updated date as it was"


def _end_of(case: ExplainedCase, job: BulkJob) -> Explanation:
    """Say what a bulk job came to, which rows of it were refused and why, and what became of the callback of its end."""
    done = f"{job.records} records {'made' if job.kind is BulkKind.UPLOAD else 'read'}"
    rows = [f"{job.failed} refused"] if job.failed else []
    rows += [
        f"row {row['number']}: {row.get('status', 'no answer')}, {row['message']}" for row in case.refused
    ]
    more = job.failed - len(case.refused)
    rows += [f"{more} more at GET /bulk/{job.id}/errors"] if more else []
    rows += (
        [f"scripted faults struck the CRM's answers to it ({', '.join(case.struck)})"] if case.struck else []
    )
    what = f"bulk job {job.id} ({job.kind.value} of {job.object_name}) is {job.status.value}: {done}"
    why = "; ".join([what, *rows])
    sent = case.sent
    found = delivery_causes.of_delivery(case, sent)
    wrong = found or delivery_causes.of_receiver(case, sent) or delivery_causes.of_tries(sent)
    if wrong:
        return Explanation(reported=found is None, cause=wrong.cause, why=f"{wrong.why}; {why}")
    return Explanation(reported=True, cause=None, why=why)


def _unlogged(case: ExplainedCase) -> Explanation:
    if case.pruned:
        why = f"no change of it is logged since {shown(case.pruned)}; what was before was pruned"
        return Explanation(reported=False, cause=Cause.PRUNED, why=why)
    if case.unlogged:
        return _lost(CauseFinding(Cause.UNTOUCHED_DATE, _untouched(case.unlogged)))
    why = f"the CRM has logged no change of {case.resource} {case.record_id}: nothing of it has been written, or what was did not touch it"
    return Explanation(reported=False, cause=Cause.NO_CHANGE, why=why)


def _missed(case: ExplainedCase, change: VendorChange, seen: PollOfRecord) -> CauseFinding:
    """Say why a poll that succeeded did not report a change."""
    identity, decision = naming_causes.of_identity(case, seen), seen.decision
    if identity and decision and decision.change:
        return identity
    # The record was in no answer: it was not asked for, or the list did not hold it. Otherwise it was passed over
    # here.
    if decision is None:
        return of_window(case, change, seen) or of_list(case, change, seen)
    return of_filter(case, change, seen, decision)


def _late(case: ExplainedCase, change: VendorChange, telling: PollOfRecord) -> CauseFinding | None:
    """Say why a poll before the one that reported the change did not; None if there was none."""
    before = (each for each in case.polls if change.at < each.poll.at < telling.poll.at)
    first = next((each for each in before if not each.is_repeated_for(change)), None)
    if first is None:
        return None
    if first.poll.error is not None:
        return poller_causes.of_failure(first.poll)
    return _missed(case, change, first)


def _put_off(case: ExplainedCase, telling: PollOfRecord) -> CauseFinding | None:
    """Say by what the first poll since the change was put off; None if it came in time."""
    if case.put_off is None or case.polls[0] is not telling:
        return None
    method, of_job = case.put_off.method, case.put_off.path.startswith("/jobs/")
    what, cause = {
        ("DELETE", False): ("the instance was disabled", Cause.INSTANCE_DISABLED),
        ("DELETE", True): ("the job of the poller was deleted", Cause.JOB_DELETED),
        ("PUT", True): ("the poller was paused by hand", Cause.POLLER_OFF),
    }.get((method, of_job), ("the instance was saved", Cause.PUT_OFF))
    why = (
        f"{what} at {shown(case.put_off.at)}, and {telling.named} is the first since {shown(case.state.last)}"
    )
    return CauseFinding(cause, why)


def _lost(found: CauseFinding) -> Explanation:
    return Explanation(reported=False, cause=found.cause, why=found.why)
