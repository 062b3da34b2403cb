"""sender - remote-send alone, and the test is its queue-manager.

    with Instance() as inst, Sender(inst) as sender:
        verdicts = sender.send("to [127.0.0.1]:2525", ["a@x.test"], text)

The verdicts are remote-send's own, word by word.
"""

import os
import queue
import socket
import subprocess
import tempfile
import threading

from agent import PACKET_MAX, decode, encode
from posthouse import wait_for

TEXT = b"Subject: test\n\nhello\n"


class Worker:
    """A connection of remote-send's."""

    def __init__(self, sock):
        self.socket = sock
        self.hello = decode(sock.recv(PACKET_MAX))

    def say(self, lane, rcpts, text=TEXT, sender="s@local.test", number=1,
            dsn=(), ret="", envid="", is_8bit=0, is_utf8=0, arrived=0,
            ident="6qw5c1zj3k00abc"):
        """Hands a job out."""
        with tempfile.TemporaryFile() as file:
            file.write(b"the envelope\n" + text)
            file.flush()
            socket.send_fds(self.socket, [encode([
                ("n", number), ("i", ident), ("t", arrived), ("h", 13),
                ("l", 13 + len(text)), ("f", 1), ("u", is_utf8),
                ("b", is_8bit), ("x", lane), ("s", sender),
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


class Sender:
    """remote-send as its service runs it."""

    def __init__(self, inst, wrapper=()):
        self.inst = inst
        self.path = path = os.path.join(inst.home, "run/agent-remote/s")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(path)
        os.chmod(path, 0o666)
        self.listener.listen(100)
        self.log_path = os.path.join(inst.dir, "remote-send.log")
        drop = [] if inst.one_user else ["s6-setuidgid", "phremote"]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, *drop, os.path.join(
                    inst.build, "libexec/posthouse/remote-send")],
                stderr=log, stdin=subprocess.DEVNULL,
                env=dict(os.environ, POSTHOUSE_HOME=inst.home,
                         ASAN_OPTIONS="detect_leaks=0"))
        self.clean = queue.Queue()
        threading.Thread(target=self._accept, daemon=True).start()
        wait_for(lambda: not self.clean.empty() or
                 self.process.poll() is not None, 10, "a worker")
        assert self.process.poll() is None, self.log()

    def _accept(self):
        while True:
            try:
                self.clean.put(Worker(self.listener.accept()[0]))
            except OSError:
                return

    def worker(self, timeout=20):
        """One that has had no job yet."""
        return self.clean.get(timeout=timeout)

    def send(self, lane, rcpts, text=TEXT, **options):
        """One job to a clean worker."""
        worker = self.worker()
        verdicts = worker.send(lane, rcpts, text, **options)
        worker.leave()
        return verdicts

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def close(self, failed=False):
        if failed:
            print(self.log(), file=os.sys.stderr)
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(15)
        finally:
            self.listener.close()
            os.unlink(self.path)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close(failed=kind is not None)
