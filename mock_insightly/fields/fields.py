"""Fields: what a client may send for one, what is kept of it, and what it holds when nothing was sent.

Dates are UTC, in whole seconds, ``yyyy-MM-dd HH:mm:ss``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

from msgspec import Struct, field

from elements_local.kit.api.json_text import Json
from elements_local.kit.caching import bounded_cache
from mock_insightly.account.account import CrmAccount
from mock_insightly.errors import FieldError

_DATE = re.compile(
    r"""(?P<day> \d{4}-\d\d-\d\d )
        (?: (?:[T\ ]|\+(?=\d\d:\d\d:\d\d))    # a plus is a blank that was encoded twice
            (?P<time> \d\d:\d\d (?: :\d\d (?: [.,]\d+ )? )? )
            (?P<zone> Z | [+\-\ ]\d\d:?\d\d )?   # here a blank is a plus that was not encoded
        )? \Z""",
    re.VERBOSE,
)


class DateFormatError(ValueError):
    """A text is no date."""


def whole_second(instant: datetime) -> datetime:
    """Cut an instant to the second, as every stamp is.

    Source: no date of any recorded exchange has a fraction (observed).
    """
    return instant.replace(microsecond=0)


@bounded_cache(1024)  # virtual time stands still for many records
def format_date(instant: datetime) -> str:
    """Write an instant as the CRM does.

    Source: all recorded JSON of v2.1 and v3.1 (observed).

    >>> format_date(datetime(2014, 10, 4, 18, 24, 32, tzinfo=UTC))
    '2014-10-04 18:24:32'
    """
    return instant.astimezone(UTC).isoformat(" ", "seconds").removesuffix("+00:00")


@bounded_cache(1024)  # a poller asks for the same of each list
def parse_date(text: str) -> datetime:
    """Read a date in any of the accepted spellings, cut to the second; without a zone it is UTC.

    Raises:
        DateFormatError: it is none of them.

    Source: ISO 8601 with ``Z`` (Insightly v3.1 help page, documented); with a space (what Airbyte and Cloud
        Elements send, observed); with ``T`` but no zone, and a date alone (the vendor's test suite, observed);
        fractions and other zones are assumed.

    >>> parse_date("2018-04-09T16:58:14.5+02:00").isoformat()
    '2018-04-09T14:58:14+00:00'
    >>> parse_date("2015-11-01").isoformat()
    '2015-11-01T00:00:00+00:00'
    """
    found = _DATE.match(text.strip().upper())
    if found is None:
        raise DateFormatError(text)
    zone = (found["zone"] or "Z").replace(" ", "+")
    try:
        written = datetime.fromisoformat(f"{found['day']}T{found['time'] or '00:00'}{zone}")
        return written.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError) as error:
        raise DateFormatError(text) from error


Record: TypeAlias = dict[str, Json]
"""A record, or a row of one of its collections, by canonical field name."""

Sent: TypeAlias = Mapping[str, Json]
"""What a client sent, by upper-case key."""

LARGEST_WHOLE = 2**63 - 1
_WHOLE = re.compile(r"[+-]?\d{1,19}\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?\Z", re.ASCII)


class FieldType(Protocol):
    """What fits a field."""

    def read(self, value: Json, called: str) -> Json:
        """Turn a sent value, never null, into what is kept.

        Args:
            called: the field as the client knows it, for the message.

        Raises:
            FieldError: it does not fit.
        """


class Text(Struct, frozen=True, kw_only=True):
    """Any text up to a length in characters; None where the vendor states no limit."""

    longest: int | None = None

    def read(self, value: Json, called: str) -> Json:
        """Keep a text as it came, line ends and all.

        Source: the lengths are those of the v3.1 OpenAPI document (documented); texts come back unchanged in the
            vendor's test suite (documented); the refusals are assumed.
        """
        if not isinstance(value, str):
            raise FieldError(called, self._expected, value)
        if self.longest is not None and len(value) > self.longest:
            raise FieldError(called, f"{self._expected}, and this one has {len(value)}", value)
        return value

    @property
    def _expected(self) -> str:
        return "a text" if self.longest is None else f"a text of at most {self.longest} characters"


class Integer(Struct, frozen=True, kw_only=True):
    """A whole number, such as an id."""

    lowest: int = -LARGEST_WHOLE

    def read(self, value: Json, called: str) -> Json:
        """Keep the number; a text of digits will do.

        Source: the Ampersand connector writes ids as texts to v3.1 and is understood (observed).
        """
        digits = value.strip() if isinstance(value, str) else ""  # which takes off more than int does
        number = int(digits) if _WHOLE.match(digits) else value
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if (
            isinstance(number, bool)
            or not isinstance(number, int)
            or not self.lowest <= number <= LARGEST_WHOLE
        ):
            raise FieldError(
                called, "a whole number" if self.lowest < 0 else "a positive whole number", value
            )
        return number


class Decimal(Struct, frozen=True, kw_only=True):
    """Any number, such as an amount of money."""

    def read(self, value: Json, called: str) -> Json:
        """Keep the number; a text of digits will do."""
        if isinstance(value, bool):
            raise FieldError(called, "a number", value)
        if isinstance(value, int | float):
            return value
        digits = value.strip() if isinstance(value, str) else ""
        if _DECIMAL.match(digits):
            return float(digits) if "." in digits else int(digits)
        raise FieldError(called, "a number", value)


class Boolean(Struct, frozen=True, kw_only=True):
    """Yes or no."""

    def read(self, value: Json, called: str) -> Json:
        """Keep the truth value; the words will do."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
        raise FieldError(called, "true or false", value)


class Date(Struct, frozen=True, kw_only=True):
    """An instant in whole seconds, kept as the CRM writes it."""

    def read(self, value: Json, called: str) -> Json:
        """Keep the instant; an empty text means none.

        Source: the vendor's test suite posts ISO, everybody else the form with a space (observed).
        """
        if value == "":
            return None
        try:
            return format_date(parse_date(value if isinstance(value, str) else "?"))
        except DateFormatError as error:
            raise FieldError(called, "a date such as 2026-03-02 10:00:00", value) from error


class Choice(Struct, frozen=True, kw_only=True):
    """One of a few words; case does not count.

    Source: the words are those of the v2.2 OpenAPI document (documented); that case does not count is inferred
        from the vendor's test suite, which writes them both ways (assumed).
    """

    options: tuple[str, ...]

    def read(self, value: Json, called: str) -> Json:
        """Keep the word as the vendor spells it."""
        for option in self.options:
            if isinstance(value, str) and value.strip().lower() == option.lower():
                return option
        raise FieldError(called, f"one of {', '.join(self.options)}", value)


AS_TEXT = (Text, Date, Choice)
"""Types whose values stand as they are in a CSV's cells; those of others stand there as JSON."""


class AnyScalar(Struct, frozen=True, kw_only=True):
    """A text, a number or a truth value, as a custom field holds it."""

    def read(self, value: Json, called: str) -> Json:
        """Keep any single value."""
        if isinstance(value, list | dict):
            raise FieldError(called, "a text, a number, true, false or null", value)
        return value


class Rows(Struct, frozen=True, kw_only=True):
    """A collection of small records.

    Attributes:
        id_field: numbered by the server; None where rows have no number.
        required: what a row must have a value for.
        blank: what a field holds when nothing was sent for it, where that is not null.
        owner_fields: what a row knows of the record it stands in: its entity, its id; None for what it does not.
        column: the row's field that names the columns of the record which hold its values; None if rows hold them all.
    """

    fields: "tuple[Field, ...]"
    id_field: str | None = None
    required: tuple[str, ...] = ()
    blank: Mapping[str, Json] = field(default_factory=dict)
    owner_fields: tuple[str | None, str | None] = (None, None)
    column: str | None = None

    def read(self, value: Json, called: str) -> Json:
        """Keep the rows; a key that no field has is dropped."""
        return [*self.rows(value, called)]

    def rows(self, value: Json, called: str) -> "Iterator[Record]":
        """Yield the rows as they are kept, one by one."""
        return (self._row(sent, place) for sent, place in sent_rows(value, called))

    def _row(self, sent: Sent, called: str) -> Record:
        for key in self.required:
            if is_blank(sent.get(key)):
                raise FieldError(called, f"an object with a value for {key}", dict(sent))
        row = {one.name: one.take(sent.get(one.name), f"{called}.{one.name}") for one in self.fields}
        return {name: self.blank.get(name) if value is None else value for name, value in row.items()}


def nothing(_account: CrmAccount) -> Json:
    """Return what most fields hold when nothing was sent."""
    return None


class Field(Struct, frozen=True, kw_only=True):
    """One field of a record or of a row.

    Attributes:
        initial: what it holds when nothing was sent, and again when null is.
        assigned: only the server writes it; what a client sends is ignored, not refused.
    """

    name: str
    type: FieldType = Text()
    initial: Callable[[CrmAccount], Json] = nothing
    assigned: bool = False

    def take(self, value: Json, called: str) -> Json:
        """Read a sent value; null stays null.

        Raises:
            FieldError: it does not fit.
        """
        return None if value is None else self.type.read(value, called)


def read_id(value: Json, called: str) -> int:
    """Read a record's id.

    Raises:
        FieldError: it is none.
    """
    number = Integer(lowest=1).read(value, called)
    assert isinstance(number, int)  # noqa: S101 - which is what it reads
    return number


def upper_keys(value: Json, called: str) -> Sent:
    """Return an object with its keys in upper case.

    Raises:
        FieldError: it is no object.

    Source: ``first_name`` was accepted for ``FIRST_NAME`` on v2.1 (observed); taken for later versions too (assumed).
    """
    if not isinstance(value, dict):
        raise FieldError(called, "an object", value)
    return {key.upper(): inner for key, inner in value.items()}


def sent_rows(value: Json, called: str) -> Iterator[tuple[Sent, str]]:
    """Yield each object of a sent array, and what to call it; null is an empty array.

    Raises:
        FieldError: it is no array, or holds something else than objects.
    """
    if value is not None and not isinstance(value, list):
        raise FieldError(called, "an array of objects", value)
    for at, row in enumerate(value or ()):
        yield upper_keys(row, f"{called}[{at}]"), f"{called}[{at}]"


def is_blank(value: Json) -> bool:
    """Say whether a value is as good as none: null, or a text of blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def rows_of(record: Record, name: str) -> list[Record]:
    """Return the rows of a collection; none if it is null."""
    rows = record.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
