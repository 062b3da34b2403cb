"""alone - a program that takes jobs, without a house: the test is its
queue-manager, and what it says is there word by word.  See sender.py and
sorter.py."""

import os
import queue
import socket
import subprocess
import sys
import threading

from agent import PACKET_MAX
from posthouse import wait_for


class Alone:
    """program: as its service runs it; name: of its socket; user: its own.
    .workers: those that have connected, as meet() made them."""

    def __init__(self, inst, program, name, user, wrapper=(), is_quiet=False):
        """wrapper: words before the program; is_quiet: it may well fail."""
        self.inst, self.program, self.is_quiet = inst, program, is_quiet
        self.path = os.path.join(inst.home, f"run/agent-{name}/s")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o666)
        self.listener.listen(100)
        self.log_path = os.path.join(inst.dir, f"{program}.log")
        drop = [] if inst.one_user else ["s6-setuidgid", user]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, *drop, os.path.join(
                    inst.build, "libexec/posthouse", program)],
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
            raise AssertionError(f"{program} has ended")

    def meet(self, sock):
        """A connection of a worker's, its hello still to be read."""
        sock.recv(PACKET_MAX)
        return sock

    def _accept(self):
        while True:
            try:
                self.workers.put(self.meet(self.listener.accept()[0]))
            except OSError:
                return

    def worker(self, timeout=20):
        return self.workers.get(timeout=timeout)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def close(self, failed=False):
        if failed and not self.is_quiet:
            print(self.log(), file=sys.stderr)
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
