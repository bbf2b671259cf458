"""The least that a receiver can be: it answers POST with 200 and remembers when each path was called.

A path that contains ``hang`` is never answered, ``drip`` a byte a second, ``endless`` without end, ``packed`` with a quarter of
a gigabyte of zeros, ``huge`` with a hundred megabytes. ``GET /n`` waits until n callbacks have come that were answered, then
tells when each came, and forgets them. Prints its port.
"""

import asyncio
import gzip
import json
import time

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"

arrivals: list[tuple[str, float]] = []
more = asyncio.Event()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one connection until it ends."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            method, path, _ = head.split(b" ", 2)
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            kind = path.strip(b"/")
            if kind in BAD:
                await BAD[kind](writer)
            else:
                body = await told(int(path[1:])) if method == b"GET" else came(path)
                writer.write(ANSWER % (len(body), body))
                await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def hang(_writer: asyncio.StreamWriter) -> None:
    """Answer nothing."""


async def drip(writer: asyncio.StreamWriter) -> None:
    """Answer a byte a second."""
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(1)


async def endless(writer: asyncio.StreamWriter) -> None:
    """Answer without end, a megabyte a second."""
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(bytes(100_000))
        await writer.drain()
        await asyncio.sleep(0.1)


async def packed(writer: asyncio.StreamWriter) -> None:
    """Answer with what becomes a quarter of a gigabyte when it is unpacked."""
    writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(ZEROS), ZEROS))
    await writer.drain()


async def huge(writer: asyncio.StreamWriter) -> None:
    """Answer with a hundred megabytes, a few at a time."""
    writer.write(HEAD + b"Content-Length: 100000000\r\n\r\n")
    for _ in range(100):
        writer.write(bytes(1_000_000))
        await writer.drain()
        await asyncio.sleep(0.05)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
ZEROS = gzip.compress(bytes(2**28), 9)
BAD = {b"hang": hang, b"drip": drip, b"endless": endless, b"packed": packed, b"huge": huge}


def came(path: bytes) -> bytes:
    """Remember a callback."""
    arrivals.append((path.decode(), time.monotonic()))
    more.set()
    return b"{}"


async def told(wanted: int) -> bytes:
    """Wait until so many have come, and tell them."""
    while len(arrivals) < wanted:
        more.clear()
        await more.wait()
    shown = json.dumps(arrivals).encode()
    arrivals.clear()
    return shown


async def main() -> None:
    """Listen on a free port."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
