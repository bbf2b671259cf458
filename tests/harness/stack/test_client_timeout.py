"""How long the clients of a stack wait for its answers."""

from callback_sink.routes.callbacks import LONGEST_WAIT
from elements_local.stack.stack import at


def test_a_client_waits_for_longer_than_callbacks_may_be_waited_for(stack_on_ports):
    elsewhere = at(stack_on_ports.addresses)

    assert min(stack_on_ports.http._timeout, elsewhere.http._timeout) > LONGEST_WAIT
