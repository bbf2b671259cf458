"""A vendor that a file describes: one engine reads it, and is the vendor's fake and its connector at once."""

from elements_local.platform.elements.vendor_file.connector import FileConnector
from elements_local.platform.elements.vendor_file.fake import FileFake
from elements_local.platform.elements.vendor_file.hooks import FileHooks
from elements_local.platform.elements.vendor_file.made_up import fill_of
from elements_local.platform.elements.vendor_file.model import (
    FileCall,
    FileListCall,
    VendorField,
    VendorFile,
    VendorResource,
    method_of,
)
from elements_local.platform.elements.vendor_file.query import VendorQuery, condition_of, places_of
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.templates import placeholders

__all__ = [
    "FileCall",
    "FileConnector",
    "FileFake",
    "FileHooks",
    "FileListCall",
    "VendorField",
    "VendorFile",
    "VendorQuery",
    "VendorRefusalError",
    "VendorResource",
    "condition_of",
    "fill_of",
    "method_of",
    "placeholders",
    "places_of",
]
