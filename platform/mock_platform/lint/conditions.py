"""A condition of a poll's ``where`` clause: whether it asks for all that changed since the last poll, and nothing else.

Source: that a comparison which the provider cannot make is made here, text against text, is assumed (see ``ceql/matching.py``);
that a parameter such as ``updated_after_utc`` takes ISO 8601 as well is Insightly's (documented).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from msgspec import Struct

from mock_platform.ceql import Comparison
from mock_platform.core.poll import DateField
from mock_platform.dates import zones
from mock_platform.dates.java_dates import parse_date
from mock_platform.errors import UnreadableDateError, shown
from mock_platform.lint.polled_block import PolledBlock
from mock_platform.lint.rules import LintRule
from mock_platform.lint.warning import ConfigWarning, quoted

_LATER = timedelta(hours=1)


class PollCondition(Struct, frozen=True):
    """A comparison with a placeholder's text.

    Attributes:
        comparison: as it is once placeholders are filled.
    """

    block: PolledBlock
    comparison: Comparison

    def of_now(self) -> Iterator[ConfigWarning]:
        """Warn of one with the poll's own start that leaves out what a poll has to see."""
        field, operator = self.comparison.field, self.comparison.operator
        if operator == "<":
            said = f"{quoted(field)} < the poll's start leaves out what changes in that second, and no later poll asks for it"
            yield self.block.url_warning(LintRule.WHERE_EDGE, said, self._with("<="), "<=")
        elif operator != "<=":
            said = f"{quoted(field)} {operator} the poll's start asks for what has not happened yet"
            yield self.block.url_warning(LintRule.WHERE_OPERATOR, said, self.block.own_url, "<=")

    def of_last_poll(self, written: Iterable[tuple[Comparison, datetime]]) -> Iterator[ConfigWarning]:
        """Warn of one with the last poll's time that asks for something else than what changed since.

        Args:
            written: as it is for several instants of a last poll.
        """
        resource, field = self.block.resource, self.comparison.field
        expected = ("=",) if self._is_parameter else (">", ">=")
        created = resource.created.path if resource.created else ""
        form = self._form()
        if form is None:
            return
        if self.comparison.operator not in expected:
            said = f"{quoted(field)} {self.comparison.operator} the last poll's time does not ask for what changed since"
            yield self.block.url_warning(
                LintRule.WHERE_OPERATOR, said, self._with(expected[-1]), expected[-1]
            )
        elif resource.updated and created.casefold() == field.casefold() != resource.updated.path.casefold():
            if resource.filter_by_updated_date:
                said = (
                    f"{quoted(field)} is the created date: no change of a record that is there is asked for"
                )
                url = resource.url.replace(field, resource.updated.path)
                yield self.block.url_warning(LintRule.WHERE_ON_CREATED, said, url, resource.updated.path)
        else:
            yield from self._of_text(written, form)

    @property
    def _is_parameter(self) -> bool:
        """Whether the field is none, but a parameter of the provider's that means later than by itself."""
        return self.comparison.field.casefold() in self.block.parameters

    def _of_text(
        self, written: Iterable[tuple[Comparison, datetime]], form: DateField
    ) -> Iterator[ConfigWarning]:
        """Warn of a placeholder's text that is no date of the field's, or one of hours later."""
        for comparison, instant in written:
            text = str(comparison.value)
            read = _read(text, form, instant, lenient=self._is_parameter)
            if read is not None and read - instant < _LATER:
                continue
            said = f"{shown(text)} stands for the last poll's time"
            if read is None:
                said = f"{said}, and dates are written by {shown(form.pattern)}"
            else:
                said = f"{said}, and is {(read - instant).total_seconds() / 3600:g} h later"
            yield self.block.url_warning(LintRule.PLACEHOLDER_DATE, said, self._rewritten(form))
            return

    def _form(self) -> DateField | None:
        """Return how the compared field is written; None if it is neither a date that is known nor a parameter."""
        if self._is_parameter:
            return next(iter(self.block.own_dates.values()), None)
        field, resource = self.comparison.field, self.block.resource
        read = {date.path.casefold(): date for date in (resource.created, resource.updated) if date}
        return self.block.own_date(field) or read.get(field.casefold())

    def _rewritten(self, form: DateField) -> str:
        """Return the URL with a placeholder that writes the field's own form."""
        zone = "gmtDate" if form.zone.upper() in {"GMT", "UTC"} else f"dateTimeZone:{form.zone}"
        placeholder = "${" + f"{zone}:{form.pattern}" + "}"
        return re.sub(r"\$\{[^}]*\}", lambda _: placeholder, self.block.resource.url, count=1)

    def _with(self, operator: str) -> str | None:
        """Return the URL with another operator; None if it is not written plainly there."""
        field, old = re.escape(self.comparison.field), re.escape(self.comparison.operator)
        url = re.sub(
            rf"({field}\s*){old}(\s*'?\$\{{)", rf"\g<1>{operator}\g<2>", self.block.resource.url, count=1
        )
        return url if url != self.block.resource.url else self.block.own_url


@lru_cache(maxsize=256)  # the same few placeholders are in each instance of a workspace
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
