"""sender - remote-send alone, and the test is its queue-manager.

    with Instance() as inst, Sender(inst) as sender:
        verdicts = sender.send("to [127.0.0.1]:2525", ["a@x.test"], text)

The verdicts are remote-send's own, word by word.
"""

import socket
import tempfile

from agent import PACKET_MAX, decode, encode
from alone import Alone

TEXT = b"Subject: test\n\nhello\n"


class Worker:
    """A connection of remote-send's."""

    def __init__(self, sock):
        self.socket = sock
        self.hello = decode(sock.recv(PACKET_MAX))

    def say(self, lane, rcpts, text=TEXT, sender="s@local.test", number=1,
            dsn=(), ret="", envid="", is_utf8=0, arrived=0,
            ident="6qw5c1zj3k00abc"):
        """Hands a job out."""
        with tempfile.TemporaryFile() as file:
            file.write(b"the envelope\n" + text)
            file.flush()
            socket.send_fds(self.socket, [encode([
                ("n", number), ("i", ident), ("t", arrived), ("h", 13),
                ("l", 13 + len(text)), ("f", 1), ("u", is_utf8),
                ("x", lane), ("s", sender),
                *(("r", rcpt) for rcpt in rcpts),
                *(("d", words) for words in dsn),
                ("e", ret), ("v", envid)])], [file.fileno()])

    def hear(self, timeout=30):
        """The verdicts of a job."""
        self.socket.settimeout(timeout)
        packet = self.socket.recv(PACKET_MAX)
        assert packet, "the worker is gone"
        return decode(packet)["v"]

    def send(self, *args, timeout=30, **options):
        self.say(*args, **options)
        return self.hear(timeout)

    def leave(self):
        """It is to make place for a clean one."""
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.settimeout(10)
        assert self.socket.recv(PACKET_MAX) == b""
        self.socket.close()


class Sender(Alone):
    """remote-send as its service runs it."""

    def __init__(self, inst, wrapper=()):
        super().__init__(inst, "remote-send", "remote", "phremote", wrapper)

    def meet(self, sock):
        return Worker(sock)

    def send(self, lane, rcpts, text=TEXT, **options):
        """One job to a clean worker, one that has had none yet."""
        worker = self.worker()
        verdicts = worker.send(lane, rcpts, text, **options)
        worker.leave()
        return verdicts
