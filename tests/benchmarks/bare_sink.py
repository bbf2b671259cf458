"""The least that a receiver can be: it answers POST with 200 and remembers when each path was called.

``GET /n`` waits until n callbacks have come, then tells when each came, and forgets them. Prints its port.
"""

import asyncio
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
            body = await told(int(path[1:])) if method == b"GET" else came(path)
            writer.write(ANSWER % (len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


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
