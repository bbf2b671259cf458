"""Audits that a process remembers: those asked for last, and not as many as there have ever been."""

import gc
from types import SimpleNamespace
from weakref import WeakSet

from elements_local.platform.audit.store import Audits


def test_audits_of_instances_that_are_gone_make_room_and_the_latest_are_kept():
    audits = Audits()

    def of(number):
        return audits.of(
            SimpleNamespace(workspace=SimpleNamespace(name="default")), SimpleNamespace(id=number)
        )

    made = WeakSet(of(number) for number in range(1500))
    gc.collect()

    assert 0 < len(made) <= 600
    assert of(1499) in made
