"""receiver - smtp-receive alone, without the rest of an instance: what it
queues stays in its drop box, to be looked at; and a client that says exactly
the bytes it is told to.

    with Instance(...) as inst, Receiver(inst) as receiver:
        wire = receiver.connect()
        assert wire.ask("EHLO x")[0] == 250
"""

import os
import signal
import socket
import subprocess

from posthouse import wait_for

CRLF = b"\r\n"


class Wire:
    """A connection, bytes in and out."""

    def __init__(self, port, timeout=20, source=None, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), timeout, source)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes)
                            else data.encode())

    def line(self):
        """One line of a reply; None when the connection is closed.  A reset
        is an error: it could have cost a reply."""
        while CRLF not in self.buffer:
            more = self.socket.recv(65536)
            if not more:
                assert not self.buffer, self.buffer
                return None
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(CRLF)
        return line.decode()

    def reply(self):
        """(code, "words of all lines")."""
        words = []
        while True:
            line = self.line()
            if line is None:
                return (0, "closed")
            words.append(line[4:])
            if line[3:4] != "-":
                return (int(line[:3]), "\n".join(words))

    def ask(self, command):
        self.send(command.encode() + CRLF)
        return self.reply()

    def expect(self, command, code, enhanced=""):
        """Asks (None: only listens) and checks the reply."""
        got = self.reply() if command is None else self.ask(command)
        assert got[0] == code and got[1].startswith(enhanced), \
            f"{command!r:.80}: expected {code} {enhanced}, got {got}"
        return got[1]

    def closed(self):
        """The server closed, and said no more."""
        line = self.line()
        assert line is None, line
        return True

    def begin(self, *to, sender="someone@outside.test", ehlo=True):
        """MAIL and RCPTs, up to before DATA."""
        if ehlo:
            self.expect("EHLO client.test", 250)
        self.expect(f"MAIL FROM:<{sender}>", 250)
        for address in to:
            self.expect(f"RCPT TO:<{address}>", 250)

    def data(self, text):
        """DATA; text has its CRLFs and dots.  The queue id."""
        self.expect("DATA", 354)
        self.send(text if isinstance(text, bytes) else text.encode())
        self.send(b".\r\n")
        return self.expect(None, 250, "2.0.0 ok ").split()[-1]

    def close(self):
        self.socket.close()


class Receiver:
    """tcp-listen and smtp-receive, as the service runs them."""

    def __init__(self, inst, wrapper=()):
        self.inst = inst
        self.box = os.path.join(inst.home, "queue/drop/smtp")
        self.log_path = os.path.join(inst.dir, "receiver.log")
        libexec = os.path.join(inst.build, "libexec/posthouse")
        drop = [] if inst.one_user else ["s6-setuidgid", "phsmtp"]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, f"{libexec}/tcp-listen", "smtp", *drop,
                 f"{libexec}/smtp-receive", "smtp"], stderr=log,
                # a confined process cannot look for its leaks
                env=dict(os.environ, POSTHOUSE_HOME=inst.home,
                         ASAN_OPTIONS="detect_leaks=0"),
                stdin=subprocess.DEVNULL)
        wait_for(self._answers, 10, "smtp-receive answers")

    def _answers(self):
        assert self.process.poll() is None, self.log()
        try:
            with socket.create_connection(("127.0.0.1", self.inst.port), 1):
                return True
        except OSError:
            return False

    def connect(self, greet=True, source=None):
        wire = Wire(self.inst.port, source=source)
        if greet:
            wire.expect(None, 220)
        return wire

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait_log(self, words, seconds=10):
        wait_for(lambda: words in self.log(), seconds, f"{words!r} logged")

    def children(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        with open(path, encoding="ascii") as file:
            return file.read().split()

    def wait_idle(self):
        wait_for(lambda: not self.children(), 10, "all sessions gone")

    def letters(self):
        """What is queued: {id: (envelope lines, message bytes)}; files that
        were never finished are not among them."""
        found = {}
        for name in sorted(os.listdir(self.box)):
            with open(os.path.join(self.box, name), "rb") as file:
                head, _, message = file.read().partition(b"\n\n")
            lines = head.decode().split("\n")
            if len(lines) > 1 and lines[1].removeprefix("length").strip():
                found[name] = (lines, message)
        return found

    def clear(self):
        for name in os.listdir(self.box):
            os.unlink(os.path.join(self.box, name))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.stop()
        if kind is not None:
            print(f"--- smtp-receive\n{self.log()[-6000:]}")
