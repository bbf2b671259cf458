"""Credentials that are taken and count for nothing: a grant's code beside a key, a name that the vendor does not ask for.

Source: the vendor's Insightly guide has such a code in its example (documented); that it means nothing there is inferred.
"""

from collections.abc import Iterator, Mapping

from mock_platform.core.instance import Values
from mock_platform.elements.element import Element
from mock_platform.lint.warning import ConfigWarning, LintRule, place, quoted


def of_code(sent: Mapping[str, object], element: Element) -> Iterator[ConfigWarning]:
    """Warn of a grant's code that was not redeemed.

    Args:
        sent: the body as it came.
    """
    data = sent.get("providerData")
    if isinstance(data, Mapping) and data.get("code") is not None:
        yield ConfigWarning(
            rule=LintRule.KEY_WITHOUT_EFFECT,
            path=place("providerData", "code"),
            message=f"the code has no effect: {element.name} is reached by {' and '.join(element.credentials)}",
        )


def of_user_name(values: Values, element: Element, vendor_user: str) -> Iterator[ConfigWarning]:
    """Warn of a user name that is not the name of whom the vendor takes the secret's owner for."""
    secrets = [key for key in element.credentials if key in element.secret_keys]
    for key in element.credentials:
        name = values.get(key)
        if key not in secrets and name and name.casefold() != vendor_user.casefold():
            yield ConfigWarning(
                rule=LintRule.KEY_WITHOUT_EFFECT,
                path=place("configuration", key),
                message=f"{quoted(name)} has no effect: {element.name} goes by {' and '.join(secrets)} alone, "
                f"which is that of {quoted(vendor_user)}",
                nearest=vendor_user,
            )
