"""Instances made from a grant: the code in ``providerData`` becomes credentials, where the platform takes codes."""

from collections.abc import Mapping

from elements_local.kit.values import replace
from elements_local.platform.call import Call, OpenCall
from elements_local.platform.core.instance import Values
from elements_local.platform.elements.connector import VendorGrants
from elements_local.platform.elements.element import Element
from elements_local.platform.elements.oauth import application, needs_grant
from elements_local.platform.errors import InvalidRequestError, shown
from elements_local.platform.instances.instance import InstanceBody
from elements_local.platform.instances.requests import InstanceRequest


def with_grant(
    call: Call, sent: InstanceRequest, element: Element, stored: Values | None = None
) -> InstanceBody:
    """Return what is said about an instance, with the credentials that a code stands for.

    Args:
        stored: the configuration of an instance that is there, which knows the application already.

    Raises:
        InvalidRequestError: there is a code, but no application that it could be taken by; or it is no text.
        ProviderError: the CRM refuses the code.

    Source: the walk of the platform's Insightly guide (documented), behind a setting, as the element it speaks of
        takes a user name and an API key; with credentials in the configuration a code means nothing (inferred).
    """
    body = sent.to_body()
    code = None if sent.provider_data is None else sent.provider_data.code
    configuration = body.configuration or {}
    grants = grants_for(call, configuration, element)
    if code is None or grants is None:
        return body
    if not isinstance(code, str):
        raise InvalidRequestError(
            f"providerData.code must be what the consent page gave, a text; got {shown(code)}"
        )
    asking = application({**(stored or {}), **configuration})
    redeemed = grants.redeem(call.platform.inside, code, asking)
    return replace(body, configuration={**configuration, **redeemed})


def grants_for(call: OpenCall, configuration: Mapping[str, object], element: Element) -> VendorGrants | None:
    """Return what redeems a code for a configuration; None where the code means nothing."""
    if not call.settings.oauth_walk or not needs_grant(configuration, element):
        return None
    return call.catalogue.connector(element.key).grants
