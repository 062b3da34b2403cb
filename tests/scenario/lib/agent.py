"""agent - a delivery worker of one's own, as lib/mail/job.h wants it.

    worker = Agent(inst, "local")
    job = worker.job()
    worker.answer(job, "K 250 2.0.0 - ok")
"""

import os
import socket

PACKET_MAX = 128 * 1024


def encode(fields):
    """A record: netstring of (tag, value) pairs."""
    body = b"".join(tag.encode() + str(value).encode() + b"\0"
                    for tag, value in fields)
    return b"%d:%s," % (len(body), body)


def decode(packet):
    """{tag: [values]} of one record."""
    length, _, rest = packet.partition(b":")
    assert len(rest) == int(length) + 1 and rest.endswith(b","), packet
    fields = {}
    for field in rest[:-2].split(b"\0"):
        fields.setdefault(field[:1].decode(), []).append(field[1:].decode())
    return fields


class Job:
    """What one is asked to do; fd is the message, and its lock."""

    def __init__(self, packet, fd):
        fields = decode(packet)
        self.number = int(fields["n"][0])
        self.ident = fields["i"][0]
        self.first = fields["f"][0] == "1"
        self.lane = fields["x"][0]
        self.sender = fields["s"][0]
        self.rcpts = fields["r"]
        self.reports = fields.get("p", [])
        self.copies = fields.get("c", [])
        self.sort = fields.get("o", [""])[0]
        self.login = fields.get("a", [""])[0]
        self.head_len = int(fields["h"][0])
        self.length = int(fields["l"][0])
        self.fd = fd

    def text(self):
        return os.pread(self.fd, self.length - self.head_len, self.head_len)

    def result(self, verdicts, number=None, extras=()):
        """One verdict stands for all."""
        verdicts = [verdicts] * len(self.rcpts) \
            if isinstance(verdicts, str) else verdicts
        return encode([("n", self.number if number is None else number),
                       ("i", self.ident), *(("v", v) for v in verdicts),
                       *(("r", r) for r in self.rcpts),
                       *(("x", x) for x in extras)])

    def let_go(self):
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1


class Agent:
    """A connection of a worker."""

    def __init__(self, inst, name="local", window=32, hello=True):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.connect(os.path.join(inst.home, f"run/agent-{name}/s"))
        self.jobs = []
        if hello:
            self.send(encode([("w", window), ("x", "")]))

    def send(self, packet):
        self.socket.sendall(packet)

    def job(self, timeout=10):
        """The next job, or None when none comes (or the manager went)."""
        self.socket.settimeout(timeout)
        try:
            packet, fds, _, _ = socket.recv_fds(self.socket, PACKET_MAX, 1)
        except (TimeoutError, ConnectionError):
            return None
        if not packet:
            return None
        self.jobs.append(Job(packet, fds[0]))
        return self.jobs[-1]

    def is_closed(self, timeout=5):
        """Did the manager hang up?"""
        self.socket.settimeout(timeout)
        try:
            return self.socket.recv(PACKET_MAX) == b""
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def answer(self, job, verdicts, number=None, extras=()):
        """Reports, and only then lets the message go."""
        self.send(job.result(verdicts, number, extras))
        job.let_go()

    def disconnect(self):
        """Loses its manager; its jobs and their locks stay."""
        self.socket.close()

    def die(self):
        self.socket.close()
        for job in self.jobs:
            job.let_go()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.die()
