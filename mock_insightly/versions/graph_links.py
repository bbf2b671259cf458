"""The links of v2.2: one key for each kind linked to, and the employer as a link among others.

v3.1 keeps a record's organisation in ORGANISATION_ID and all other links in LINKS. v2.2 shows both in LINKS, but for
links between two contacts or two organisations, which have a collection of their own. What v2.2 cannot show (links
to leads and custom objects, a link's relationship) a v2.2 update leaves as it is.

Source: shapes of LINKS (recorded v2.1 exchanges, observed), of CONTACTLINKS and ORGANISATIONLINKS (Insightly v2.2
    OpenAPI document, documented); job titles stand in LINKS[].ROLE (same document); where
    DEFAULT_LINKED_ORGANISATION is empty or not among the links, the first organisation linked becomes it (later v2.2
    OpenAPI document, documented). That one newly linked by a path of its own becomes it where there was none, and the
    number of a link that no row is kept for, is assumed.
"""

from collections.abc import Iterator

from msgspec import Struct

from elements_local.kit.api.json_text import Json
from mock_insightly.errors import FieldError
from mock_insightly.fields.fields import Field, Integer, Record, Rows, Sent, Text, rows_of
from mock_insightly.fields.row_types import BLANK_LINK
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.record import synthetic_id
from mock_insightly.versions.shape import Key

_ENTITIES = ("Contact", "Opportunity", "Organisation", "Project")
_SECOND = ("Project", "Opportunity")
_EMPLOYER_PREFIX = 30
_ROLE = Field(name="ROLE", type=Text(longest=255))
_EMPLOYER = Field(name="ORGANISATION_ID", type=Integer(lowest=1))
_NUMBER = Field(name="LINK_ID", type=Integer())
_ID = Integer(lowest=1)
_LINKS = Rows(
    id_field="LINK_ID",
    fields=(
        _NUMBER,
        *(Field(name=f"{entity.upper()}_ID", type=_ID) for entity in _ENTITIES),
        *(Field(name=f"SECOND_{entity.upper()}_ID", type=_ID) for entity in _SECOND),
        _ROLE,
        Field(name="DETAILS", type=_ROLE.type),
    ),
)


class PeerLinks(Struct, frozen=True, kw_only=True):
    """The collection of links between two records of the same kind.

    Attributes:
        first, second: the keys of the record a link goes from and of the one it goes to.
    """

    name: str
    id_field: str
    first: str
    second: str

    @property
    def rows(self) -> Rows:
        """What it holds."""
        return Rows(
            id_field=self.id_field,
            fields=(
                Field(name=self.id_field, type=Integer()),
                *(Field(name=end, type=_ID) for end in (self.first, self.second)),
                Field(name="RELATIONSHIP_ID", type=Integer()),
                Field(name="DETAILS", type=_ROLE.type),
            ),
        )


