"""The checks of a vendor file that has its shape."""

from elements_local.stack.vendor_checks.file import objections
from elements_local.stack.vendor_checks.places import Objection

__all__ = ["Objection", "objections"]
