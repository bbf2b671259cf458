"""What a resource's URL asks the provider for, held against what a poll needs: all that changed since the last one.

Source: how placeholders are filled (documented, see ``dates/date_template.py``); what a poll makes of a list that is not
filtered by date (documented); that providers take some ten calls a second, each page being one, is Insightly's limit
(documented), and from which size on pages are too small is ours. That a comparison which the provider cannot make is made
here, text against text, is assumed (see ``ceql/matching.py``); that a parameter such as ``updated_after_utc`` takes ISO
8601 as well is Insightly's (documented).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

from elements_local.kit.caching import bounded_cache
from elements_local.platform.ceql import Comparison
from elements_local.platform.core.poll import DateField
from elements_local.platform.dates import date_template, zones
from elements_local.platform.dates.date_template import Placeholder
from elements_local.platform.dates.java_dates import parse_date
from elements_local.platform.errors import InvalidRequestError, QueryError, UnreadableDateError, quoted
from elements_local.platform.lint.dates import mixed_up
from elements_local.platform.lint.poll_query import PollCondition
from elements_local.platform.lint.polled_block import PolledBlock, is_date, own_date
from elements_local.platform.lint.rules import LintRule, slip
from elements_local.platform.lint.warning import ConfigWarning, quoted_name

LIST_PARAMETERS = ("where", "fields", "orderBy", "pageSize", "page", "nextPage")
"""What a list of the hub reads of a query; all else is ignored."""

_BY_LOWER_CASE = {name.lower(): name for name in LIST_PARAMETERS}
_SMALLEST_PAGE, _USUAL_PAGE = 10, 200
_LATER = timedelta(minutes=1)


def of_queries(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of a URL that does not ask for what changed since the last poll, or in too many calls."""
    url, size = block.resource.url, block.resource.page_size
    if size is not None and size < _SMALLEST_PAGE:
        said = f"a poll asks for {size} records at a time, one call for each page, all in one second"
        yield block.key_warning(LintRule.PAGE_TOO_SMALL, said, "pageSize", _USUAL_PAGE)
    yield from _of_unread(block)
    yield from _of_parameters(block)
    if block.placeholders.unknown:
        yield _unknown_placeholder(block, block.placeholders.unknown)
    elif not block.placeholders.known:
        if not _newest_first(block):
            said = "its URL has no placeholder for the last poll: the list is read from its start until a page is old"
            yield block.url_warning(LintRule.URL_WITHOUT_DATE, said, _with_condition(block))
    elif block.query.names.count("where") > 1:
        said = "its URL has `where` more than once, and every poll is refused: join the conditions by `and`"
        yield block.url_warning(LintRule.WHERE_UNREADABLE, said, _joined(url))
    elif block.placeholders.mixed_up:
        placeholder, meant = block.placeholders.mixed_up
        written = placeholder.text.removesuffix(f"{placeholder.pattern}}}") + f"{meant}}}"
        said = f"its placeholder's {mixed_up(placeholder.pattern, meant)}"
        mended = url.replace(placeholder.text, written)
        yield block.url_warning(LintRule.PLACEHOLDER_DATE, said, mended, written)
    else:
        yield from _of_where(block)


def _joined(url: str) -> str:
    """Return a URL with its conditions in one ``where``."""
    path, _, query = url.partition("?")
    parts = query.split("&")
    conditions = [each.partition("=")[2] for each in parts if each.startswith("where=")]
    others = [each for each in parts if not each.startswith("where=")]
    return f"{path}?{'&'.join(['where=' + ' and '.join(conditions), *others])}"


