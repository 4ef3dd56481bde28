"""Where an HTTP request ends."""

import asyncio
import unittest

from proof import counter


async def verbs(sent: bytes) -> tuple[list[str], bytes]:
    """The verbs of what a client sent, and all parts together."""
    reader = asyncio.StreamReader()
    reader.feed_data(sent)
    reader.feed_eof()
    found = [part async for part in counter.split(reader)]
    return [verb for _, verb in found if verb], b"".join(part for part, _ in found)


class Split(unittest.TestCase):
    """`counter.split`."""

    def check(self, sent: bytes, wanted: list[str]):
        found, passed_on = asyncio.run(verbs(sent))
        self.assertEqual(found, wanted)
        self.assertEqual(passed_on, sent)

    def test_bodies_are_no_requests(self):
        body = b"GET /in-a-body HTTP/1.1\r\n\r\n"
        length = b"POST /a HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        chunked = b"PATCH /b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        self.check(length + chunked + b"DELETE /c HTTP/1.1\r\n\r\n", ["POST", "PATCH", "DELETE"])

    def test_a_watch_is_told_from_a_list(self):
        self.check(b"GET /a?limit=1&watch=true HTTP/1.1\r\n\r\nGET /watch HTTP/1.1\r\n\r\n", ["WATCH", "GET"])

    def test_what_follows_an_upgrade_is_not_read(self):
        self.check(b"GET /exec HTTP/1.1\r\nUpgrade: SPDY/3.1\r\n\r\n\x80\x03\x00\x01", ["GET"])
