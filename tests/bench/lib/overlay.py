"""overlay - this machine with other packages: Debian has only one mail server
at a time, so others live in an overlay of the root, where Postfix is removed.

The mounts are in the mount namespace of the bench alone.
"""

import os
import socket
import subprocess
import threading


def own_mounts(argv):
    """Begins this program anew, with mounts of its own."""
    if os.environ.get("BENCH_OWN_MOUNTS") != "yes":
        os.environ["BENCH_OWN_MOUNTS"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", *argv])


class Log:
    """/dev/log: keeps what programs say, as a syslogd that does not sync."""

    def __init__(self, path, to):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        self.file = open(to, "wb")
        threading.Thread(target=self._keep, daemon=True).start()

    def _keep(self):
        while True:
            self.file.write(self.socket.recv(65536) + b"\n")
            self.file.flush()


DEVICES = (("null", 3), ("zero", 5), ("random", 8), ("urandom", 9))


class Overlay:
    made = {}

    def __init__(self, folder, package):
        self.top = f"{folder}/overlay-{package}"
        self.root = self.top + "/root"
        for name in ("changes", "work", "root"):
            os.makedirs(f"{self.top}/{name}")
        subprocess.run(
            ["mount", "-t", "overlay", "overlay", "-o",
             f"lowerdir=/,upperdir={self.top}/changes,"
             f"workdir={self.top}/work", self.root], check=True)
        for name, minor in DEVICES:
            os.mknod(f"{self.root}/dev/{name}", 0o20666, os.makedev(1, minor))
            os.chmod(f"{self.root}/dev/{name}", 0o666)
        self.install(package)
        self.log = Log(self.root + "/dev/log", self.top + "/log")

    def install(self, package):
        policy = self.root + "/usr/sbin/policy-rc.d"
        with open(policy, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(policy, 0o755)
        self.run("env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c",
                 "apt-get update -qq && apt-get install -y -qq "
                 f"--no-install-recommends {package}", timeout=300)

    def run(self, *command, timeout=60):
        done = subprocess.run(["chroot", self.root, *command],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, timeout=timeout)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: "
                               f"{done.stdout}{done.stderr}")
        return done.stdout

    def write(self, path, text):
        with open(self.root + path, "w", encoding="ascii") as file:
            file.write(text)

    @classmethod
    def get(cls, folder, package):
        """The one with this package, made when it is asked for first."""
        if package not in cls.made:
            cls.made[package] = cls(folder, package)
        return cls.made[package]

    @classmethod
    def remove_all(cls):
        for one in cls.made.values():
            subprocess.run(["umount", "--lazy", one.root], check=True)
        cls.made.clear()
