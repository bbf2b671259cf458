"""Every way in which the sink can say no."""


class SinkError(Exception):
    """The sink cannot do as asked."""


class UnreadableCallError(SinkError):
    """What an admin call says does not have the shape it should have."""

    def __init__(self, reason: str, *, expected: str, came: str = "") -> None:
        got = f"; got {came}" if came else ""
        super().__init__(f"{reason}{got}; expected {expected}")


class NoSuchCallbackError(SinkError):
    """A workspace has no callback of this id."""

    def __init__(self, asked: str, *, workspace: str) -> None:
        super().__init__(
            f"no callback {asked!r} in workspace {workspace!r}; GET /_local/callbacks lists them"
        )


class ForeignBinError(SinkError):
    """A bin was to be told something in the name of a workspace that does not own it."""

    def __init__(self, asked: str, *, owner: str, workspace: str) -> None:
        super().__init__(
            f"the bin {asked!r} belongs to workspace {owner!r}, not to {workspace!r}; "
            "leave ?workspace= out, the bin says enough"
        )


class BodyTooLargeError(SinkError):
    """A callback has more bytes than the sink keeps."""

    def __init__(self, came: int | None, *, largest: int) -> None:
        size = "more" if came is None else str(came)
        super().__init__(f"a callback's body may have up to {largest} bytes; this one has {size}")
