"""The operations of a version's resources: the lists, the searches, the records."""

from dataclasses import replace

from mock_insightly.document import operations as ops
from mock_insightly.document.field_schemas import Said
from mock_insightly.document.operations import CrmOperation, Operations, RequestBody, ResponseBody
from mock_insightly.document.record_schemas import RecordSchemas, id_schema
from mock_insightly.kinds import FILE_ATTACHMENTS, FOLLOWS, USERS
from mock_insightly.versions.shape import INCLUDE_CONVERTED, Shape
from mock_insightly.versions.version import Version


class RecordPaths:
    """The operations of one resource.

    Attributes:
        one: the path of one of its records.
    """

    def __init__(
        self, version: Version, shape: Shape, operations: Operations, schemas: RecordSchemas
    ) -> None:
        self.version = version
        self.shape = shape
        self.operations = operations
        self.schemas = schemas
        self.name = shape.kind.name
        self.variable = ops.record_variable(shape.kind.id_field.lower())
        self.one = f"/{self.name}/{{{self.variable['name']}}}"

    def add(self) -> None:
        """Add whatever the resource takes."""
        on_all, on_one = self.shape.on_all, self.shape.on_one
        if "GET" in on_all:
            self._add_lists()
        if "POST" in on_all:
            self._on_all("POST", self._create())
        if "PUT" in on_all:
            self._add_updates()
        if "DELETE" in on_all:
            self._on_all("DELETE", self._delete_by_query())
        if "GET" in on_one:
            self._on_one("GET", self._show())
        if "DELETE" in on_one:
            one = f"Delete one of the {self.name}."
            self._on_one("DELETE", CrmOperation("delete", one, ops.DELETED, problems=(404, *self._in_use)))
        if self.shape.kind is USERS:
            me = CrmOperation("me", "Show the caller.", ResponseBody(self._record))
            self.operations.add("GET", f"/{self.name}/Me", me)

    def written(self, status: int, *, new: bool = False) -> ResponseBody:
        """Return the answer to a write."""
        links = self._links() if new else {}
        return ResponseBody(self._record, status=status, headers=("Location",), links=links)

    @property
    def if_match(self) -> tuple[Said, ...]:
        """The header that a write may carry."""
        return (ops.IF_MATCH,) if self.version.tagged else ()

    def _add_lists(self) -> None:
        shown = (*ops.PAGING, ops.BRIEF, *self._hidden())
        follows = self.shape.kind is FOLLOWS
        index = CrmOperation("index", f"List {self.name}.", self._page(), parameters=shown)
        of = ops.asked("record_type", "the resource whose follows are asked for; blank means all")
        self._on_all("GET", replace(index, parameters=(of, *shown), problems=(400,)) if follows else index)
        if self.shape.searched:
            filters = [
                ops.asked(name, "what it must equal") for name in self.version.filters(self.shape.kind)
            ]
            self._search("Search", "search", (*filters, ops.UPDATED_AFTER, *shown))
        if self.shape.tagged:
            tag = ops.asked("tagName", "the tag", {"type": "string", "pattern": r"\S"}, required=True)
            self._search("SearchByTag", "search_by_tag", (tag, *ops.PAGING, ops.BRIEF))

    def _search(self, called: str, verb: str, parameters: tuple[Said, ...]) -> None:
        summary = f"List the {self.name} that a search finds."
        operation = CrmOperation(verb, summary, self._page(), parameters=parameters, problems=(400,))
        self.operations.add("GET", f"/{self.name}/{called}", operation)

    def _create(self) -> CrmOperation:
        body = RequestBody(self.schemas.to_create(self.shape))
        says, gives = f"Create one of the {self.name}.", self.written(201, new=True)
        return CrmOperation("create", says, gives, takes=body, problems=(402,))

    def _add_updates(self) -> None:
        body = self.schemas.to_update(self.shape, whole=self.version.replaces)
        with_id = ops.with_key(body, self.shape.kind.id_field, id_schema())
        self._on_all("PUT", self._update("update", "whose id the body says", with_id))
        if self.version.puts_by_id:
            self._on_one("PUT", self._update("update_one", "whose id the path says", body))

    def _update(self, verb: str, which: str, schema: Said) -> CrmOperation:
        brief = ops.flag("brief", "whether what is not given, and every collection, stays")
        whole = self.version.replaces
        return CrmOperation(
            verb,
            f"Change the one of the {self.name} {which}.",
            self.written(self.version.put_status),
            text="What the body does not mention is cleared."
            if whole
            else "What the body does not mention stays.",
            parameters=(
                *self.if_match,
                *((brief,) if self.version.briefs or self.shape.minds_members else ()),
            ),
            takes=RequestBody(schema),
            problems=(404, *self._in_use),
        )

    def _delete_by_query(self) -> CrmOperation:
        query, refused = (
            ops.asked("id", "the record's id", id_schema(), required=True),
            (400, 404, *self._in_use),
        )
        says = f"Delete one of the {self.name}."
        return CrmOperation("delete_by_query", says, ops.DELETED, parameters=(query,), problems=refused)

    def _show(self) -> CrmOperation:
        is_file = self.shape.kind is FILE_ATTACHMENTS
        said = ops.asked("format", "JSON for what is known of the file, instead of the file")
        return CrmOperation(
            "show",
            f"Show one of the {self.name}.",
            ResponseBody(self._record, file=is_file),
            parameters=(said,) if is_file else (),
            problems=(404,),
        )

    def _on_all(self, method: str, operation: CrmOperation) -> None:
        self.operations.add(method, f"/{self.name}", operation)

    def _on_one(self, method: str, operation: CrmOperation) -> None:
        self.operations.add(method, self.one, operation, self.variable)

    @property
    def _record(self) -> Said:
        return self.schemas.record(self.shape)

    @property
    def _in_use(self) -> tuple[int, ...]:
        """The status for what others use, or what is retired."""
        return (409,) if self.shape.kind.used_by or self.shape.kind.retires else ()

    def _page(self) -> ResponseBody:
        links = {"show": self._link("show", "0/")} if "GET" in self.shape.on_one else {}
        rows: Said = {"type": "array", "items": self._record}
        return ResponseBody(rows, headers=ops.COUNTED, links=links)

    def _links(self) -> dict[str, Said]:
        """Return where a new record can be put next."""
        found = {
            "show": "GET" in self.shape.on_one,
            "update_one": "PUT" in self.shape.on_all and self.version.puts_by_id,
            "delete": "DELETE" in self.shape.on_one,
        }
        return {verb: self._link(verb) for verb, there in found.items() if there}

    def _link(self, verb: str, place: str = "") -> Said:
        there = f"$response.body#/{place}{self.shape.kind.id_field}"
        return self.operations.link(f"{self.name}.{verb}", {str(self.variable["name"]): there})

    def _hidden(self) -> tuple[Said, ...]:
        """Return what shows the records that lists leave out."""
        if self.shape.hides is None:
            return ()
        return (ops.flag(INCLUDE_CONVERTED, "whether those of conversions are among them"),)
