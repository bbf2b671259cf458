"""What a program has in its environment of a workspace: where its services are, and its credentials."""

from elements_local.clients.workspace_clients import Credentials
from elements_local.kit.settings import variable
from elements_local.stack.stack import Stack
from elements_local.stack.stack_settings import OF_CREDENTIALS


def workspace_variables(stack: Stack, credentials: Credentials) -> dict[str, str]:
    """Return the variables: ``ELEMENTS_LOCAL_PLATFORM_URL`` and the like, by which our own commands find the stack, too."""
    values = {f"{name}_url": url for name, url in stack.addresses.running.items()}
    values |= {"workspace": credentials.name, "token": stack.token or ""}
    values |= {name: getattr(credentials, name) for name in OF_CREDENTIALS}
    return {variable(name): value for name, value in values.items() if value}
