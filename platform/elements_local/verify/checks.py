"""What the battery looks at, in the order in which it is made."""

from elements_local.verify import checks_of_callbacks, checks_of_crm, checks_of_hub, checks_of_instances
from elements_local.verify.check import Check, named

BATTERY: dict[str, Check] = {
    **checks_of_instances.CHECKS,
    **checks_of_hub.CHECKS,
    **checks_of_crm.CHECKS,
    **checks_of_callbacks.CHECKS,
    **named(checks_of_instances.token_of_a_deleted_instance),
}
"""The checks by their names."""
