"""What a workspace begins with."""

from functools import lru_cache

from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.people import Account, Founding, Member, Organization
from mock_platform.accounts.roles import ORG_ADMIN, ORG_USER
from mock_platform.core.identities import founder_id, small_number


@lru_cache(maxsize=256)  # asked for with every list
def founding(workspace: Workspace) -> Founding:
    """Return what a workspace begins with: one organization, its default account, one user who administers both."""
    account_id = small_number(workspace, "account")
    company_id = small_number(workspace, "company")
    return Founding(
        organization=Organization(
            id=company_id,
            name=workspace.name,
            secret=workspace.organization_secret,
            created=workspace.start,
        ),
        account=Account(
            id=account_id,
            company_id=company_id,
            external_id=workspace.name,
            name=workspace.name,
            created=workspace.start,
            default=True,
        ),
        user=Member(
            id=founder_id(workspace),
            account_id=account_id,
            company_id=company_id,
            email=workspace.crm_username,
            first_name="Olive",
            last_name="Owner",
            secret=workspace.user_secret,
            created=workspace.start,
            roles=(ORG_ADMIN.key, ORG_USER.key),
        ),
    )
