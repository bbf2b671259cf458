"""What a resource's URL asks the provider for, held against what a poll needs: all that changed since the last one.

Source: how placeholders are filled (documented, see ``dates/date_template.py``); what a poll makes of a list that is not
filtered by date (documented); that providers take some ten calls a second, each page being one, is Insightly's limit
(documented), and from which size on pages are too small is ours.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from mock_platform.ceql import Comparison, conditions_of, parse
from mock_platform.dates import date_template
from mock_platform.errors import InvalidRequestError, QueryError
from mock_platform.lint.conditions import PollCondition
from mock_platform.lint.dates import SAMPLES
from mock_platform.lint.polled_block import PolledBlock, parameter_of, where_of
from mock_platform.lint.rules import LintRule
from mock_platform.lint.warning import ConfigWarning, quoted

_SMALLEST_PAGE, _USUAL_PAGE = 10, 200


def of_queries(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of a URL that does not ask for what changed since the last poll, or in too many calls."""
    url, size = block.resource.url, block.resource.page_size
    if size is not None and size < _SMALLEST_PAGE:
        said = f"a poll asks for {size} records at a time, each page a call of its own, all in one second"
        yield block.key_warning(LintRule.PAGE_TOO_SMALL, said, "pageSize", _USUAL_PAGE)
    unknown = date_template.unknown_placeholders(url)
    if unknown:
        yield _unknown_placeholder(block, unknown)
    elif not date_template.has_placeholder(url):
        if not _newest_first(block):
            said = "its URL has no placeholder for the last poll: the list is read from its start until a page is old"
            yield block.url_warning(LintRule.URL_WITHOUT_DATE, said, _with_condition(block))
    else:
        yield from _of_where(block)


def _unknown_placeholder(block: PolledBlock, unknown: Sequence[str]) -> ConfigWarning:
    """Warn of placeholders that no rule knows; the cure has the keyword that each is like, if all are like one."""
    keywords = {inside.partition(":")[0]: _near_keyword(inside) for inside in unknown}
    first, url = unknown[0], block.resource.url
    for keyword, near in keywords.items():
        url = url.replace("${" + keyword, "${" + (near or keyword))
    keyword, near = next(iter(keywords.items()))
    said = f"{quoted(keyword)} is no placeholder, so that {quoted('${' + first + '}')} is sent as it stands"
    mended = url if all(keywords.values()) and not _unreadable(url) else block.own_url
    return block.url_warning(LintRule.UNKNOWN_PLACEHOLDER, said, mended, near)


def _near_keyword(inside: str) -> str | None:
    lower = {each.lower(): each for each in date_template.KEYWORDS}
    near = get_close_matches(inside.partition(":")[0][:100].lower(), lower, n=1)
    return lower[near[0]] if near else None


def _unreadable(url: str) -> bool:
    """Say whether a URL's placeholders cannot be filled, or are still unknown."""
    try:
        date_template.check(url)
    except InvalidRequestError:
        return True
    return bool(date_template.unknown_placeholders(url))


def _newest_first(block: PolledBlock) -> bool:
    """Say whether a list has its latest change first, so that it may end at its first old page."""
    field, _, direction = parameter_of(block.resource.url, "orderBy").strip().partition(" ")
    updated = block.resource.updated or block.resource.created
    return (
        updated is not None
        and field.casefold() == updated.path.casefold()
        and direction.strip().lower() == "desc"
    )


def _with_condition(block: PolledBlock) -> str | None:
    """Return the URL with the condition that the element's own block has; in the place of a fixed date, if there is one."""
    url, own = block.resource.url, block.own_url
    condition = own.partition("where=")[2] if own else ""
    if not condition or "where=" not in url:
        return own
    field = condition.partition("=")[0]
    fixed = re.sub(rf"{re.escape(field)}\s*=\s*'[^']*'", lambda _: condition, url, count=1)
    return fixed if fixed != url else url.replace("where=", f"where={condition} and ", 1)


def _of_where(block: PolledBlock) -> Iterator[ConfigWarning]:
    texts = [where_of(block.resource, instant, instant) for instant in SAMPLES]
    if not texts[0].strip():
        return
    try:
        pairs = list(zip(map(_comparisons, texts), SAMPLES, strict=True))
        of_last = _comparisons(where_of(block.resource, SAMPLES[1], SAMPLES[0]))
        of_now = _comparisons(where_of(block.resource, SAMPLES[0], SAMPLES[1]))
    except QueryError as error:
        yield block.url_warning(
            LintRule.WHERE_UNREADABLE, f"its where clause cannot be read: {error}", block.own_url
        )
        return
    for at, one in enumerate(pairs[0][0]):
        if of_last[at] != one:
            written = [(comparisons[at], instant) for comparisons, instant in pairs]
            yield from PollCondition(block, one).of_last_poll(written)
        elif of_now[at] != one:
            yield from PollCondition(block, one).of_now()


def _comparisons(text: str) -> list[Comparison]:
    return [each for each in conditions_of(parse(text)) if isinstance(each, Comparison)]
