"""Callbacks that will not come, though the configuration names where they should go, or events that nothing brings."""

from collections.abc import Callable, Iterator, Mapping

from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.configuration.instance_configuration import CALLBACK_URL, ENABLED, VENDOR_TYPE
from elements_local.platform.core.instance import Values
from elements_local.platform.elements.element import Element
from elements_local.platform.errors import shown
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning

_ABOUT_EVENTS = (CALLBACK_URL, poller_configuration.REFRESH_INTERVAL, *poller_configuration.KEYS)

_LONGEST_MESSAGE = 400
"""It says the URL, which may be as long as a body."""

Objection = Callable[[str], str | None]
"""Says why nothing could be sent to a URL, as far as that can be said without looking its host up."""


def of_callbacks(values: Values, element: Element, *, objection: Objection) -> Iterator[ConfigWarning]:
    """Warn of events that reach nobody, or that nothing brings."""
    if not configuration.events_enabled(values):
        return
    vendor_type = values.get(VENDOR_TYPE)
    if not configuration.is_polled(values):
        yield ConfigWarning.at(
            LintRule.VENDOR_TYPE_WITHOUT_EFFECT,
            f"with {shown(vendor_type)} nothing is polled, and {element.name} pushes nothing: events come only of POST /events",
            *("configuration", VENDOR_TYPE),
            nearest="polling",
            change={VENDOR_TYPE: "polling"},
        )
    url = values.get(CALLBACK_URL) or ""
    against = objection(url) if url else "there is none, so events are kept, and nobody is told of them"
    if against:
        message = f"no callback will be delivered: {against}"[:_LONGEST_MESSAGE]
        yield ConfigWarning.at(LintRule.CALLBACK_URL, message, "configuration", CALLBACK_URL)


def of_events_left_off(sent: Mapping[str, object], values: Values) -> Iterator[ConfigWarning]:
    """Warn of a body that speaks of events and leaves them off without a word; one that says false means it.

    Args:
        sent: the configuration in the body.
        values: the whole one that results.
    """
    if configuration.events_enabled(values) or sent.get(ENABLED) is not None:
        return
    about = next((key for key in _ABOUT_EVENTS if sent.get(key)), None)
    if about is not None:
        message = f"{about} is set, but events are not enabled: nothing is polled, and no callback will come"
        where, change = ("configuration", ENABLED), {ENABLED: "true"}
        yield ConfigWarning.at(LintRule.EVENTS_NOT_ENABLED, message, *where, nearest=ENABLED, change=change)
