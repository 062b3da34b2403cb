#!/usr/bin/env python3
"""slowline - a long line: passes bytes on after a while, as many as there are.

    slowline.py TARGET-PORT MS      prints its own port; MS of a round trip
"""
import asyncio
import socket
import sys


class Way(asyncio.Protocol):
    """One direction; a pause of MS / 2 and no limit to what is under way."""

    def __init__(self, delay, other=None):
        self.delay, self.other, self.transport = delay, other, None
        self.early = []

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.set_write_buffer_limits(high=1 << 30)

    def data_received(self, data):
        asyncio.get_running_loop().call_later(self.delay, self.pass_on, data)

    def connection_lost(self, error):
        asyncio.get_running_loop().call_later(self.delay, self.pass_on, None)

    def pass_on(self, data):
        if not self.other or not self.other.transport:
            self.early.append(data)
        elif data is None:
            self.other.transport.close()
        else:
            self.other.transport.write(data)


class Near(Way):
    """The client's end, which calls the target."""

    def __init__(self, delay, target):
        super().__init__(delay)
        self.target = target

    def connection_made(self, transport):
        super().connection_made(transport)
        asyncio.ensure_future(self.call())

    async def call(self):
        await asyncio.sleep(self.delay)
        _, far = await asyncio.get_running_loop().create_connection(
            lambda: Way(self.delay, self), "127.0.0.1", self.target)
        self.other = far
        for data in self.early:
            self.pass_on(data)


async def serve(target, delay):
    server = await asyncio.get_running_loop().create_server(
        lambda: Near(delay, target), "127.0.0.1", 0, backlog=64)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 2000))
