"""account - what a peer costs: CPU, memory, and events of the kernel.

A peer's processes are born into a control group of their own, so that what
they and their ended children used is counted, and nothing else.
"""

import os
import re
import shutil
import signal
import subprocess
import time

EVENTS = {
    "system calls": ["raw_syscalls:sys_enter"],
    "context switches": ["sched:sched_switch"],
    "fsyncs": ["syscalls:sys_enter_fsync", "syscalls:sys_enter_fdatasync",
               "syscalls:sys_enter_syncfs"],
    "forks": ["sched:sched_process_fork"],
    "execs": ["sched:sched_process_exec"],
}


def slurp(path):
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


class Group:
    """with group: what is started inside belongs to it."""

    V2 = "/sys/fs/cgroup"
    V1 = "/sys/fs/cgroup/cpuacct"

    def __init__(self, name):
        top = self.V2 if os.path.exists(self.V2 + "/cgroup.controllers") \
            else self.V1
        self.is_v2 = top == self.V2
        own = re.search(r"^0::(.*)" if self.is_v2 else
                        r"^\d+:[^:]*\bcpuacct\b[^:]*:(.*)",
                        slurp("/proc/self/cgroup"), re.M)
        self.home = top + (own.group(1).rstrip("/") if own else "")
        self.path = f"{top}/posthouse-bench-{os.getpid()}-{name}"
        try:
            os.mkdir(self.path)
        except OSError as error:
            print(f"no control group ({error.strerror}): no CPU figures")
            self.path = None

    def _enter(self, path):
        if self.path:
            with open(path + "/cgroup.procs", "w", encoding="ascii") as file:
                file.write(str(os.getpid()))

    def __enter__(self):
        self._enter(self.path)

    def __exit__(self, *_):
        self._enter(self.home)

    def pids(self):
        return [int(pid) for pid in
                slurp(f"{self.path}/cgroup.procs").split()]

    def cpu(self):
        """Seconds so far, user and system."""
        if not self.path:
            return 0.0
        if self.is_v2:
            text = slurp(self.path + "/cpu.stat")
            return int(re.search(r"usage_usec (\d+)", text).group(1)) / 1e6
        return int(slurp(self.path + "/cpuacct.usage")) / 1e9

    def pss(self):
        """Memory in kB, a page shared by n processes counted 1/n for each."""
        found = [re.search(r"^Pss:\s+(\d+)",
                           slurp(f"/proc/{pid}/smaps_rollup"), re.M)
                 for pid in self.pids()]
        return sum(int(one.group(1)) for one in found if one)

    def end(self):
        """Ends what is left in it."""
        for number in [signal.SIGTERM] * 20 + [signal.SIGKILL] * 20:
            for pid in self.pids():
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            if not self.pids():
                break
            time.sleep(0.1)
        if self.path:
            os.rmdir(self.path)
            self.path = None


class Trace:
    """with Trace(pids) as trace: counts the events of these processes and
    of those they start; then trace.counts, empty without perf."""

    def __init__(self, pids):
        names = [name for names in EVENTS.values() for name in names]
        self.counts = {}
        self.command = ["perf", "stat", "-x,", "-e", ",".join(names),
                        "-p", ",".join(map(str, pids))]
        self.process = None

    def __enter__(self):
        if shutil.which("perf"):
            self.process = subprocess.Popen(
                self.command, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True)
            time.sleep(1)
        return self

    def __exit__(self, *_):
        if not self.process:
            return
        self.process.send_signal(signal.SIGINT)
        text = self.process.communicate(timeout=30)[1]
        found = {name: int(count) for count, name in
                 re.findall(r"^(\d+),,([\w:]+),", text, re.M)}
        if found:
            self.counts = {key: sum(found.get(name, 0) for name in names)
                           for key, names in EVENTS.items()}
