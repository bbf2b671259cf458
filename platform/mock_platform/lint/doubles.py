"""Blocks that poll what another one polls, or what their name does not say."""

from collections.abc import Iterator, Sequence

from mock_platform.configuration.poller_configuration import CONFIGURATION
from mock_platform.elements.element import Element
from mock_platform.lint.polled_block import PolledBlock, path_of
from mock_platform.lint.rules import LintRule
from mock_platform.lint.warning import ConfigWarning, quoted


def of_doubles(blocks: Sequence[PolledBlock], element: Element) -> Iterator[ConfigWarning]:
    """Warn of blocks that were copied: with the URL of another one, or with another resource's."""
    first: dict[str, str] = {}
    for block in blocks:
        name, url = block.resource.name, "".join(block.resource.url.split())
        if url in first:
            yield ConfigWarning.at(
                LintRule.POLLED_TWICE,
                f"{quoted(name)} has the URL of {quoted(first[url])}: each change is reported under both names",
                *("configuration", CONFIGURATION, name, "url"),
                nearest=first[url],
                change={CONFIGURATION: {name: None}},
                resource=name,
            )
        elif block.mapped is None:
            yield from _of_another(block, element)
        first.setdefault(url, name)


def _of_another(block: PolledBlock, element: Element) -> Iterator[ConfigWarning]:
    """Warn of a URL that lists another of the element's resources than the block is called by."""
    name = block.resource.name
    listed = path_of(block.resource.url).rpartition("/")[2]
    own = element.poller_defaults.get(name)
    if listed != name and listed in element.poller_defaults and isinstance(own, dict):
        said = f"its URL lists {quoted(listed)}, and its events are called {quoted(name)}"
        change = {"url": own["url"], "idField": own["idField"]}
        yield block.warning(
            LintRule.URL_OF_ANOTHER_RESOURCE, said, "url", nearest=str(own["url"]), change=change
        )
