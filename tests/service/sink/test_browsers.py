"""Browser clients on bins: CORS and OPTIONS."""

import pytest

POSTMAN = "https://web.postman.co"
PAGE = "http://localhost:3000"
ELSEWHERE = "https://evil.example"


def test_a_preflight_is_allowed_and_not_recorded(sink):
    answer = sink.client.options(
        "/default/hook",
        headers={
            "Origin": POSTMAN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type",
        },
    )

    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == POSTMAN
    assert answer.headers["Vary"] == "Origin"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert "Content-Type" not in answer.headers
    assert "Access-Control-Allow-Private-Network" not in answer.headers
    assert sink.callbacks() == []


def test_a_preflight_may_ask_for_the_private_network(sink):
    answer = sink.client.options(
        "/default", headers={"Origin": POSTMAN, "Access-Control-Request-Private-Network": "true"}
    )

    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"


@pytest.mark.parametrize("asked", ["", "größe", "a;b", "x:y"])
def test_header_names_that_are_none_are_not_sent_back(sink, asked):
    answer = sink.client.options(
        "/default", headers={"Origin": POSTMAN, "Access-Control-Request-Headers": asked}
    )

    assert answer.headers["Access-Control-Allow-Headers"] == "*"


def test_options_without_an_origin_says_what_may_be_sent(sink):
    answer = sink.client.options("/default")

    assert answer.status_code == 204
    assert answer.headers["Allow"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    assert "Access-Control" not in str(answer.headers)
    assert sink.callbacks() == []


def test_options_uses_up_no_answer(sink):
    sink.answer({"status": 503, "times": 1})

    sink.client.options("/default", headers={"Origin": POSTMAN})

    assert sink.send().status == 503


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


@pytest.mark.parametrize("site", ["none", "same-origin", "same-site"])
def test_who_opens_a_bin_by_hand_is_answered(sink, site):
    assert sink.client.get("/default?returnQueue", headers={"Sec-Fetch-Site": site}).status_code == 200


def test_what_varies_already_varies_by_origin_too(sink):
    sink.answer({"headers": {"Vary": "Accept"}})

    assert sink.client.post("/default", headers={"Origin": POSTMAN}).headers["Vary"] == "Accept, Origin"


def test_a_told_header_comes_first(sink):
    sink.answer({"headers": {"Access-Control-Allow-Origin": "https://example.com"}})

    answer = sink.client.post("/default", headers={"Origin": POSTMAN})

    assert answer.headers.getlist("Access-Control-Allow-Origin") == ["https://example.com"]


def test_without_an_origin_nothing_is_added(sink):
    assert "Access-Control-Allow-Origin" not in sink.client.post("/default").headers


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS"])
def test_admin_routes_are_closed_to_pages_of_other_origins(sink, method):
    sink.send()

    answer = sink.client.open("/_local/callbacks", method=method, headers={"Origin": POSTMAN})

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert len(sink.callbacks()) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_icon_that_a_browser_asks_for_is_no_callback_and_uses_up_no_answer(sink, method):
    sink.answer({"status": 503, "times": 1}, bin_="favicon.ico")

    answer = sink.client.open("/favicon.ico?v=1", method=method)

    assert (answer.status_code, answer.data) == (204, b"")
    assert sink.callbacks() == []
    assert sink.send("/favicon.ico").status == 503
    assert len(sink.callbacks()) == 1


@pytest.mark.parametrize("path", ["/favicon.ico/x", "/default/favicon.ico", "/favicon.icon"])
def test_a_path_that_only_looks_like_the_icon_is_recorded(sink, path):
    sink.client.get(path)

    assert [one["path"] for one in sink.callbacks()] == [path]
