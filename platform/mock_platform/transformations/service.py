"""What is said with the answer to a definition or a transformation: what of it will have no effect."""

from mock_platform.core.dependencies import dependencies
from mock_platform.core.objects import Objects
from mock_platform.instances.named_instance import NamedInstance
from mock_platform.instances.service_saving import sent_body
from mock_platform.lint.mapped_objects import of_mapped_objects
from mock_platform.lint.polled_block import polled_blocks
from mock_platform.lint.service import send_along
from mock_platform.lint.unread_keys import in_definition, in_definitions, in_transformation
from mock_platform.lint.warning import ConfigWarnings


def warn_of_definition(name: str) -> None:
    """Say which keys of the present request's definition nothing reads."""
    send_along(ConfigWarnings.of(in_definition(sent_body(), name)))


def warn_of_definitions() -> None:
    """Say which keys of the definitions in the present request nothing reads."""
    send_along(ConfigWarnings.of(in_definitions(sent_body())))


def warn_of_transformation(named: NamedInstance, name: str, objects: Objects) -> None:
    """Say what of the present request's transformation, and of what the instance maps and polls, has no effect."""
    values, empty_block = named.instance.configuration, dependencies().settings.empty_block
    blocks = [*polled_blocks(values, named.element, empty_block=empty_block, objects=objects)]
    of_instance = of_mapped_objects(values, objects, blocks)
    send_along(ConfigWarnings.of(in_transformation(sent_body(), name), of_instance))
