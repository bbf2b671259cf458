"""Parts of an application that are found by their class, so that who asks for one need not know the others."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from elements_local.kit.storage.transaction import AcrossWorkspaces, Transaction

P = TypeVar("P")


class Registry:
    """Parts, one of each class, asked for as in ``registry[Callers]``."""

    def __init__(self, parts: Iterable[object]) -> None:
        self._parts: dict[type, Any] = {type(part): part for part in parts}

    def __getitem__(self, kind: type[P]) -> P:
        """Return the part of a class."""
        part: P = self._parts[kind]
        return part


class StoreRegistry(Registry, ABC):
    """What the platform remembers: and the door to it."""

    @abstractmethod
    def transaction(self, workspace: str, *, alone: str | None = None) -> AbstractContextManager[Transaction]:
        """Open a transaction of a workspace: all of it happens, or nothing.

        Args:
            alone: a name of what is changed, of which nobody else has a transaction open meanwhile.
        """

    @abstractmethod
    def read(self, workspace: str) -> AbstractContextManager[Transaction]:
        """Open a transaction of a workspace that only reads, and sees one state of it."""

    @abstractmethod
    def read_across(self) -> AbstractContextManager[AcrossWorkspaces]:
        """Open a transaction that reads of all workspaces."""

    @abstractmethod
    def reset(self, workspace: str) -> None:
        """Forget everything about a workspace."""
