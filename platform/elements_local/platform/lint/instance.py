"""All warnings about an instance: those that its configuration gives at any time, and those that only a body could."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.configuration.instance_configuration import CALLBACK_URL, ENABLED, VENDOR_TYPE
from elements_local.platform.configuration.poller_configuration import CONFIGURATION
from elements_local.platform.core.instance import Values
from elements_local.platform.core.objects import NONE, Objects
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.connector import Element
from elements_local.platform.errors import quoted
from elements_local.platform.lint.fields import of_dates, of_fields, of_mapped_objects
from elements_local.platform.lint.polled_block import PolledBlock, polled_blocks
from elements_local.platform.lint.pollers import of_doubles, of_poller, of_replaced_blocks, of_timing
from elements_local.platform.lint.queries import of_queries
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.unread_keys import in_body, in_configuration, unread_in
from elements_local.platform.lint.warning import ConfigWarning, ConfigWarnings, LintFinding, quoted_name

_OBJECTS = "retrieveObjectsAfterInstantiation"
_PROVIDER_DATA = ("code", "debug")


def of_element(sent: Mapping[str, object], element: Element) -> Iterator[ConfigWarning]:
    """Warn of a key or an id that names another element than the instance's.

    Args:
        sent: the body as it came.
        element: the instance's.
    """
    named = sent.get("element")
    for key, value in named.items() if isinstance(named, Mapping) else ():
        # As texts: clients send the id as a number or as a text.
        if key in {"key", "id"} and value is not None and str(value) not in {element.key, str(element.id)}:
            message = f"{quoted_name(str(value))} has no effect: the instance is one of {quoted_name(element.key)}, {element.id}"
            nearest = element.key if key == "key" else str(element.id)
            yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, "element", key, nearest=nearest)


def of_objects_too_late(sent: Mapping[str, object]) -> Iterator[ConfigWarning]:
    """Warn of objects that a change asks for; arguments as above."""
    if sent.get(_OBJECTS) is True:
        message = f"{_OBJECTS} has no effect: objects come with the answer that makes an instance"
        yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, _OBJECTS)


def of_code(sent: Mapping[str, object], element: Element) -> Iterator[ConfigWarning]:
    """Warn of a grant's code that was not redeemed; arguments as above."""
    data = sent.get("providerData")
    if isinstance(data, Mapping) and data.get("code") is not None:
        message = f"the code has no effect: {element.name} is reached by {' and '.join(element.credentials)}"
        yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, "providerData", "code")


def of_user_name(values: Values, element: Element, vendor_user: str) -> Iterator[ConfigWarning]:
    """Warn of a user name that is not the name of whom the vendor takes the secret's owner for."""
    secrets = [key for key in element.credentials if key in element.secret_keys]
    for key in element.credentials:
        name = values.get(key)
        if key not in secrets and name and name.casefold() != vendor_user.casefold():
            message = (
                f"{quoted_name(name)} has no effect: {element.name} goes by {' and '.join(secrets)} alone, "
                f"which is that of {quoted_name(vendor_user)}"
            )
            rule = LintRule.KEY_WITHOUT_EFFECT
            yield ConfigWarning.at(rule, message, "configuration", key, nearest=vendor_user)


def in_provider_data(sent: Mapping[str, object]) -> Iterator[LintFinding]:
    """Find what nothing reads in ``providerData``; arguments as above."""
    data = sent.get("providerData")
    if isinstance(data, Mapping):
        yield from unread_in(data, _PROVIDER_DATA, ("providerData",))


def in_json(raw: bytes) -> Iterator[ConfigWarning]:
    """Warn of each key that comes twice in a body, or in the JSON text of its poller's configuration."""
    whole = _read(raw.decode("utf-8", "replace"))
    yield from _warnings(whole, ())
    configuration = whole.get("configuration") if isinstance(whole, dict) else None
    blocks = configuration.get(CONFIGURATION) if isinstance(configuration, dict) else None
    if isinstance(blocks, str):
        yield from _warnings(_read(blocks), ("configuration", CONFIGURATION))


class _Repeating(dict[str, object]):
    """An object of JSON some of whose keys came more than once.

    Attributes:
        twice: those.
    """

    twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    repeating = _Repeating(plain)
    counts = Counter(key for key, _ in pairs)
    repeating.twice = tuple(key for key, count in counts.items() if count > 1)
    return repeating


def _read(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError):  # what is no JSON is refused where it is read
        return None


