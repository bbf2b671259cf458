"""Records of custom objects, which an account defines for itself.

Source: fields and their order recorded from v3.1 by the Ampersand connector (observed).
"""

from functools import lru_cache

from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.shared_fields import (
    CREATOR,
    OWNER,
    STAMPS,
    VISIBLE_TEAM,
    VISIBLE_TO,
    custom_rows,
    identity,
    texts,
)


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
            identity("RECORD_ID"),
            *texts("RECORD_NAME", longest=255),
            OWNER,
            *STAMPS,
            CREATOR,
            VISIBLE_TO,
            VISIBLE_TEAM,
            custom_rows(name),
        ),
    )
