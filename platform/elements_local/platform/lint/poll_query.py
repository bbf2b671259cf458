"""What the query of a polled resource's URL says, read once for the rules: its parameters, placeholders and conditions."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from urllib.parse import parse_qs, parse_qsl

from msgspec import Struct

from elements_local.platform.ceql import Comparison, conditions_of, parse
from elements_local.platform.dates import date_template
from elements_local.platform.dates.date_template import DateForm, Placeholder
from elements_local.platform.lint.dates import SAMPLES, corrected


class PollPlaceholders(Struct, frozen=True, kw_only=True):
    """The placeholders of a URL.

    Attributes:
        known: those that a poll fills.
        unknown: those that it sends unchanged.
        mixed_up: the first of them all whose pattern mixes up letters, with what is meant; None if none does.
    """

    known: tuple[Placeholder, ...]
    unknown: tuple[Placeholder, ...]
    mixed_up: tuple[Placeholder, str] | None

    @classmethod
    def read(cls, text: str) -> "PollPlaceholders":
        """Look at all placeholders in a URL, or in a part of it."""
        every = date_template.placeholders(text)
        meant = [(each, corrected(each.pattern)) for each in every]
        return cls(
            known=tuple([each for each in every if each.is_known]),
            unknown=tuple([each for each in every if not each.is_known]),
            mixed_up=next((pair for pair in meant if pair[1] != pair[0].pattern), None),
        )


class PollCondition(Struct, frozen=True):
    """A comparison with a placeholder's text.

    Attributes:
        comparison: as it is once placeholders are filled.
        of_last_poll: as it is for several instants of a last poll; empty if it compares with the poll's own start.
    """

    comparison: Comparison
    of_last_poll: tuple[tuple[Comparison, datetime], ...] = ()


class PollQuery(Struct, frozen=True, kw_only=True, dict=True):
    """The query of a URL.

    Attributes:
        bare: how ``${date}`` without a pattern is written.
        names: of its parameters, as often as they come.
        first: the first value of each parameter that has one.
    """

    text: str
    bare: DateForm
    names: tuple[str, ...]
    first: Mapping[str, str]

    @classmethod
    def read(cls, text: str, bare: DateForm) -> "PollQuery":
        """Read a query."""
        pairs = parse_qsl(text, keep_blank_values=True)
        return cls(
            text=text,
            bare=bare,
            names=tuple([name for name, _ in pairs]),
            first={name: value for name, value in reversed(pairs) if value},
        )

    def where(self, last_poll: datetime, now: datetime) -> str:
        """Return its ``where`` clause as a poll fills it; empty if there is none."""
        filled = date_template.expand(self.text, last_poll=last_poll, now=now, bare=self.bare)
        return parse_qs(filled).get("where", [""])[0]

    @cached_property
    def conditions(self) -> tuple[PollCondition, ...]:
        """The comparisons with a placeholder's text, in their order.

        Raises:
            QueryError: its ``where`` cannot be read.
        """
        if not self.first.get("where", "").strip():
            return ()
        start = SAMPLES[0]
        of_last = [self._comparisons(last, start) for last in SAMPLES]
        of_now = self._comparisons(start, SAMPLES[1])
        found = []
        for at, one in enumerate(of_last[0]):
            if of_last[1][at] != one:
                written = zip([comparisons[at] for comparisons in of_last], SAMPLES, strict=True)
                found.append(PollCondition(one, tuple(written)))
            elif of_now[at] != one:
                found.append(PollCondition(one))
        return tuple(found)

    def _comparisons(self, last_poll: datetime, now: datetime) -> list[Comparison]:
        clause = parse(self.where(last_poll, now))
        return [each for each in conditions_of(clause) if isinstance(each, Comparison)]


def parameter_of(url: str, name: str) -> str:
    """Return what a URL's query has under a name; empty if it has nothing."""
    return parse_qs(url.partition("?")[2]).get(name, [""])[0]
