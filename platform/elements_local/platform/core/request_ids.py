"""Request ids: 24 hexadecimal digits, on every answer and in every error.

Source: they have the look of MongoDB's object ids (observed): the time in seconds, a number of who gives them, a count.
"""

from datetime import datetime
from itertools import count

from elements_local.kit.workspaces import seeded


class RequestIds:
    """Hands out ids that no two requests of a stack share.

    Args:
        start: tells one start of the same stack from another, since counting begins anew.
    """

    def __init__(self, start: int) -> None:
        self._giver = seeded.hexadecimal(start, "request", length=8)
        # `next` of a count is atomic: threads never get the same
        self._count = count(1)

    def next(self, now: datetime) -> str:
        """Return the id of a request that comes now."""
        return f"{int(now.timestamp()) & 0xFFFFFFFF:08x}{self._giver}{next(self._count) & 0xFFFFFFFF:08x}"
