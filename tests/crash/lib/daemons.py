"""daemons - the programs of a one-user instance, started by hand: without a
supervisor a test decides itself who lives, and starts one in milliseconds."""
import os
import select
import signal
import socket
import subprocess
import time

import helpers  # and with it scenario/lib
from posthouse import Instance, wait_for  # noqa: F401

PROGRAMS = ("queue-manager", "local-deliver", "bounce-write", "smtp-receive")


class Daemons:
    """inst: an Instance(one_user=True).  Use as a context manager."""

    def __init__(self, inst):
        self.inst = inst
        self.home = inst.home
        self.running = {}  # name -> Popen
        self.listener = socket.create_server(
            ("127.0.0.1", inst.port), backlog=128)

    def path(self, name):
        return os.path.join(self.inst.build, "libexec/posthouse", name)

    def log(self, name):
        return os.path.join(self.inst.dir, name + ".log")

    def start(self, name, before=(), wait=5, must=True):
        """before: the killer and its arguments.  True when it is ready."""
        ready_read, ready_write = os.pipe()
        command = [*before, self.path(name)]
        if name == "smtp-receive":
            command.append("smtp")
        with open(self.log(name), "ab") as log:
            self.running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                close_fds=False, preexec_fn=self._descriptors(ready_write),
                start_new_session=True,
                env=dict(os.environ, POSTHOUSE_HOME=self.home,
                         LISTEN_FDS="1"))
        os.close(ready_write)
        is_ready = bool(select.select([ready_read], [], [], wait)[0]) and \
            os.read(ready_read, 1) == b"\n"
        os.close(ready_read)
        if must and not is_ready:
            raise AssertionError("%s does not start: %s" %
                                 (name, self.tail(name)))
        return is_ready

    def _descriptors(self, ready_write):
        """3: readiness, 4: the listener; as s6 and tcp-listen give them."""
        def child():
            high_ready = os.dup2(ready_write, 200)
            high_listen = os.dup2(self.listener.fileno(), 201)
            os.dup2(high_ready, 3)
            os.dup2(high_listen, 4)
            os.closerange(5, 202)
        return child

    def start_all(self):
        self.start_all_but(None)

    def start_all_but(self, name):
        for other in PROGRAMS:
            if other != name and not self.is_up(other):
                self.start(other)

    def is_up(self, name):
        return name in self.running and self.running[name].poll() is None

    def groups_but(self, name):
        """The process groups of all others, for the killer."""
        return ",".join(str(process.pid) for other, process in
                        self.running.items() if other != name)

    def kill(self, name):
        """SIGKILL to the program and its children, as a power cut would."""
        process = self.running.pop(name, None)
        if process is None:
            return
        for pid in tree(process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()

    def kill_alone(self, name):
        """SIGKILL to the program, as kill -9 is; its children live on."""
        process = self.running.pop(name, None)
        if process:
            process.kill()
            process.wait()

    def stop(self, name):
        process = self.running.pop(name, None)
        if process:
            process.terminate()
            process.wait(20)

    def tail(self, name):
        with open(self.log(name), "rb") as file:
            return file.read()[-3000:].decode(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in list(self.running):
            self.kill(name)
        self.listener.close()


def tree(pid):
    """A process and all below it, itself first."""
    pids = [pid]
    for one in pids:
        try:
            with open("/proc/%d/task/%d/children" % (one, one)) as file:
                pids += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return pids


def settle(predicate, seconds):
    """Like wait_for, finer and without a complaint: did it come true?"""
    end = time.monotonic() + seconds
    while not predicate():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
