"""Who may call bins, by pages of browsers and by the token; and that each route is described."""

import pytest

from elements_local.kit.api.json_text import decode
from elements_local.kit.web.guard import TOKEN_HEADER, Guard

POSTMAN = "https://web.postman.co"
PAGE = "http://localhost:3000"
ELSEWHERE = "https://evil.example"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/default", b"{}", 200),
        ("GET", "/default?returnQueue", b"", 200),
        ("POST", "/default", b"x" * 3_000_000, 413),
    ],
    ids=["recorded", "drained", "refused"],
)
@pytest.mark.parametrize("origin", [POSTMAN, PAGE])
def test_a_page_on_the_list_may_read_every_answer_of_a_bin(sink, method, path, body, status, origin):
    answer = sink.client.open(path, method=method, data=body, headers={"Origin": origin})

    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/default"), ("GET", "/default"), ("GET", "/default?returnQueue"), ("OPTIONS", "/default")],
)
@pytest.mark.parametrize("origin", [ELSEWHERE, "null"])
def test_any_other_page_neither_sends_nor_reads_nor_drains(sink, method, path, origin):
    sink.send(body=b"kept")

    answer = sink.client.open(
        path, method=method, headers={"Origin": origin, "Access-Control-Request-Private-Network": "true"}
    )

    assert answer.status_code == 403
    assert "Access-Control" not in str(answer.headers)
    assert [callback["body"] for callback in sink.callbacks()] == ["kept"]


@pytest.mark.parametrize("path", ["/default", "/default?returnQueue", "/"])
@pytest.mark.parametrize("mode", ["no-cors", "navigate"])
def test_a_page_of_another_site_that_embeds_a_bin_or_leads_there_changes_nothing(sink, path, mode):
    """A picture's address is asked for without an Origin."""
    sink.send(body=b"kept")

    answer = sink.client.get(path, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode})

    assert answer.status_code == 403
    assert [callback["body"] for callback in sink.callbacks()] == ["kept"]


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
