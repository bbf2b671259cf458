"""Contact infos and addresses of v2: rows of their own, some of which are what v3 shows in columns.

Each row that v2 writes is kept as it came. The first that fits a column, or the five of an address, has its values
there, so that v3 shows and changes them; any further one stays a row that only v2 shows. What v3 put into columns that
no row is kept for, v2 shows as a row with a number made of a prefix and the record's id.

Source: rows with equal types and labels live side by side, labels keep their case, a PUT keeps the numbers (recorded
    v2.1 exchanges, observed); prefixes 10 and 20 of addresses, 40 and 60 of contact infos, domains without label (v2.2
    organisations of 2017, observed second-hand); that a label is optional and a domain has none, and that only
    organisations have one (later v2.2 OpenAPI document, documented; its refusal is assumed). Which row a column takes,
    the other prefixes, and that v2.2 keeps what there is no column for, is assumed.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from elements_local.kit.api.json_text import Json
from mock_insightly.errors import FieldError
from mock_insightly.fields.fields import Record, Rows, Sent, is_blank, rows_of
from mock_insightly.fields.row_types import ADDRESS_PARTS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.record import synthetic_id
from mock_insightly.versions.shape import Key

_DOMAINS = "EMAILDOMAINS"


class ColumnPlace(Struct, frozen=True, kw_only=True):
    """Columns that hold the values of one row.

    Attributes:
        columns: by the row's field.
        says: what the row says besides, where it was never written as one.
        words: what the columns are made for, in upper case.
        by: the row's fields that may say it; the first that is not blank does, and none means WORK.
        within: what a row must say to fit at all.
        takes_others: whether a row that says something else fits as well.
    """

    name: str
    columns: Mapping[str, str]
    prefix: int
    says: Record
    words: tuple[str, ...]
    by: tuple[str, ...]
    within: Record = field(default_factory=dict)
    takes_others: bool = True

    def values(self, record: Record) -> Record:
        """Return what stands in the columns, by the row's fields."""
        return {name: record[column] for name, column in self.columns.items()}

    def row(self, record_id: Json, id_field: str) -> Record:
        """Return the row, but for its values, that the columns of a record show as where no row was written."""
        return {id_field: synthetic_id(self.prefix, record_id), **self.says, "COLUMN": self.name}

    def fits(self, row: Record, *, others: bool) -> bool:
        """Say whether a row may stand in the columns; with ``others``, also one that they are not made for."""
        if any(row[name] != value for name, value in self.within.items()):
            return False
        said = next((row[name] for name in self.by if not is_blank(row[name])), "WORK")
        return str(said).upper() in self.words or (others and self.takes_others)


def info(
    column: str, type_: str, label: str, prefix: int, *words: str, takes_others: bool = False
) -> ColumnPlace:
    """Return the column of a contact info.

    Args:
        words: further labels that it is made for.
    """
    return ColumnPlace(
        name=column,
        columns={"DETAIL": column},
        prefix=prefix,
        says={"TYPE": type_, "SUBTYPE": label if type_ == "SOCIAL" else None, "LABEL": label},
        words=(label.upper(), *words),
        by=("LABEL", "SUBTYPE"),
        within={"TYPE": type_},
        takes_others=takes_others,
    )


def address(columns: str, prefix: int, *types: str) -> ColumnPlace:
    """Return the five columns of an address, which are shown as one of the first of these types."""
    return ColumnPlace(
        name=columns,
        columns={part: f"{columns}_{part}" for part in ADDRESS_PARTS},
        prefix=prefix,
        says={"ADDRESS_TYPE": types[0]},
        words=types,
        by=("ADDRESS_TYPE",),
    )


NETWORKS = (
    info("SOCIAL_LINKEDIN", "SOCIAL", "LinkedInPublicProfileUrl", 70, "LINKEDIN"),
    info("SOCIAL_FACEBOOK", "SOCIAL", "FacebookPublicProfileUrl", 71, "FACEBOOK"),
    info("SOCIAL_TWITTER", "SOCIAL", "TwitterPublicProfileUrl", 72, "TWITTER"),
)
"""Source: the first label, which is the subtype too, stands in recorded v2.1 exchanges (observed); the rest is assumed."""


