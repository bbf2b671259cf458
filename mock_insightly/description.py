"""What the CRM's OpenAPI document says beside its admin routes: the API itself."""

from typing import TypedDict

from elements_local.kit.api.openapi import Description
from mock_insightly.account.account import account_of
from mock_insightly.settings import CrmSettings
from mock_insightly.versions.known import VERSIONS, chosen


class LocalProblem(TypedDict):
    """The body of an error of an admin route; the API's own errors have ``Message``."""

    message: str


def describe(settings: CrmSettings) -> Description:
    """Describe the CRM, with the custom objects that its accounts have."""
    from mock_insightly.document.versions import components_and_paths  # noqa: PLC0415 - only where a document is wanted

    account = account_of(
        0,
        email="owner@default.example",
        currency=settings.currency,
        country=settings.country,
        plan=settings.plan,
        custom_objects=settings.custom_object_names,
    )
    components, paths = components_and_paths(account, chosen(settings).values())
    return Description(
        title="Insightly's REST API, as elements-local imitates it",
        version=", ".join(VERSIONS),
        text=(
            "Records and what hangs below them, in every version that is served, from one store. Credentials are an "
            "API key as the user name of HTTP Basic; the password is ignored. Lists are bare arrays and records bare "
            "objects; dates are `yyyy-MM-dd HH:mm:ss` in UTC. Case does not count in paths, in the names of "
            "parameters and in keys of a body."
        ),
        problem=LocalProblem,
        security={
            "type": "http",
            "scheme": "basic",
            "description": "the API key of a workspace, and no password",
        },
        paths=paths,
        components=components,
    )
