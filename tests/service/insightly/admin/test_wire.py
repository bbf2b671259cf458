"""What is sent packed: not what a fault has cut short, as its length is that of the whole."""

from werkzeug.test import create_environ

from elements_local.kit.web.in_process import WsgiResponse
from mock_insightly.middleware import compress_if_asked


def test_what_is_cut_short_is_not_packed():
    cut = WsgiResponse("200 OK", [("Content-Length", "100")], b"half")

    assert (
        compress_if_asked(create_environ("/v3.1/Contacts", headers={"Accept-Encoding": "gzip"}), cut) == cut
    )
