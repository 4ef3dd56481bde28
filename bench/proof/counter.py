"""Counts API requests: a proxy in front of a testbed's API server that knows where an HTTP/1.1 request ends.

It is slow, so a run through it is not timed. Clients reach it without TLS, which makes them speak HTTP/1.1;
a request counts once, however long its answer takes.
"""

import asyncio
import base64
import collections
import pathlib
import re
import ssl
import threading
from collections.abc import AsyncIterator


class Counter:
    """A proxy that counts; a context manager. `kubeconfig` leads through it."""

    def __init__(self, kubeconfig: str):
        self._original = pathlib.Path(kubeconfig).read_text(encoding="utf-8")
        server = re.search(r"server: https://([0-9.]+):(\d+)", self._original)
        authority = re.search(r"certificate-authority-data: (\S+)\n", self._original)
        if not server or not authority:
            raise ValueError(f"{kubeconfig} names no API server by address with its certificate authority")
        self.counts: collections.Counter[str] = collections.Counter()
        self.kubeconfig = kubeconfig + ".counted"
        self._server = server
        self._authority = authority
        self._tls = ssl.create_default_context(cadata=base64.b64decode(authority[1]).decode())
        self._tls.set_alpn_protocols(["http/1.1"])
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> "Counter":
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        text = self._original.replace(self._server[0], f"server: http://127.0.0.1:{port}")
        pathlib.Path(self.kubeconfig).write_text(text.replace(self._authority[0], ""), encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _listen(self) -> int:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self._listener.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._listener.close()
        for writer in tuple(self._open):
            writer.close()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}), return_exceptions=True)

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        address, port = self._server[1], int(self._server[2])
        server, to_server = await asyncio.open_connection(address, port, ssl=self._tls)
        self._open |= {to_client, to_server}
        answers = asyncio.create_task(_copy(server, to_client))
        try:
            async for part, verb in split(client):
                if verb:
                    self.counts[verb] += 1
                to_server.write(part)
                await to_server.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # One of the two has gone; so does this connection.
        finally:
            answers.cancel()
            to_server.close()
            to_client.close()
            self._open -= {to_client, to_server}


async def split(requests: asyncio.StreamReader) -> AsyncIterator[tuple[bytes, str]]:
    """The requests of a connection in parts; the first part of each comes with its verb."""
    while head := await _head(requests):
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        fields = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        yield head, "WATCH" if re.search(r"[?&]watch=(true|1)\b", target) else method
        if "upgrade" in fields:
            # What follows is another protocol.
            while part := await requests.read(65536):
                yield part, ""
        elif fields.get("transfer-encoding", "").lower() == "chunked":
            size = -1
            while size != 0:
                line = await requests.readuntil(b"\r\n")
                size = int(line.split(b";")[0], 16)
                # The last chunk is empty; these clients send no trailers after it.
                yield line + await requests.readexactly(size + 2), ""
        elif length := int(fields.get("content-length", "0")):
            yield await requests.readexactly(length), ""


async def _head(requests: asyncio.StreamReader) -> bytes:
    """A request's line and fields; nothing at the end of the connection."""
    try:
        return await requests.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise
        return b""


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while part := await source.read(65536):
            target.write(part)
            await target.drain()
    except OSError:
        pass  # As above.
    target.close()
