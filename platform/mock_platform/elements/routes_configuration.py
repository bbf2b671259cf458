"""``/elements/{keyOrId}/configuration``: an element's configuration keys, and changes of them for later instances."""

from typing import Annotated, Literal

from flask import Blueprint
from msgspec import Meta, Struct, field

from mock_kit.api.operations import Answer, links, operation
from mock_kit.values import replace
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import caller
from mock_platform.core.listing import counted
from mock_platform.core.paging import COUNT_HEADERS
from mock_platform.elements.catalogue_entry import ConfigurationJson, configuration_to_json, key_to_json
from mock_platform.elements.element import ConfigurationKey
from mock_platform.elements.overrides import find_key, with_key, with_new_keys, without_key
from mock_platform.elements.routes import element
from mock_platform.elements.service import change_element

bp = Blueprint("element_configuration", __name__, url_prefix="/elements/<key_or_id>/configuration")

InputType = Literal[
    "TEXTFIELD_32",
    "TEXTFIELD_64",
    "TEXTFIELD_128",
    "TEXTFIELD_1000",
    "TEXTAREA",
    "BOOLEAN",
    "BOOLEAN_YESNO",
    "PASSWORD",
    "COMBO",
]
"""The input types that exported definitions have (observed)."""

_LINKS = links("element_configuration", "put", "delete", key="$response.body#/0/key")


class Option(Struct):
    """What may be chosen for a key."""

    value: str
    description: str = ""


class KeyChange(Struct):
    """What is said about a key; what is left out stays, or is as usual. Clients send whole entries back."""

    name: str | None = None
    description: str | None = None
    default: str | None = field(default=None, name="defaultValue")
    type: InputType | None = None
    required: bool | None = None
    hidden: bool | None = field(default=None, name="hideFromConsole")
    options: list[Option] | None = None

    def applied(self, key: ConfigurationKey) -> ConfigurationKey:
        """Return a key with what is said about it."""
        said = {name: getattr(self, name) for name in KeyChange.__struct_fields__}
        if self.options is not None:
            said["options"] = tuple((one.value, one.description) for one in self.options)
        return replace(key, **{name: value for name, value in said.items() if value is not None})


class NewKey(KeyChange, kw_only=True):
    """A new key."""

    key: Annotated[str, Meta(min_length=1, max_length=255)]

    def made(self) -> ConfigurationKey:
        """Return it."""
        return self.applied(ConfigurationKey(key=self.key, name=self.key, type="TEXTFIELD_1000"))


@bp.get("")
@operation(problems=(404,), headers=COUNT_HEADERS, links=_LINKS)
def index(key_or_id: str) -> Answer[list[ConfigurationJson]]:
    """List an element's configuration keys."""
    return counted(configuration_to_json(element(key_or_id)))


@bp.post("")
@operation(needs=caller, problems=(404, 409), links=_LINKS)
def create(
    workspace: Workspace, key_or_id: str, body: NewKey | list[NewKey]
) -> Answer[list[ConfigurationJson]]:
    """Add one key or several; a key that is there is 409 (assumed)."""
    keys = [sent.made() for sent in (body if isinstance(body, list) else [body])]
    changed = change_element(
        workspace, key_or_id, lambda changes, so_far: with_new_keys(changes, so_far, keys)
    )
    return Answer([key_to_json(changed, find_key(changed, key.key)) for key in keys])


@bp.put("/<key>")
@operation(needs=caller, problems=(404,))
def put(workspace: Workspace, key_or_id: str, key: str, body: KeyChange) -> Answer[ConfigurationJson]:
    """Change a key; the instances that are there keep what they have (documented)."""
    changed = change_element(
        workspace,
        key_or_id,
        lambda changes, so_far: with_key(changes, body.applied(find_key(so_far, key))),
    )
    return Answer(key_to_json(changed, find_key(changed, key)))


@bp.delete("/<key>")
@operation(needs=caller, problems=(400, 404))
def delete(workspace: Workspace, key_or_id: str, key: str) -> Answer[None]:
    """Take a key away, unless the provider cannot be reached without (assumed)."""
    change_element(workspace, key_or_id, lambda changes, so_far: without_key(changes, so_far, key))
    return Answer(None)
