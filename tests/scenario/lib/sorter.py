"""sorter - share-sort alone, and the test is its queue-manager.

    with Sorter(inst) as sorter:
        verdict, extras = sorter.ask("in", "boss@office.test", text)

The verdict is share-sort's own, word by word.
"""

import os
import queue
import socket
import subprocess
import tempfile
import threading

from agent import PACKET_MAX, decode, encode
from posthouse import wait_for


class Sorter:
    """share-sort as its service runs it."""

    def __init__(self, inst, wrapper=(), is_quiet=False):
        """wrapper: words before the program; is_quiet: it may well fail."""
        self.inst, self.is_quiet = inst, is_quiet
        self.path = os.path.join(inst.home, "run/agent-share/s")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o666)
        self.listener.listen(100)
        self.log_path = os.path.join(inst.dir, "share-sort.log")
        drop = [] if inst.one_user else ["s6-setuidgid", "phshare"]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, *drop, os.path.join(
                    inst.build, "libexec/posthouse/share-sort")],
                stderr=log, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=dict(os.environ, POSTHOUSE_HOME=inst.home,
                         ASAN_OPTIONS="detect_leaks=0"))
        self.workers = queue.Queue()
        threading.Thread(target=self._accept, daemon=True).start()
        wait_for(lambda: not self.workers.empty() or
                 self.process.poll() is not None, 20, "a worker")
        if self.process.poll() is not None:
            self.close(failed=True)
            raise AssertionError("share-sort has ended")

    def _accept(self):
        while True:
            try:
                worker = self.listener.accept()[0]
                worker.recv(PACKET_MAX)
                self.workers.put(worker)
            except OSError:
                return

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
                ("b", 0), ("x", ""), ("s", sender), ("r", rcpt), ("e", ""),
                ("v", ""), *(("c", copy) for copy in copies), ("o", sort),
                ("a", login)])], [file.fileno()])

    def ask(self, sort, rcpt, text, timeout=30, **options):
        """A job and its result: the verdict, {account: copy}."""
        worker = self.workers.get(timeout=timeout)
        self.say(worker, sort, rcpt, text, **options)
        worker.settimeout(timeout)
        packet = worker.recv(PACKET_MAX)
        assert packet, "the worker is gone"
        self.workers.put(worker)
        result = decode(packet)
        return result["v"][0], dict(
            extra.split(" ", 1) for extra in result.get("x", []))

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def close(self, failed=False):
        if failed and not self.is_quiet:
            print(self.log(), file=os.sys.stderr)
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(15)
        finally:
            self.listener.close()
            os.unlink(self.path)
        assert failed or "Sanitizer" not in self.log(), self.log()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close(failed=kind is not None)
