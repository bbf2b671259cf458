"""The page of the Python API says of each name what it takes and returns, with an example that runs."""

import inspect
from doctest import ELLIPSIS, DocTestParser, DocTestRunner

import pytest
from python_api import documented, items, signature

from elements_local import in_process, instance_body

PUBLIC = {each.name: each for each in documented()}
IN_A_WORKSPACE = ("elements_local.clients.workspace_clients.", "elements_local.stack.stack.")
EXAMPLES = {
    name: each.sections["Example"]
    for name, each in PUBLIC.items()
    if name.startswith(IN_A_WORKSPACE) and "Example" in each.sections
}
"""Those that need a workspace; ``poe doctest`` runs the others."""


@pytest.fixture(scope="module")
def stack():
    with in_process() as stack:
        yield stack


@pytest.mark.parametrize("name", [name for name, each in PUBLIC.items() if inspect.isfunction(each.member)])
def test_a_function_says_what_it_takes_and_returns_and_has_an_example(name):
    each = PUBLIC[name]
    taken = {called for called in inspect.signature(each.member).parameters if called != "self"}
    returns_nothing = signature(each).endswith("-> None")

    assert {*items(each.sections.get("Args", ""))} == taken
    assert returns_nothing or "Returns" in each.sections or each.sections[""].startswith("Return ")
    assert "Example" in each.sections


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_gives_what_it_shows(stack, name):
    workspace = stack.new_workspace()
    instance = workspace.platform.create_instance(instance_body(workspace.credentials))
    contact = workspace.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
    clients = {"clock": workspace.clock, "platform": workspace.platform, "crm": workspace.crm}
    clients |= {"sink": workspace.sink, "workspace": workspace, "stack": stack}
    names = {f"elements_{called}": client for called, client in clients.items()}
    module = inspect.getmodule(PUBLIC[name].function)
    example = DocTestParser().get_doctest(
        EXAMPLES[name],
        {**vars(module), "instance_body": instance_body, "instance": instance, "contact": contact, **names},
        name,
        None,
        0,
    )
    said = []

    DocTestRunner(optionflags=ELLIPSIS).run(example, out=said.append)

    assert example.examples
    assert not said, "".join(said)
