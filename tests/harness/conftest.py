"""Imports what pytest runs inside this process would: each takes out again what it is first to import."""

from elements_local import held_stack, runner, start

start.load_services()
__all__ = ["held_stack", "runner"]
