"""Browser clients on bins: CORS and OPTIONS."""

import pytest

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
