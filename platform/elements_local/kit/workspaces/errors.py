"""Why a workspace cannot be made or removed as asked."""

SEEDS = 2**63
"""Seeds are whole numbers from minus this up to, and without, this."""


class WorkspaceError(Exception):
    """A workspace cannot be made or removed as asked."""


class WorkspaceNameError(WorkspaceError):
    """A name would not do as the first segment of a path."""

    def __init__(self, name: object) -> None:
        super().__init__(
            f"a workspace's name is 1 to 63 lower-case letters, digits and hyphens, not starting with a hyphen; got {name!r}"
        )


class WorkspaceExistsError(WorkspaceError):
    """The name, or a secret that follows from it, is taken."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"there is a workspace {name!r} already; choose another name, or delete that one first"
        )


class WorkspaceSeedError(WorkspaceError):
    """A seed is a number that no database column holds."""

    def __init__(self) -> None:
        super().__init__(f"a seed is a whole number of 64 bits, from {-SEEDS} to {SEEDS - 1}")


class DefaultWorkspaceError(WorkspaceError):
    """The default workspace stays."""

    def __init__(self) -> None:
        super().__init__("the default workspace cannot be deleted; reset it instead")