class LinkGraph(Struct, frozen=True, kw_only=True):
    """The links of one kind of record.

    Attributes:
        peers: None where links to the same kind stand in LINKS, under a ``SECOND_`` key.
        employer: the key that holds the organisation too; None if only LINKS does.
        title: the field that a link to the organisation shows as its ROLE.
    """

    kind: RecordKind
    peers: PeerLinks | None = None
    employs: bool = True
    employer: str | None = None
    title: str | None = None

    def keys(self) -> tuple[Key, ...]:
        """Return the keys: LINKS, which reads all of them, and that of the peers, if there is one."""
        links = Key(name="LINKS", holds=_LINKS, show=self._show_links, take=self.take, collection=True)
        if self.peers is None:
            return (links,)
        peers = Key(
            name=self.peers.name,
            holds=self.peers.rows,
            show=self._show_peers,
            take=self._refuse_other_kinds,
            collection=True,
        )
        return links, peers

    def take(self, sent: Sent, before: Record) -> Record:
        """Read all links of a body into LINKS, ORGANISATION_ID and the title."""
        old = {link["LINK_ID"]: link for link in rows_of(before, "LINKS")}
        links = [*self._sent_links(sent)]
        given: Record = {}
        if self.employs:
            given, links = self._find_employment(sent, before, links, old)
        unseen = [link for link in old.values() if not self._can_show(link)]
        seen = [
            {**BLANK_LINK, **old.get(link["LINK_ID"], {}), **link}
            for link in (*links, *self._sent_peers(sent, before.get(self.kind.id_field)))
        ]
        return {**given, "LINKS": [*unseen, *seen]}

    def _refuse_other_kinds(self, sent: Sent, before: Record) -> Record:
        for _ in self._sent_peers(sent, before.get(self.kind.id_field)):
            pass
        return {}

    def _find_employment(
        self, sent: Sent, before: Record, links: list[Record], old: dict[Json, Record]
    ) -> tuple[Record, list[Record]]:
        """Find the link to the record's organisation, and take it out of the links if the record's fields say it all."""
        own = {number for number, link in old.items() if self._is_employment(before, link)}
        own |= {synthetic_id(_EMPLOYER_PREFIX, before[self.kind.id_field])} if before else set()
        to_organisations = [link for link in links if link["LINK_OBJECT_NAME"] == "Organisation"]
        default: Json = None
        if self.employer and self.employer in sent:
            default = _EMPLOYER.take(sent[self.employer], self.employer)
            named = [link for link in to_organisations if link["LINK_OBJECT_ID"] == default]
            found = (named or to_organisations)[:1]
        else:
            marked = [link for link in to_organisations if link["LINK_ID"] in own]
            found = (marked or [link for link in to_organisations if link["LINK_ID"] not in old])[:1]
        given: Record = {"ORGANISATION_ID": found[0]["LINK_OBJECT_ID"] if found else default}
        if found and self.title:
            given[self.title] = found[0]["ROLE"]
        after: Record = {**before, **given}
        alike = [link for link in to_organisations if found and self._is_employment(after, link)]
        said = [
            link
            for link in found
            if link["LINK_ID"] not in old and self._adds_nothing(link) and len(alike) == 1
        ]
        return given, [link for link in links if not any(link is one for one in said)]

    def _adds_nothing(self, link: Record) -> bool:
        """Say whether a link holds nothing but the organisation and, where there is a field for it, the title."""
        return link["DETAILS"] is None and (self.title is not None or link["ROLE"] is None)

    def _is_employment(self, record: Record, link: Record) -> bool:
        """Say whether a link is kept that says what the record's fields do, and perhaps more."""
        return (
            link["LINK_OBJECT_NAME"] == "Organisation"
            and link["LINK_OBJECT_ID"] == record["ORGANISATION_ID"]
            and (self.title is None or link["ROLE"] == record[self.title])
        )

    def _show_links(self, record: Record) -> Json:
        shown: list[Json] = []
        links = rows_of(record, "LINKS")
        employed = self.employs and record["ORGANISATION_ID"] is not None
        if employed and not any(self._is_employment(record, link) for link in links):
            shown.append(self._employer_link(record))
        return shown + [
            self._link(record, link) for link in links if self._can_show(link) and not self._is_peer(link)
        ]

    def _employer_link(self, record: Record) -> Record:
        return self._link(
            record,
            {
                "LINK_ID": synthetic_id(_EMPLOYER_PREFIX, record[self.kind.id_field]),
                "LINK_OBJECT_NAME": "Organisation",
                "LINK_OBJECT_ID": record["ORGANISATION_ID"],
                "ROLE": record[self.title] if self.title else None,
                "DETAILS": None,
            },
        )

    def _link(self, record: Record, link: Record) -> Record:
        return {
            "LINK_ID": link["LINK_ID"],
            **{f"{entity.upper()}_ID": None for entity in _ENTITIES},
            **{f"SECOND_{entity.upper()}_ID": None for entity in _SECOND},
            self.kind.id_field: record[self.kind.id_field],
            self._column(str(link["LINK_OBJECT_NAME"])): link["LINK_OBJECT_ID"],
            "ROLE": link["ROLE"],
            "DETAILS": link["DETAILS"],
        }

    def _sent_links(self, sent: Sent) -> Iterator[Record]:
        """Yield the links that LINKS of a body holds; one entry may fill in several ids."""
        for at, row in enumerate(_LINKS.rows(sent["LINKS"], "LINKS")):
            filled = [name for name in _ENTITIES if row.get(self._column(name)) is not None]
            if self.peers:
                filled = [name for name in filled if name != self.kind.entity]
            seconds = {f"SECOND_{name.upper()}_ID" for name in _SECOND} - {self._column(self.kind.entity)}
            if not filled or any(row[name] is not None for name in seconds):
                columns = ", ".join(self._column(name) for name in _ENTITIES if name != self.kind.entity)
                raise FieldError(f"LINKS[{at}]", f"an object with one of {columns}", row)
            for name in filled:
                yield {
                    "LINK_ID": row["LINK_ID"],
                    "LINK_OBJECT_NAME": name,
                    "LINK_OBJECT_ID": row[self._column(name)],
                    "ROLE": row["ROLE"],
                    "DETAILS": row["DETAILS"],
                }

    def _sent_peers(self, sent: Sent, own: Json) -> Iterator[Record]:
        """Yield the links to records of the same kind.

        Args:
            own: the record's id; None if it is new.
        """
        if self.peers is None:
            return
        for at, row in enumerate(self.peers.rows.rows(sent.get(self.peers.name), self.peers.name)):
            first = row[self.peers.first]
            forward = first is None or str(first) == str(own)
            other = self.peers.second if forward else self.peers.first
            yield {
                "LINK_ID": row[self.peers.id_field],
                "LINK_OBJECT_NAME": self.kind.entity,
                "LINK_OBJECT_ID": _ID.read(row[other], f"{self.peers.name}[{at}].{other}"),
                "DETAILS": row["DETAILS"],
                "RELATIONSHIP_ID": row["RELATIONSHIP_ID"],
                "IS_FORWARD": forward,
            }

    def _show_peers(self, record: Record) -> Json:
        return [self._peer(record, link) for link in rows_of(record, "LINKS") if self._is_peer(link)]

    def _peer(self, record: Record, link: Record) -> Record:
        if self.peers is None:
            return {}
        ends = [record[self.kind.id_field], link["LINK_OBJECT_ID"]]
        first, second = ends if link["IS_FORWARD"] else reversed(ends)
        return {
            self.peers.id_field: link["LINK_ID"],
            self.peers.first: first,
            self.peers.second: second,
            "RELATIONSHIP_ID": link["RELATIONSHIP_ID"],
            "DETAILS": link["DETAILS"],
        }

    def _column(self, entity: str) -> str:
        column = f"{entity.upper()}_ID"
        return f"SECOND_{column}" if entity == self.kind.entity and self.peers is None else column

    def _is_peer(self, link: Record) -> bool:
        return self.peers is not None and link["LINK_OBJECT_NAME"] == self.kind.entity

    def _can_show(self, link: Record) -> bool:
        return link["LINK_OBJECT_NAME"] in _ENTITIES


CONTACT_PEERS = PeerLinks(
    name="CONTACTLINKS", id_field="CONTACT_LINK_ID", first="FIRST_CONTACT_ID", second="SECOND_CONTACT_ID"
)
ORGANISATION_PEERS = PeerLinks(
    name="ORGANISATIONLINKS",
    id_field="ORG_LINK_ID",
    first="FIRST_ORGANISATION_ID",
    second="SECOND_ORGANISATION_ID",
)
