"""Tries a receiver: each check uses an instance and ids of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from inspect import isfunction
from typing import TypeAlias
from urllib.parse import urlsplit

from elements_local.certify.battery import Check, FailedError, chosen_of, run_battery
from elements_local.certify.receiver import checks
from elements_local.certify.receiver.callback import CallbackComposer, Sender
from elements_local.certify.receiver.trial import CheckStep, Trial
from elements_local.certify.scorecard import Result, Scorecard
from elements_local.clients.errors import OptionError
from elements_local.kit.clock import SystemClock
from elements_local.kit.http_message import NoReply, Reply
from elements_local.kit.masks import mask_url
from elements_local.kit.values import replace
from elements_local.kit.web.over_network import OverNetwork

_FIRST_INSTANCE = 900_000


ReceiverCheck: TypeAlias = Check[Callable[[Trial], Iterator[CheckStep]]]

BATTERY: Mapping[str, ReceiverCheck] = {
    name.replace("_", "-"): Check(title=(steps.__doc__ or name).removesuffix("."), steps=steps)
    for name, steps in vars(checks).items()
    if isfunction(steps) and steps.__module__ == checks.__name__ and not name.startswith("_")
}
"""The checks by their names, in the order in which they are made."""


def certify(  # noqa: PLR0913 - what can be said about a receiver; all of it by name
    url: str,
    *,
    key: str = "",
    probe: str | None = None,
    restart: Callable[[], None] | None = None,
    timeout: timedelta = timedelta(seconds=30),
    burst: int = 500,
    only: Iterable[str] = (),
    now: datetime | None = None,
    on_result: Callable[[Result], None] = lambda _: None,
    settle: timedelta = timedelta(seconds=2),
) -> Scorecard:
    """Try a receiver that runs with every check, and return what came of each; the fixture ``elements_certify`` is this function.

    Args:
        url: where the receiver takes callbacks.
        key: signs the callbacks; without one, checks of signatures are skipped.
        probe: a URL of the receiver's whose answer shows what callbacks have left, as JSON: of each change an object
            with ``objectType``, ``objectId``, ``date`` and, if it is known, ``eventType``, however deep. Without one,
            a receiver is judged by its answers alone, and passes no check that only an effect could show.
        restart: restarts the receiver; without it that check is skipped.
        timeout: how long the receiver may take; the platform waits 30 seconds.
        burst: callbacks of the burst.
        only: names of checks; all if there are none.
        now: the present that dates are counted from, for receivers that go by a clock of their own.
        on_result: is called with each check as soon as it is made.
        settle: how long a change may take after the answer until the probe shows it.

    Returns:
        A ``Scorecard``.

    Raises:
        OptionError: a URL is not one, nothing takes callbacks there, the probe cannot be read, or there is no check of a
            name.

    Example:
        >>> from elements_local import on_ports
        >>> with on_ports() as stack:  # here the sink is the receiver
        ...     card = certify(stack.workspace().credentials.callback_url, only=["duplicate"])
        >>> card.verdict, card.failed
        ('answered', ())
    """
    _check_urls(url, probe)
    only = tuple(only)
    chosen = chosen_of(BATTERY, only)
    trial = Trial(
        sender=Sender(url=url, http=OverNetwork(timeout=timeout), timeout=timeout),
        compose=CallbackComposer(key=key, instance_id=_FIRST_INSTANCE, now=now or SystemClock().now()),
        settle=settle,
        probe=probe,
        restart=restart,
        burst=burst,
    )
    _check_somebody_is_there(trial)
    _check_the_probe_is_there(trial)

    def perform(check: ReceiverCheck) -> None:
        compose = replace(trial.compose, instance_id=_FIRST_INSTANCE + [*BATTERY.values()].index(check))
        isolated = replace(trial, compose=compose)
        isolated.perform(check.steps(isolated))

    scorecard = Scorecard(url=mask_url(url), results=(), chosen=bool(only))
    return run_battery(chosen, perform, scorecard, on_result=on_result)


def _check_somebody_is_there(trial: Trial) -> None:
    """Send what any receiver takes, and refuse to try a URL where there is none.

    Raises:
        OptionError: no answer comes, or a 404 to what is signed and to what is not.
    """
    compose = replace(trial.compose, instance_id=_FIRST_INSTANCE + len(BATTERY))
    callback = compose.change()
    trial.sent.update(number for _, number in callback.changes)
    reply = trial.sender.send(callback)
    if isinstance(reply, NoReply):
        raise OptionError(
            f"nothing answers at {trial.sender.url} ({reply.reason}); start the receiver, or look at the URL"
        )
    unsigned = trial.sender.send(replace(callback, signature=None)) if reply.status == 404 else None
    if isinstance(unsigned, Reply) and unsigned.status == 404:
        raise OptionError(
            f"{trial.sender.url} answers 404 to every callback, so no receiver is there; look at the URL's path"
        )


def _check_the_probe_is_there(trial: Trial) -> None:
    """Refuse a probe that shows nothing.

    Raises:
        OptionError: it does not answer, or not with JSON.
    """
    try:
        if trial.probe:
            trial.work_off()
    except FailedError as error:
        raise OptionError(f"{trial.probe} is not a probe; {error}") from error


def _check_urls(*urls: str | None) -> None:
    for url in filter(None, urls):
        try:
            parts = urlsplit(url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise OptionError(f"expected a URL such as http://127.0.0.1:8000/callbacks; got {url!r}")
