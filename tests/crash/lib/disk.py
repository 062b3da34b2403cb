"""disk - a real filesystem on a disk whose power can be cut.

The disk is power-cut/disk (a write cache, and cuts on order) below a loop
device; on it is a filesystem of the kernel.  Needs root, /dev/fuse and loop
devices.
"""
import contextlib
import os
import shutil
import subprocess
import tempfile
import time

import helpers

MB = 1024 * 1024

# name -> image bytes, mkfs, mount options of the disk, mount options of a copy
KINDS = {
    "ext4": (64 * MB, ["mkfs.ext4", "-q", "-F"], "", ""),
    "ext4-fast-commit": (64 * MB, ["mkfs.ext4", "-q", "-F", "-O",
                                   "fast_commit"], "", ""),
    "xfs": (320 * MB, ["mkfs.xfs", "-q", "-f"], "", "nouuid"),
    "btrfs": (128 * MB, ["mkfs.btrfs", "-q", "-f"], "nodiscard", "nodiscard"),
}


class Unrecoverable(Exception):
    """The kernel could not replay its own journal.  Fast commits of several
    writers now and then end so (Linux 6.18: "journal recovery failed"; e2fsck
    1.47 then drops the whole journal), with a plain loop of create, write,
    fsync, rename, unlink, and with no cache in the disk.  No program can be
    safe there: FORMAT.md says what follows."""


def is_possible():
    """May we mount, and are the devices there?  Not so in most containers."""
    if os.getuid() != 0:
        return False
    try:
        for device in ("/dev/fuse", "/dev/loop-control"):
            os.close(os.open(device, os.O_RDWR))
    except OSError:
        return False
    with tempfile.TemporaryDirectory() as folder:
        try:
            return subprocess.run(
                ["mount", "-t", "tmpfs", "none", folder],
                capture_output=True, check=False).returncode == 0
        finally:
            unmount(folder)


def kinds():
    """The filesystems that this machine can make and mount, and the rest."""
    for module in ("xfs", "btrfs"):
        if shutil.which("modprobe"):
            subprocess.run(["modprobe", "-q", module], check=False,
                           capture_output=True)
    with open("/proc/filesystems") as f:
        mountable = f.read().split()
    have = [k for k in KINDS if shutil.which(KINDS[k][1][0])
            and k.split("-")[0] in mountable]
    return have, [k for k in KINDS if k not in have]


def run(*command):
    """Silent unless it fails: mkfs.btrfs likes to talk."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise SystemExit("%s failed: %s" % (" ".join(command), done.stdout))


def unmount(path):
    """What is mounted there, if anything.  Whoever still ends there gets a
    moment."""
    for _ in range(50):
        if not os.path.ismount(path):
            return
        done = subprocess.run(["umount", path], capture_output=True, text=True,
                              check=False)
        if done.returncode == 0:
            return
        time.sleep(0.1)
    subprocess.run(["umount", "-l", path], check=False)
    raise SystemExit(done.stderr)


class Disk:
    """One disk with one filesystem; .path is where it is mounted."""

    def __init__(self, kind, scale=1, options=""):
        """scale: times the usual size; options: for ext4 and btrfs."""
        size, mkfs, own_options, self.copy_options = KINDS[kind]
        if kind != "xfs":
            own_options = ",".join(filter(None, [own_options, options]))
        self.kind = kind
        self.tmp = tempfile.mkdtemp(prefix="posthouse-disk-",
                                    dir=helpers.memory_folder())
        os.chmod(self.tmp, 0o755)
        self.path = os.path.join(self.tmp, "fs")
        self.copy = os.path.join(self.tmp, "copy")
        self.dev = os.path.join(self.tmp, "dev")
        self.server = self.loop = None
        self.cuts = 0
        try:
            with helpers.undisturbed():
                for folder in (self.dev, self.path, self.copy):
                    os.mkdir(folder)
                self._start(size * scale, mkfs)
                run("mount", "-o", "noatime," + own_options, self.loop,
                    self.path)
        except BaseException:
            self.close()
            raise

    def _start(self, size, mkfs):
        """The disk and its loop device.  It is in a process group of its
        own: what ends the test must not end it before its filesystem is
        unmounted."""
        image = os.path.join(self.tmp, "image")
        with open(image, "wb") as f:
            f.truncate(size)
        run(*mkfs, image)
        self.server = subprocess.Popen(
            [helpers.compiled("power-cut/disk.c"), self.dev, image],
            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            start_new_session=True)
        if self.server.stdout.readline() != "mounted\n":
            raise SystemExit("the disk does not start: is /dev/fuse here?")
        os.unlink(image)
        self.loop = subprocess.run(
            ["losetup", "-f", "--show", os.path.join(self.dev, "disk")],
            check=True, capture_output=True, text=True).stdout.strip()

    def settle(self):
        """Everything so far is on the platter."""
        run("sync", "-f", self.path)

    def fast_commits(self):
        """How many of ext4's commits were fast ones; None elsewhere."""
        path = "/proc/fs/ext4/%s/fc_info" % os.path.basename(self.loop)
        if self.kind != "ext4-fast-commit" or not os.path.exists(path):
            return None
        with open(path, encoding="ascii") as file:
            return int(file.read().split()[2])

    def cut(self, how):
        """The disk's image if the power went now: a path, to be removed by
        the caller.  how: flushed (the cache is lost), some, all."""
        self.cuts += 1
        path = os.path.join(self.tmp, "cut%d" % self.cuts)
        self.server.stdin.write("cut %s %s\n" % (how, path))
        self.server.stdin.flush()
        self.server.stdout.readline()
        return path

    def unplug(self):
        """Unmounts.  Copies of the disk can be mounted only after that: they
        carry its identity, which btrfs would mistake for the disk itself."""
        try:
            unmount(self.path)
        finally:
            if self.loop:
                run("losetup", "-d", self.loop)
                self.loop = None
        self.server.stdin.close()
        self.server.wait()
        if self.kind == "btrfs":
            subprocess.run(["btrfs", "device", "scan", "--forget"],
                           check=False, capture_output=True)

    @contextlib.contextmanager
    def mounted(self, image, where=None):
        """The filesystem as found when the power is back."""
        where = where or self.copy
        try:
            self._mount_copy(image, where)
            yield where
        finally:
            unmount(where)

    def _mount_copy(self, image, where):
        done = subprocess.run(["mount", "-o", "loop,noatime," +
                               self.copy_options, image, where],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0 and self.kind == "ext4-fast-commit":
            raise Unrecoverable(done.stderr)
        if done.returncode != 0:
            raise SystemExit("cannot mount %s: %s" % (image, done.stderr))

    def close(self):
        try:
            if self.server and not self.server.stdin.closed:
                self.unplug()
        finally:
            if self.server:
                self.server.kill()
                self.server.wait()
            subprocess.run(["umount", "-l", self.dev],
                           capture_output=True, check=False)
            shutil.rmtree(self.tmp, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
