"""A stack that ends while pages are open."""

from page_reader import PageVisitor

from elements_local.clients.guide import instance_body
from elements_local.start import Options, on_ports


def test_a_long_advance_that_a_page_began_ends_with_the_stack(tmp_path):
    """It ends at the border of a job, and so nothing is half done: the data are taken up again."""
    with on_ports(Options(ports=(0, 0, 0), data=tmp_path)) as stack:
        clients = stack.workspace()
        body = instance_body(clients.credentials)
        body["configuration"]["event.poller.refresh_interval"] = "1"
        clients.platform.create_instance(body)
        visitor = PageVisitor(stack.http, stack.addresses.platform)

        page = visitor.send(visitor.open("/_local/"), "/clock", to="2046-03-02T10:00:00Z")

        assert "Time is being moved" in page.words
        assert "advance" in clients.clock.show()

    with on_ports(Options(ports=(0, 0, 0), data=tmp_path)) as stack:
        assert "advance" not in stack.workspace().clock.show()
        assert stack.workspace().clock.show()["now"] < "2046"
