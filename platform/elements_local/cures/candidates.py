"""Changes that may have led to a callback: of a block's keys, of the instance, the CRM, the receiver. Pure.

Which links of the chain a change can mend says what is worth trying; nothing is left out because another cure is usual.
"""

from collections.abc import Iterator

from elements_local.cures import block_values
from elements_local.cures.candidate import DATES, CureCandidate, changed_block, fault_rules, neutral
from elements_local.scenarios.scenario import Scenario
from mock_platform.explain.case import ExplainedCase
from mock_platform.explain.cause import Cause, CauseStage
from mock_platform.explain.cures import CureCase

_ENABLED = "event.notification.enabled"
_INTERVAL = "event.poller.refresh_interval"
_KEY = "event.notification.signature.key"
_CALLBACK_URL = "event.notification.callback.url"
_AFTER_POLLS = frozenset({CauseStage.DELIVERY, CauseStage.RECEIVER})
_OF_BLOCK = frozenset(CauseStage) - {CauseStage.LOG, CauseStage.POLLER} - _AFTER_POLLS
_OF_CRM = frozenset(CauseStage) - {CauseStage.LOG, CauseStage.KEY, CauseStage.IDENTITY} - _AFTER_POLLS
_OF_DATES = frozenset({CauseStage.FILTER, CauseStage.KEY, CauseStage.NAME, CauseStage.REPEAT})
_OF_RECEIVER = _AFTER_POLLS | {CauseStage.REPEAT}


def single_keys(stage: CauseStage, sought: CureCase) -> Iterator[CureCandidate]:
    """Yield changes of one key of the resource's block; those that change nothing are left out.

    Args:
        stage: the link of the chain that is to be mended.
    """
    block, case = sought.block, sought.case
    if block is None or stage not in _OF_BLOCK:
        return
    singles: dict[str, CureCandidate] = {}
    for key, value in block_values.values(stage, case, block, sought.own):
        if changed_block(block, {key: value}) != dict(block):
            text = f"set {key} of {case.resource} to {value!r}"
            single = CureCandidate(where="configuration", text=text, block={key: value})
            singles.setdefault(f"{key}={value}", single)
    yield from singles.values()


def others(sought: CureCase, scenario: Scenario) -> Iterator[CureCandidate]:
    """Yield changes of the instance, then of the CRM, then of the receiver.

    Args:
        scenario: what happened, without expectations.
    """
    stage, case = sought.cause.stage, sought.case
    dates = sought.own.get(DATES)
    if stage in _OF_DATES and sought.block is not None and dates:
        text = f"take the dates of {case.resource} as the element's own block has them"
        yield CureCandidate(where="configuration", text=text, block={DATES: dates})
    yield from _of_instance(sought)
    yield from _of_crm(stage, case, scenario)
    if sought.cause is Cause.OTHER_KEY:
        text = f"let the receiver hold signatures against the instance's {_KEY}"
        yield CureCandidate(where="receiver", text=text, shown={"key": _KEY})
    elif stage in _OF_RECEIVER:
        text = "let the receiver answer with a success at once"
        yield CureCandidate(where="receiver", text=text, answers=True, shown={"status": 200})


def _of_instance(sought: CureCase) -> Iterator[CureCandidate]:
    """Yield changes of what holds for all of an instance's resources."""
    case, cause = sought.case, sought.cause
    match cause:
        case Cause.EVENTS_OFF:
            keys = {_ENABLED: True, "event.vendor.type": "polling"}
            yield CureCandidate(where="configuration", text="switch events on, and leave them on", keys=keys)
        case Cause.POLLING_GAP:
            yield CureCandidate(where="configuration", text="leave events on", keys={_ENABLED: True})
            if sought.block:
                text = f"leave {case.resource} in the configuration"
                block = block_values.as_keys(sought.block)
                yield CureCandidate(where="configuration", text=text, block=block)
        case Cause.UNPOLLED_RESOURCE if sought.own:
            block = block_values.as_keys(sought.own)
            text = f"add a block for {case.resource}"
            yield CureCandidate(where="configuration", text=text, block=block)
        case Cause.INSTANCE_DISABLED | Cause.POLLER_OFF:
            text = f"enable the instance: PUT /instances/{case.instance.id}/enabled"
            yield CureCandidate(where="configuration", text=text, enables=True, shown={"disabled": False})
        case Cause.NO_RECEIVER:
            keys = {_CALLBACK_URL: "{callback_url}"}
            yield CureCandidate(where="configuration", text="give the instance a callback URL", keys=keys)
    if cause.stage in {CauseStage.NAME, CauseStage.LIST, CauseStage.REQUEST, CauseStage.POLLER}:
        for minutes in (1, 5, 60):
            text = f"let polls come every {minutes} min"
            yield CureCandidate(where="configuration", text=text, keys={_INTERVAL: str(minutes)})


def _of_crm(stage: CauseStage, case: ExplainedCase, scenario: Scenario) -> Iterator[CureCandidate]:
    """Yield a CRM that does one thing less wrong, and a change that comes a second later."""
    if stage not in _OF_CRM:
        return
    for number, rule in enumerate(fault_rules(scenario)):
        if rule.service != "sink":
            effects = neutral(rule)
            named = ", ".join(effects) or "its answers"
            text = f"let the CRM do right what a fault rule has it do wrong: {named}"
            yield CureCandidate(where="crm", text=text, without=number, shown=effects)
    if stage in {CauseStage.WINDOW, CauseStage.POLLER} and case.change and case.change.kind != "DELETED":
        text = "let the change come a second later"
        yield CureCandidate(where="clock", text=text, later_s=1, shown={"later_s": 1})
