"""Whose an instance is that comes without credentials: ids may be the same in several workspaces."""

import pytest

from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.inbound.service import targets


@pytest.fixture
def found(bench):
    """Return a function that says in which workspaces an id finds an instance."""

    def names(instance_id, *, of=None):
        found = targets(bench.database, bench.workspaces, INSIGHTLY, [instance_id], of=of)
        return [workspace.name for workspace, _ in found]

    return names


def test_an_id_that_one_workspace_has_is_found_there(bench, found):
    acme = bench.workspace("acme")
    bench.instance(acme, first_id=500)

    assert found(500) == ["acme"]
    assert found(501) == []


@pytest.mark.assumed
def test_an_id_that_several_have_is_nobodys(bench, found):
    for name in ("acme", "other"):
        bench.instance(bench.workspace(name), first_id=500)

    assert found(500) == []


@pytest.mark.assumed
def test_an_id_that_the_default_workspace_has_is_its_own(bench, found):
    bench.instance(bench.workspace("acme"), first_id=500)
    bench.instance(bench.workspaces.default, first_id=500)

    assert found(500) == ["default"]


def test_who_says_whose_it_is_finds_that_one_alone(bench, found):
    acme, other, empty = (bench.workspace(name) for name in ("acme", "other", "empty"))
    for workspace in (acme, other, bench.workspaces.default):
        bench.instance(workspace, first_id=500)

    assert found(500, of=acme) == ["acme"]
    assert found(500, of=empty) == []
