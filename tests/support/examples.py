"""How much is tried: a few seeded examples in every check, many fresh ones in ``poe nightly``."""

import os
from random import Random

LONG = "ELEMENTS_LOCAL_TEST_LONG" in os.environ
"""Whether there is all night."""


def examples(count: int) -> int:
    """Return how many examples to draw where a check draws so many."""
    return count * 20 if LONG else count


def drawn(cases, *, share: int, seed: int = 0):
    """Return one of so many cases where a check tries some, all of them where there is all night."""
    those = list(cases)
    return those if LONG else Random(seed).sample(those, -(-len(those) // share))  # noqa: S311 - the same ones each time
