"""What an entry of the table of keys names is there."""

import importlib.util

import pytest

from elements_local.platform.configuration.poller_keys import POLLER_KEYS
from elements_local.platform.core.poll import Resource
from elements_local.platform.explain.cause import Cause, CauseStage

WORDS = {*(stage.value for stage in CauseStage), *(cause.word for cause in Cause)}


@pytest.mark.parametrize("key", POLLER_KEYS, ids=lambda key: key.name)
def test_an_entry_names_a_field_a_module_and_links_of_the_chain(key):
    assert key.field in {*Resource.__struct_fields__, ""}
    assert importlib.util.find_spec(f"elements_local.platform.{key.heeded_by}")
    assert {*key.mends} <= WORDS
