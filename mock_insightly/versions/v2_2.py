"""Version 2.2, as it was late in its life: record graphs over the columns of v3, full replacement, search by one filter."""

from mock_insightly.versions.shape import shapes_of
from mock_insightly.versions.v2_filters import FILTERS, wanted
from mock_insightly.versions.v2_paths import LOOKUPS, SUB_RESOURCES
from mock_insightly.versions.v2_records import CONTACT, LEAD, OPPORTUNITY, ORGANISATION
from mock_insightly.versions.v2_work import WORK
from mock_insightly.versions.version import Version

VERSION = Version(
    name="v2.2",
    shapes=shapes_of(CONTACT, ORGANISATION, LEAD, OPPORTUNITY, *WORK),
    lookups=LOOKUPS,
    sub_resources=SUB_RESOURCES,
    filters=lambda kind: FILTERS[kind.name],
    wanted=wanted,
    replaces=True,
    tagged=False,
)
