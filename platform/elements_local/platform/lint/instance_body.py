"""Keys of an instance's body that are known, and have no effect where they stand, credentials among them.

Source: the keys are documented; that an instance's element is that of the path, or of its key, whatever else the body
says, and that only a new instance shows the objects that it was asked for, is assumed. The vendor's Insightly guide has a
grant's code beside a key in its example (documented); that it means nothing there is inferred.
"""

from collections.abc import Iterator, Mapping

from elements_local.platform.core.instance import Values
from elements_local.platform.elements.element import Element
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.unread_keys import unread_in
from elements_local.platform.lint.warning import ConfigWarning, LintFinding, quoted

_OBJECTS = "retrieveObjectsAfterInstantiation"
_PROVIDER_DATA = ("code", "debug")


def of_element(sent: Mapping[str, object], element: Element) -> Iterator[ConfigWarning]:
    """Warn of a key or an id that names another element than the instance's.

    Args:
        sent: the body as it came.
        element: the instance's.
    """
    named = sent.get("element")
    for key, value in named.items() if isinstance(named, Mapping) else ():
        # As texts: clients send the id as a number or as a text.
        if key in {"key", "id"} and value is not None and str(value) not in {element.key, str(element.id)}:
            message = f"{quoted(str(value))} has no effect: the instance is one of {quoted(element.key)}, {element.id}"
            nearest = element.key if key == "key" else str(element.id)
            yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, "element", key, nearest=nearest)


def of_objects_too_late(sent: Mapping[str, object]) -> Iterator[ConfigWarning]:
    """Warn of objects that a change asks for; arguments as above."""
    if sent.get(_OBJECTS) is True:
        message = f"{_OBJECTS} has no effect: objects come with the answer that makes an instance"
        yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, _OBJECTS)


def of_code(sent: Mapping[str, object], element: Element) -> Iterator[ConfigWarning]:
    """Warn of a grant's code that was not redeemed; arguments as above."""
    data = sent.get("providerData")
    if isinstance(data, Mapping) and data.get("code") is not None:
        message = f"the code has no effect: {element.name} is reached by {' and '.join(element.credentials)}"
        yield ConfigWarning.at(LintRule.KEY_WITHOUT_EFFECT, message, "providerData", "code")


def of_user_name(values: Values, element: Element, vendor_user: str) -> Iterator[ConfigWarning]:
    """Warn of a user name that is not the name of whom the vendor takes the secret's owner for."""
    secrets = [key for key in element.credentials if key in element.secret_keys]
    for key in element.credentials:
        name = values.get(key)
        if key not in secrets and name and name.casefold() != vendor_user.casefold():
            message = (
                f"{quoted(name)} has no effect: {element.name} goes by {' and '.join(secrets)} alone, "
                f"which is that of {quoted(vendor_user)}"
            )
            rule = LintRule.KEY_WITHOUT_EFFECT
            yield ConfigWarning.at(rule, message, "configuration", key, nearest=vendor_user)


def in_provider_data(sent: Mapping[str, object]) -> Iterator[LintFinding]:
    """Find what nothing reads in ``providerData``; arguments as above."""
    data = sent.get("providerData")
    if isinstance(data, Mapping):
        yield from unread_in(data, _PROVIDER_DATA, ("providerData",))
