"""A sink and a CRM that run alone are reset and snapshotted from their pages."""

import pytest
from page_reader import PageVisitor

from elements_local.start import Options, in_process


@pytest.fixture
def sink():
    with in_process(Options(role="sink")) as stack:
        yield stack


@pytest.fixture
def crm():
    with in_process(Options(role="crm")) as stack:
        yield stack


@pytest.mark.parametrize("name", ["sink", "crm"])
def test_one_alone_is_reset_and_snapshotted(request, name):
    stack = request.getfixturevalue(name)
    visitor = PageVisitor(stack.http, stack.admin().url)
    state = visitor.open("/_local/dashboard/default/state/")

    taken = visitor.send(state, "/snapshot")
    moved = visitor.send(visitor.open("/_local/"), "/clock", ("move", "1d"))
    restored = visitor.upload(state, "/restore", "snapshot", taken.reply.body)

    assert "2026-03-03 10:00:00" in moved.words
    assert "2026-03-02 10:00:00" in restored.words
    assert "is at its start again" in visitor.send(state, "/reset").words
