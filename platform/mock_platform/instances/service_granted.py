"""Instances made from a grant: the code in ``providerData`` becomes credentials, where the platform takes codes."""

from collections.abc import Mapping
from dataclasses import replace

from mock_platform.core.dependencies import dependencies
from mock_platform.elements.oauth import application, needs_grant
from mock_platform.instances.instance import InstanceBody
from mock_platform.instances.requests import InstanceRequest
from mock_platform.provider.grant_exchange import redeem


def with_grant(sent: InstanceRequest, stored: Mapping[str, str | None] | None = None) -> InstanceBody:
    """Return what is said about an instance, with the credentials that a code stands for.

    Args:
        stored: the configuration of an instance that is there, which knows the application already.

    Raises:
        InvalidRequestError: there is a code, but no application that it could be taken by.
        ProviderError: the CRM refuses the code.

    Source: the walk of the platform's Insightly guide (documented), behind a setting, as the element it speaks of
        takes a user name and an API key; with credentials in the configuration a code means nothing (inferred).
    """
    body = sent.to_body()
    code = None if sent.provider_data is None else sent.provider_data.code
    configuration = body.configuration or {}
    if code is None or not dependencies().settings.oauth_walk or not needs_grant(configuration):
        return body
    asking = application({**(stored or {}), **configuration})
    found = redeem(dependencies().inside, dependencies().settings.crm_url, code, asking)
    return replace(body, configuration={**configuration, **found})
