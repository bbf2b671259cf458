"""All warnings about an instance: those that its configuration gives at any time, and those that only a body could."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.choices import EmptyBlock
from elements_local.platform.core.instance import Values
from elements_local.platform.core.objects import NONE, Objects
from elements_local.platform.elements.element import Element
from elements_local.platform.lint.callbacks import Objection, of_callbacks, of_events_left_off
from elements_local.platform.lint.dates import of_dates
from elements_local.platform.lint.fields import of_fields
from elements_local.platform.lint.instance_body import (
    in_provider_data,
    of_code,
    of_element,
    of_objects_too_late,
    of_user_name,
)
from elements_local.platform.lint.mapped_objects import of_mapped_objects
from elements_local.platform.lint.polled_block import PolledBlock, polled_blocks
from elements_local.platform.lint.pollers import of_doubles, of_poller, of_replaced_blocks, of_timing
from elements_local.platform.lint.queries import of_queries
from elements_local.platform.lint.repeated_keys import in_json
from elements_local.platform.lint.unread_keys import in_body, in_configuration
from elements_local.platform.lint.warning import ConfigWarning, ConfigWarnings


class LintContext(Struct, frozen=True, kw_only=True):
    """What warnings depend on beside the instance's configuration.

    Attributes:
        fields: from the provider's name for records to the fields they are known to have; none where that is not known.
        lag: how far the provider's search is known to lag behind its records.
    """

    element: Element
    empty_block: EmptyBlock
    objection: Objection
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
        vendor_user: whose credentials the vendor takes them for, whoever else they name; None if it was not asked, or
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
    blocks = tuple(polled_blocks(values, around.element, empty_block=around.empty_block, objects=objects))
    return ConfigWarnings.of(
        of_callbacks(values, around.element, objection=around.objection),
        of_its_body.listed,
        of_poller(values, around.element, blocks),
        _of_blocks(values, blocks, around),
        in_configuration(values, around.element),
        of_mapped_objects(values, objects, blocks),
        more=of_its_body.more,
    )


def _of_blocks(values: Values, blocks: Sequence[PolledBlock], around: LintContext) -> Iterator[ConfigWarning]:
    """Find what makes a poll of a resource lose, repeat or misname its changes."""
    interval = configuration.refresh_interval(values)
    for block in blocks:
        yield from of_fields(block, around.fields)
        yield from of_dates(block)
        yield from of_queries(block)
        yield from of_timing(block, interval=interval, lag=around.lag)
    # Only together can blocks be seen to poll the same.
    yield from of_doubles(blocks, around.element)
