"""What the sink's OpenAPI document says beside its routes."""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from callback_sink.expectation import ExpectationFailureJson
from callback_sink.search import NearMissJson
from elements_local.kit.api.openapi import Description, components_of


class ReportedEntry(TypedDict):
    """A change that a callback of the platform's reports."""

    date: str
    elementKey: str
    pollDate: str
    eventType: str
    hubKey: str
    objectId: NotRequired[str]
    objectType: str


class CallbackMessage(TypedDict):
    """What the platform says in a callback: of changes ``events`` and ``raw``, of a bulk job's end ``bulk``."""

    elementKey: str
    accountId: int
    eventId: NotRequired[str]
    companyId: int
    instanceId: int
    instance_id: Annotated[int, Meta(extra_json_schema={"x-go-name": "InstanceIDTwin"})]
    instanceName: str
    instanceTags: list[str]
    raw: NotRequired[dict[str, object]]
    userId: int
    events: NotRequired[list[ReportedEntry]]
    bulk: NotRequired[dict[str, object]]


class CallbackBody(TypedDict):
    """The body of a callback as the platform sends it."""

    severity: str
    createdDate: str
    topic: str
    action: str
    id: str
    message: CallbackMessage
    user: str


class SinkProblem(TypedDict):
    """Every error's body; of a wait in vain, or of what is not as expected, also what there was instead."""

    message: str
    count: NotRequired[int]
    expected: NotRequired[int]
    closest: NotRequired[list[NearMissJson]]
    verified: NotRequired[bool]
    failures: NotRequired[list[ExpectationFailureJson]]


_BIN = {
    "name": "bin",
    "in": "path",
    "required": True,
    "description": "The bin; what follows it in a path is recorded and means nothing.",
    "schema": {"type": "string", "minLength": 1},
}

_RECEIVING = {
    "/{bin}": {
        "parameters": [_BIN],
        "post": {
            "operationId": "bins.receive",
            "summary": "Record a callback, and answer what the bin is set to answer; every other method does the same.",
            "tags": ["bins"],
            "requestBody": {"content": {"*/*": {}}},
            "responses": {
                "200": {"description": "recorded", "content": {"application/json": {}}},
                "413": {"description": "the body is longer than the sink keeps"},
                "default": {"description": "what PUT /_local/responses said"},
            },
        },
        "get": {
            "operationId": "bins.drain",
            "summary": (
                "With ?returnQueue, empty the bin as the vendor's event collector is emptied: "
                '`{"count": n, "data": [{"data": "<raw body>"}]}`. Without it, the same as POST.'
            ),
            "tags": ["bins"],
            "parameters": [{"name": "returnQueue", "in": "query", "schema": {"type": "string"}}],
            "responses": {
                "200": {"description": "drained, or recorded", "content": {"application/json": {}}},
                "default": {"description": "what PUT /_local/responses said"},
            },
        },
    }
}

DESCRIPTION = Description(
    title="The callback sink of elements-local",
    version="1",
    text=(
        "Records every request below its bins, and says what came. A bin is the first segment of a path; "
        "a workspace's own bin has its name."
    ),
    problem=SinkProblem,
    security={
        "type": "apiKey",
        "in": "header",
        "name": "Elements-Local-Token",
        "description": "The token that `up` prints; needed where the sink is not bound to loopback.",
    },
    problems=(401, 403),
    paths=_RECEIVING,
    components={"schemas": components_of(CallbackBody)},
)