def _warnings(value: object, path: tuple[str, ...]) -> Iterator[ConfigWarning]:
    if isinstance(value, _Repeating):
        for key in value.twice:
            message = f"{quoted_name(key)} comes more than once in one object, and the last one counts"
            yield ConfigWarning.at(LintRule.KEY_TWICE, message, *path, key)
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        if isinstance(each, dict | list):
            yield from _warnings(each, (*path, str(name)))


_ABOUT_EVENTS = (CALLBACK_URL, poller_configuration.REFRESH_INTERVAL, *poller_configuration.KEYS)

_LONGEST_MESSAGE = 400
"""It says the URL, which may be as long as a body."""

Refusal = Callable[[str], str | None]
"""Says why nothing could be sent to a URL, as far as that can be said without looking its host up."""


def of_callbacks(values: Values, element: Element, *, refusal: Refusal) -> Iterator[ConfigWarning]:
    """Warn of events that reach nobody, or that nothing brings."""
    if not configuration.events_enabled(values):
        return
    vendor_type = values.get(VENDOR_TYPE)
    if not configuration.is_polled(values):
        yield ConfigWarning.at(
            LintRule.VENDOR_TYPE_WITHOUT_EFFECT,
            f"with {quoted(vendor_type)} nothing is polled, and {element.name} pushes nothing: events come only of POST /events",
            *("configuration", VENDOR_TYPE),
            nearest="polling",
            change={VENDOR_TYPE: "polling"},
        )
    url = values.get(CALLBACK_URL) or ""
    against = refusal(url) if url else "there is none, so events are kept, and no receiver gets them"
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


class LintContext(Struct, frozen=True, kw_only=True):
    """What warnings depend on beside the instance's configuration.

    Attributes:
        fields: from the provider's name for records to the fields they are known to have; none where that is not known.
        lag: how far the provider's search is known to lag behind its records.
    """

    element: Element
    empty_block: EmptyBlock
    refusal: Refusal
    fields: Callable[[str], Collection[str]]
    lag: timedelta = timedelta(0)


def of_body(  # noqa: PLR0913 - a body, and what is known of it; by name
    sent: Mapping[str, object],
    values: Values,
    element: Element,
    *,
    made: bool = True,
    redeemed: bool = False,
    vendor_user: str | None = None,
    raw: bytes = b"",
) -> ConfigWarnings:
    """Return what can be said only as long as a body is there.

    Args:
        sent: the body as it came.
        values: the configuration that results.
        made: whether it makes an instance; false if it changes one.
        redeemed: whether a grant's code in it became credentials.
        vendor_user: whose credentials the vendor takes them for, even if they name another; None if it was not asked, or
            all of them count.
        raw: the body as text.
    """
    said = sent.get("configuration")
    configured = said if isinstance(said, Mapping) else {}
    return ConfigWarnings.of(
        in_body(sent, element),
        in_provider_data(sent),
        of_element(sent, element),
        # A new instance shows the objects; a changed one does not.
        () if made else of_objects_too_late(sent),
        of_events_left_off(configured, values),
        of_replaced_blocks(configured),
        # A code that became credentials has had its effect.
        () if redeemed else of_code(sent, element),
        () if vendor_user is None else of_user_name(values, element, vendor_user),
        in_json(raw),
    )


def of_instance(
    values: Values, of_its_body: ConfigWarnings, around: LintContext, objects: Objects = NONE
) -> ConfigWarnings:
    """Return all that is to be said of an instance.

    Args:
        values: its configuration.
        of_its_body: what was said of the body that it was last changed by.
        objects: what it maps.
    """
    element, entries = around.element, poller_configuration.entries_of(values)
    blocks = polled_blocks(values, element, entries, empty_block=around.empty_block, objects=objects)
    return ConfigWarnings.of(
        of_callbacks(values, element, refusal=around.refusal),
        of_its_body.listed,
        of_poller(values, element, entries, blocks),
        _of_blocks(values, blocks, around),
        in_configuration(values, element, entries),
        of_mapped_objects(values, objects, blocks),
        more=of_its_body.more,
    )


def _of_blocks(values: Values, blocks: Sequence[PolledBlock], around: LintContext) -> Iterator[ConfigWarning]:
    """Find what makes a poll of a resource miss, duplicate or misclassify its changes."""
    interval = configuration.refresh_interval(values)
    for block in blocks:
        yield from of_fields(block, around.fields)
        yield from of_dates(block)
        yield from of_queries(block)
        yield from of_timing(block, interval=interval, lag=around.lag)
    # Only together can blocks be seen to poll the same.
    yield from of_doubles(blocks, around.element)
