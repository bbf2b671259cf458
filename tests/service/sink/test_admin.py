"""Who may drain a bin; and that each route is described."""

from elements_local.kit.api.json_text import decode
from elements_local.kit.web.guard import TOKEN_HEADER, Guard


def test_with_a_token_only_who_has_it_drains_a_bin(make_sink):
    """What it gives is what the admin routes give."""
    sink = make_sink(guard=Guard(token="t0ken"))
    sink.client.post("/default", data=b"kept")

    refused = sink.client.get("/default?returnQueue")
    drained = sink.client.get("/default?returnQueue", headers={TOKEN_HEADER: "t0ken"})

    assert (refused.status_code, TOKEN_HEADER in refused.json["message"]) == (403, True)
    assert drained.json == {"count": 1, "data": [{"data": "kept"}]}


def test_every_route_is_in_the_document(sink):
    paths = decode(sink.client.get("/_local/openapi.json").data)["paths"]
    rules = {rule.rule for rule in sink.app.url_map.iter_rules()}

    described = {rule.replace("<int:", "{").replace("<", "{").replace(">", "}") for rule in rules}
    assert described - set(paths) == {"/_local/openapi.json"}
