"""Records of custom objects, which an account defines for itself.

Source: fields and their order recorded from v3.1 by the Ampersand connector (observed).
"""

from functools import lru_cache

from mock_insightly.kinds import shared_fields as shared
from mock_insightly.kinds.kind import RecordKind


@lru_cache
def custom_object(name: str) -> RecordKind:
    """Return the kind of a custom object's records.

    Args:
        name: with ``__c`` at its end.
    """
    return RecordKind(
        name=name,
        entity=name,
        id_field="RECORD_ID",
        fields=(
            shared.identity("RECORD_ID"),
            *shared.texts("RECORD_NAME", longest=255),
            shared.OWNER,
            *shared.STAMPS,
            shared.CREATOR,
            *shared.VISIBILITY,
            shared.custom_rows(name),
        ),
    )