def _of_unread(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of parameters that no list reads."""
    url = block.resource.url
    for name in dict.fromkeys(block.query.names):
        if name in LIST_PARAMETERS:
            continue
        said = f"{quoted_name(name)} of its URL has no effect"
        if near := get_close_matches(name.lower(), _BY_LOWER_CASE, n=1):
            known = _BY_LOWER_CASE[near[0]]
            mended = url.replace(f"{name}=", f"{known}=", 1)
            yield block.url_warning(slip(name, known), f"{said}: did you mean {known}?", mended, known)
        else:
            yield block.url_warning(LintRule.UNKNOWN_KEY, f"{said}: nothing reads it", _without(url, name))


def _of_parameters(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of parameters that leave out pages of the list, or fields that a poll reads."""
    url, resource = block.resource.url, block.resource
    page, fields = block.query.first.get("page", "1"), block.query.first.get("fields")
    if page != "1":
        said = f"its URL asks for page {page}, and records on earlier pages are never seen"
        yield block.url_warning(LintRule.ONE_PAGE, said, _without(url, "page"))
    if fields:
        asked = {name.strip().casefold() for name in fields.split(",")}
        paths = (resource.id_field, *(date.field.path for date in block.dates))
        absent = [path for path in paths if path and path.casefold() not in asked]
        if absent:
            said = f"its URL asks for records without {', '.join(map(quoted_name, absent))}"
            yield block.url_warning(LintRule.FIELDS_LEFT_OUT, said, _without(url, "fields"))


def _without(url: str, parameter: str) -> str:
    """Return a URL without one of its parameters."""
    path, _, query = url.partition("?")
    kept = "&".join(each for each in query.split("&") if each.partition("=")[0] != parameter)
    return f"{path}?{kept}" if kept else path


def _unknown_placeholder(block: PolledBlock, unknown: Sequence[Placeholder]) -> ConfigWarning:
    """Warn of placeholders that no rule knows; the cure has the keyword that each is like, if all are like one."""
    keywords = {each.keyword: _near_keyword(each.keyword) for each in unknown}
    first, url = unknown[0], block.resource.url
    for keyword, near in keywords.items():
        url = url.replace("${" + keyword, "${" + (near or keyword))
    near = keywords[first.keyword]
    said = f"{quoted_name(first.keyword)} is not a placeholder: {quoted_name(first.text)} is sent unchanged"
    mended = url if all(keywords.values()) and not _unreadable(url) else block.own_url
    return block.url_warning(LintRule.UNKNOWN_PLACEHOLDER, said, mended, near)


def _near_keyword(keyword: str) -> str | None:
    lower = {each.lower(): each for each in date_template.KEYWORDS}
    near = get_close_matches(keyword[:100].lower(), lower, n=1)
    return lower[near[0]] if near else None


def _unreadable(url: str) -> bool:
    """Say whether a URL's placeholders cannot be filled, or are still unknown."""
    try:
        date_template.check(url)
    except InvalidRequestError:
        return True
    return not all(each.is_known for each in date_template.placeholders(url))


def _newest_first(block: PolledBlock) -> bool:
    """Say whether a list has its latest change first, so that it may end at its first old page."""
    field, _, direction = block.query.first.get("orderBy", "").strip().partition(" ")
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
    try:
        conditions = block.query.conditions
    except QueryError as error:
        said = f"its where clause cannot be read: {error}"
        yield block.url_warning(LintRule.WHERE_UNREADABLE, said, block.own_url)
        return
    for each in conditions:
        if each.of_last_poll:
            yield from _of_last_poll(block, each)
        else:
            yield from _of_now(block, each.comparison)


def _of_now(block: PolledBlock, one: Comparison) -> Iterator[ConfigWarning]:
    """Warn of a comparison with the poll's own start that leaves out what a poll has to see."""
    if one.operator == "<":
        said = f"{quoted_name(one.field)} < the poll's start leaves out what changes in that second, and no later poll asks for it"
        yield block.url_warning(LintRule.WHERE_EDGE, said, _with_operator(block, one, "<="), "<=")
    elif one.operator != "<=":
        said = f"{quoted_name(one.field)} {one.operator} the poll's start asks for what has not happened yet"
        yield block.url_warning(LintRule.WHERE_OPERATOR, said, block.own_url, "<=")


def _of_last_poll(block: PolledBlock, condition: PollCondition) -> Iterator[ConfigWarning]:
    """Warn of a comparison with the last poll's time that asks for something else than what changed since."""
    resource, one = block.resource, condition.comparison
    is_parameter = one.field.casefold() in block.parameters
    expected = ("=",) if is_parameter else (">", ">=")
    # of a parameter, which is no field and means later than by itself: as the element's own dates are written
    form = next(iter(block.own_dates.values()), None) if is_parameter else _form(block, one.field)
    if form is None:
        return
    if one.operator not in expected:
        said = f"{quoted_name(one.field)} {one.operator} the last poll's time does not ask for what changed since"
        mended = _with_operator(block, one, expected[-1])
        yield block.url_warning(LintRule.WHERE_OPERATOR, said, mended, expected[-1])
    elif not is_parameter and _is_created_alone(block, one.field):
        if resource.updated and resource.filter_by_updated_date:
            said = f"{quoted_name(one.field)} is the created date: no change of a record that is there is asked for"
            url = resource.url.replace(one.field, resource.updated.path)
            yield block.url_warning(LintRule.WHERE_ON_CREATED, said, url, resource.updated.path)
    else:
        yield from _of_text(block, condition, form, lenient=is_parameter)


def _is_created_alone(block: PolledBlock, field: str) -> bool:
    """Say whether a field is the created date of records that have an updated one, too."""
    updated, created = block.resource.updated, block.resource.created
    return bool(updated and created and is_date(field, created.path) and not is_date(field, updated.path))


def _of_text(
    block: PolledBlock, condition: PollCondition, form: DateField, *, lenient: bool
) -> Iterator[ConfigWarning]:
    """Warn of a placeholder's text that is no date of the field's, or one of hours later."""
    for comparison, instant in condition.of_last_poll:
        text = str(comparison.value)
        read = _read(text, form, instant, lenient=lenient)
        if read is not None and read - instant < _LATER:
            continue
        said = f"{quoted(text)} stands for the last poll's time"
        if read is None:
            said = f"{said}, and dates are written by {quoted(form.pattern)}"
        else:
            later = read - instant
            hours, minutes = later / timedelta(hours=1), later / timedelta(minutes=1)
            said = f"{said}, and is {f'{hours:g} h' if hours >= 1 else f'{minutes:g} min'} later"
        zone = "gmtDate" if form.zone.upper() in {"GMT", "UTC"} else f"dateTimeZone:{form.zone}"
        placeholder = "${" + f"{zone}:{form.pattern}" + "}"
        before, _, rest = block.resource.url.partition("${")
        url = before + placeholder + rest.partition("}")[2]
        yield block.url_warning(LintRule.PLACEHOLDER_DATE, said, url, placeholder)
        return


def _form(block: PolledBlock, field: str) -> DateField | None:
    """Return how a compared field is written; None if it is no date that is known."""
    read = (date.field for date in block.dates if is_date(field, date.field.path))
    return own_date(block.own_dates, field) or next(read, None)


def _with_operator(block: PolledBlock, one: Comparison, operator: str) -> str | None:
    """Return the URL with another operator; None if it is not written plainly there."""
    field, old, url = re.escape(one.field), re.escape(one.operator), block.resource.url
    mended = re.sub(rf"({field}\s*){old}(\s*'?\$\{{)", rf"\g<1>{operator}\g<2>", url, count=1)
    return mended if mended != url else block.own_url


@bounded_cache(256)  # the same few placeholders are in each instance of a workspace
def _read(text: str, form: DateField, instant: datetime, *, lenient: bool) -> datetime | None:
    """Return the instant that a text means where it is compared; None if it means none.

    Args:
        lenient: whether the provider takes ISO 8601 as well.
    """
    try:
        return parse_date(text, form.pattern, zones.zone(form.zone), now=instant)
    except UnreadableDateError:
        pass
    try:
        read = datetime.fromisoformat(text) if lenient else None
    except ValueError:
        return None
    return read and (read if read.tzinfo else read.replace(tzinfo=UTC))
