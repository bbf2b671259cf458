"""A vendor that a file describes: one engine reads it, and is the vendor's fake and its connector at once."""

from elements_local.platform.elements.vendor_file.connector import FileConnector
from elements_local.platform.elements.vendor_file.exchange import response
from elements_local.platform.elements.vendor_file.fake import FileFake
from elements_local.platform.elements.vendor_file.file_resource import FileResource, resources_of
from elements_local.platform.elements.vendor_file.hooks import (
    HOOK_ARGUMENTS,
    FileHooks,
    HookError,
    guarded,
    takes_arguments,
)
from elements_local.platform.elements.vendor_file.model import (
    STRUCTURED,
    AnyField,
    BatchCall,
    FakeCall,
    FieldType,
    FileCall,
    FileListCall,
    FileRoute,
    LinkCall,
    MergeCall,
    RecordDate,
    VendorAuthentication,
    VendorErrorCase,
    VendorErrors,
    VendorField,
    VendorFile,
    VendorLimit,
    VendorLinks,
    VendorOAuth2,
    VendorOrder,
    VendorPaging,
    method_of,
)
from elements_local.platform.elements.vendor_file.query import (
    Candidate,
    VendorQuery,
    condition_of,
    known_name,
    places_of,
)
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.sample_data import fill_of, made_value, methods
from elements_local.platform.elements.vendor_file.store_definitions import VendorDefinition
from elements_local.platform.elements.vendor_file.templates import list_template, placeholders
from elements_local.platform.elements.vendor_file.writing import misfit_of, takes

__all__ = [
    "HOOK_ARGUMENTS",
    "STRUCTURED",
    "AnyField",
    "BatchCall",
    "Candidate",
    "FakeCall",
    "FieldType",
    "FileCall",
    "FileConnector",
    "FileFake",
    "FileHooks",
    "FileListCall",
    "FileResource",
    "FileRoute",
    "HookError",
    "LinkCall",
    "MergeCall",
    "RecordDate",
    "VendorAuthentication",
    "VendorDefinition",
    "VendorErrorCase",
    "VendorErrors",
    "VendorField",
    "VendorFile",
    "VendorLimit",
    "VendorLinks",
    "VendorOAuth2",
    "VendorOrder",
    "VendorPaging",
    "VendorQuery",
    "VendorRefusalError",
    "condition_of",
    "fill_of",
    "guarded",
    "known_name",
    "list_template",
    "made_value",
    "method_of",
    "methods",
    "misfit_of",
    "placeholders",
    "places_of",
    "resources_of",
    "response",
    "takes",
    "takes_arguments",
]