class ColumnRows(Struct, frozen=True, kw_only=True):
    """A collection of such rows.

    Attributes:
        places: in the order in which they are shown.
        flat: the names of those that have a key of their own; they show as rows only if written as rows.
        domains: whether the record's e-mail domains are among the rows.
        null: whether an empty collection is shown as null.
    """

    kind: RecordKind
    name: str
    rows: Rows
    places: tuple[ColumnPlace, ...]
    flat: frozenset[str] = frozenset()
    domains: bool = False
    null: bool = False

    def key(self) -> Key:
        """Return the collection's key."""
        return Key(name=self.name, holds=self.rows, show=self.show, take=self.take, collection=True)

    def show(self, record: Record) -> Json:
        """Return the rows as the wire has them."""
        names = [one.name for one in self.rows.fields]
        shown: list[Json] = [{name: row[name] for name in names} for row in self._rows(record)]
        return shown or (None if self.null else [])

    def take(self, sent: Sent, before: Record) -> Record:
        """Read rows: all are kept, and the columns that some of them stand in follow."""
        was = {row[self._number]: row for row in (self._rows(before) if before else ())}
        emptied = {row["COLUMN"] for row in was.values()} | {name for name in self.flat if name in sent}
        given: Record = {
            column: None
            for place in self.places
            if place.name in emptied
            for column in place.columns.values()
        }
        rows, domains = self._sent_rows(sent[self.name], was)
        for row in rows:
            if row.get("TYPE") == "SOCIAL":
                row["SUBTYPE"] = row["SUBTYPE"] or row["LABEL"]
        implied: list[Record] = []  # by their columns, as they are
        for place, row in self._placed(rows, sent):
            given |= {column: row[name] for name, column in place.columns.items()}
            row |= {"COLUMN": place.name, **dict.fromkeys(place.columns)}
            if before and place.row(before[self.kind.id_field], self._number).items() <= row.items():
                implied.append(row)
        if self.domains:
            given[_DOMAINS] = [*domains]
        kept: list[Json] = [row for row in rows if row not in implied]
        return {**given, self.name: kept or None}

    @property
    def _number(self) -> str:
        return self.rows.id_field or ""

    def _rows(self, record: Record) -> Iterator[Record]:
        """Yield all rows, with the place that each has."""
        free = {place.name: place for place in self.places}
        for row in rows_of(record, self.name):
            place = free.pop(str(row["COLUMN"]), None)
            values = place.values(record) if place else row
            if place is None or any(values.values()):
                yield {**row, **values}
        for place in free.values():
            values = place.values(record)
            if any(values.values()) and place.name not in self.flat:
                yield {**place.row(record[self.kind.id_field], self._number), **values}
        for row in rows_of(record, _DOMAINS) if self.domains else ():
            said: Record = {
                "TYPE": "EMAILDOMAIN",
                "SUBTYPE": None,
                "LABEL": None,
                "DETAIL": row["EMAIL_DOMAIN"],
            }
            yield {self._number: row["EMAIL_DOMAIN_ID"], **said, "COLUMN": None}

    def _sent_rows(self, value: Json, was: dict[Json, Record]) -> tuple[list[Record], list[Record]]:
        """Return the rows of a body, each with its former place, and the domains among them."""
        rows: list[Record] = []
        domains: list[Record] = []
        for at, row in enumerate(self.rows.rows(value, self.name)):
            if row.get("TYPE") == "EMAILDOMAIN":
                if not self.domains:
                    expected = "EMAIL, PHONE, WEBSITE or SOCIAL; only an organisation has an EMAILDOMAIN"
                    raise FieldError(f"{self.name}[{at}].TYPE", expected, row["TYPE"])
                domains.append(_domain(row, f"{self.name}[{at}]"))
                continue
            old = was.pop(row[self._number], None)
            known: Record = {self._number: row[self._number] if old else None}
            rows.append({**row, **known, "COLUMN": old["COLUMN"] if old else None})
        return rows, domains

    def _placed(self, rows: list[Record], sent: Sent) -> list[tuple[ColumnPlace, Record]]:
        """Return the rows that columns hold: first those whose word they are made for, and of these who stood there."""
        free = {place.name: place for place in self.places}
        left = sorted(rows, key=lambda row: row["COLUMN"] is None)
        placed: list[tuple[ColumnPlace, Record]] = []
        for others in (False, True):
            waiting, left = left, []
            for row in waiting:
                fitting = [
                    one
                    for one in free.values()
                    if one.fits(row, others=others) and self._takes(one, row, sent)
                ]
                place = next((one for one in fitting if one.name == row["COLUMN"]), next(iter(fitting), None))
                if place is None:
                    left.append(row)
                else:
                    placed.append((free.pop(place.name), row))
        for row in left:
            row["COLUMN"] = None
        return placed

    def _takes(self, place: ColumnPlace, row: Record, sent: Sent) -> bool:
        """Say whether a row has something for columns, and their own key, if they have one, says nothing else."""
        values = [row[name] for name in place.columns]
        return any(values) and (place.name not in self.flat or sent.get(place.name) in (None, *values))


def _domain(row: Record, called: str) -> Record:
    if not (is_blank(row["LABEL"]) and is_blank(row["SUBTYPE"])):
        raise FieldError(called, "an EMAILDOMAIN without LABEL and SUBTYPE", row)
    return {"EMAIL_DOMAIN_ID": row["CONTACT_INFO_ID"], "EMAIL_DOMAIN": row["DETAIL"]}
