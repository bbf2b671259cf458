"""A stack of several processes: two platforms, two CRMs and two sinks on one PostgreSQL, behind a load balancer each."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count

import pytest
from several_processes import TOKEN, AlternatingHttp, LoadBalancer, process

from elements_local.clients.workspace_clients import SERVICES, Addresses
from elements_local.stack.stack import Stack, at

_numbers = count()


class Team:
    """A stack of several processes.

    Attributes:
        printed: what each process has printed.
        addresses: of the load balancers.
        servers: the processes behind them, by the service.
        options: of a further process.
    """

    def __init__(self, printed, addresses, servers, options):
        self.printed = printed
        self.addresses = addresses
        self.servers = servers
        self.options = options

    def stack(self, number):
        """Return the stack as who calls one process of each service sees it."""
        return at(Addresses(**{name: urls[number] for name, urls in self.servers.items()}), token=TOKEN)

    def alternating(self):
        """Return the stack as who calls another process with each call sees it."""
        behind = {getattr(self.addresses, name): urls for name, urls in self.servers.items()}
        return Stack(AlternatingHttp(behind), self.addresses, token=TOKEN)


@pytest.fixture(scope="session")
def team(postgresql_server):
    with postgresql_server.database() as url, ExitStack() as closing, ThreadPoolExecutor(6) as starting:
        balancers = {name: closing.enter_context(LoadBalancer()) for name in SERVICES}
        called = [f"--{name}-url={balancer.url}" for name, balancer in balancers.items()]
        options = [f"--database={url}", f"--token={TOKEN}", "--known-secrets", *called]
        ports = [f"--{name}-port=0" for name in SERVICES]
        started = [
            starting.submit(closing.enter_context, process(name, *options, *ports)) for name in SERVICES * 2
        ]
        printed = [each.result() for each in started]
        servers = {name: [one["listens"] for one in printed if one["role"] == name] for name in SERVICES}
        for name, balancer in balancers.items():
            balancer.balance(servers[name])
            closing.callback(balancer.shutdown)
        addresses = Addresses(**{name: balancer.url for name, balancer in balancers.items()})
        yield Team(printed, addresses, servers, options)


@pytest.fixture
def sides(team):
    """The clients of a workspace, as who calls the first or the second process of each service has them."""
    made = team.stack(0).new_workspace(seed=next(_numbers))
    yield made, team.stack(1).workspace(made.credentials.name)
    team.stack(1).delete_workspace(made.credentials.name)
