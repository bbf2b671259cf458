"""The tables of a whole stack: those of the three services, and of what all of them stand on."""

from callback_sink import tables as sink
from mock_insightly import tables as crm
from mock_kit.admin import fault_book
from mock_kit.storage.schema import SchemaPart
from mock_kit.workspaces import tables as workspaces
from mock_platform import store as platform

PARTS: tuple[SchemaPart, ...] = (
    workspaces.SCHEMA,
    fault_book.SCHEMA,
    platform.SCHEMA,
    crm.SCHEMA,
    sink.SCHEMA,
)
