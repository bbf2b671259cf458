"""As many live pages and streams as there may be, and calls that wait for a receiver, hold up nobody else."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from threading import Event, Semaphore

import requests
from deadline import DEADLINE_S, PATIENT

from callback_sink.settings import SinkSettings
from elements_local.clients.guide import instance_body
from elements_local.dashboard.context import MOST_STREAMS
from elements_local.kit.web.serving import Server, listen, url_of
from elements_local.start import Options, on_ports

WAITING = 8


def polled_with_a_change(stack, callback_url):
    """Make a workspace in which the next quarter of an hour brings one callback."""
    clients = stack.new_workspace()
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = (
        callback_url or clients.credentials.callback_url
    )
    clients.platform.create_instance(body)
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    return clients


def test_live_pages_and_waiting_calls_hold_up_nobody():
    asked, answer = Semaphore(0), Event()

    def receiver(_environ, start_response):
        asked.release()
        answer.wait(DEADLINE_S)
        start_response("204 No Content", [])
        return []

    with ExitStack() as ending:
        listener = listen("127.0.0.1", 0)
        ending.enter_context(closing(Server(receiver, listener, threads=WAITING)))
        stack = ending.enter_context(on_ports(Options(ports=(0, 0, 0), environment=PATIENT)))
        slow = [polled_with_a_change(stack, url_of(listener)) for _ in range(WAITING)]
        waiting = ending.enter_context(ThreadPoolExecutor(WAITING))
        ending.callback(answer.set)
        platform, sink = stack.addresses.platform, stack.addresses.sink
        pages = [f"{platform}/_local/dashboard/default/stream"] * MOST_STREAMS
        streams = [f"{sink}/_local/callbacks/stream"] * SinkSettings().streams
        held = [
            ending.enter_context(requests.get(url, stream=True, timeout=DEADLINE_S))
            for url in (*pages, *streams)
        ]
        advancing = [waiting.submit(clients.clock.advance, "15m") for clients in slow]
        assert all(asked.acquire(timeout=DEADLINE_S) for _ in slow)

        quick = polled_with_a_change(stack, None)
        quick.clock.advance("15m")

        assert [each.status_code for each in held] == [200] * len(held)
        assert len(quick.sink.callbacks()) == 1
        assert not any(future.done() for future in advancing)
        answer.set()
        assert [future.result()["now"] for future in advancing] == [quick.clock.show()["now"]] * WAITING
