"""sorter - share-sort alone, and the test is its queue-manager.

    with Sorter(inst) as sorter:
        verdict, extras = sorter.ask("in", "boss@office.test", text)

The verdict is share-sort's own, word by word.
"""

import socket
import tempfile

from agent import PACKET_MAX, decode, encode
from alone import Alone


class Sorter(Alone):
    """share-sort as its service runs it."""

    def __init__(self, inst, wrapper=(), is_quiet=False):
        super().__init__(inst, "share-sort", "share", "phshare", wrapper,
                         is_quiet)

    def say(self, worker, sort, rcpt, text, sender="c@outside.test",
            envelope=b"no envelope\n", login="", copies=(),
            ident="6qw5c1zj3k00abc"):
        """Hands a job out."""
        with tempfile.TemporaryFile() as file:
            file.write(envelope + text)
            file.flush()
            socket.send_fds(worker, [encode([
                ("n", 1), ("i", ident), ("t", 0), ("h", len(envelope)),
                ("l", len(envelope) + len(text)), ("f", 1), ("u", 0),
                ("x", ""), ("s", sender), ("r", rcpt), ("e", ""),
                ("v", ""), *(("c", copy) for copy in copies), ("o", sort),
                ("a", login)])], [file.fileno()])

    def ask(self, sort, rcpt, text, timeout=30, **options):
        """A job and its result: the verdict, {account: copy}."""
        worker = self.worker(timeout)
        self.say(worker, sort, rcpt, text, **options)
        worker.settimeout(timeout)
        packet = worker.recv(PACKET_MAX)
        assert packet, "the worker is gone"
        self.workers.put(worker)
        result = decode(packet)
        return result["v"][0], dict(
            extra.split(" ", 1) for extra in result.get("x", []))
