"""The receiver in a test's process, under the name that ``docs/python.md`` promises."""

from elements_local.stack.receiving import Receiver

__all__ = ["Receiver"]
