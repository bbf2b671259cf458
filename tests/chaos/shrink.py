"""A failing list of actions becomes the shortest part of it that still fails (delta debugging: Zeller and Hildebrandt, 2002)."""

from collections.abc import Callable

from plan import WORKSPACES, Action

Fails = Callable[[list[Action]], bool]


def shrunk(actions: list[Action], fails: Fails) -> list[Action]:
    """Return a part of a failing list that still fails, and of which no single action can be left out.

    Args:
        fails: runs a list, which is a pure function of it.
    """
    left = _coarse(actions, fails)
    parts = 2
    while len(left) > 1:
        size = -(-len(left) // parts)
        without = [left[:first] + left[first + size :] for first in range(0, len(left), size)]
        shorter = next((part for part in without if fails(part)), None)
        if shorter is not None:
            left, parts = shorter, max(parts - 1, 2)
        elif size == 1:
            break
        else:
            parts = min(2 * parts, len(left))
    return left


def _coarse(actions: list[Action], fails: Fails) -> list[Action]:
    """Leave out whole workspaces and all checks but the last, which always follows: most of a day goes at once."""
    left = actions
    for name in [*WORKSPACES, None]:
        part = [action for action in left if action.get("in") != name]
        if part and fails(part):
            left = part
    return left
