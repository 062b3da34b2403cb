"""fetch - 2,000 letters of 4 KB out of one POP3 mailbox of a Dovecot, deleted
there: posthouse beside mpop, fetchmail and getmail, on a short line and on one
of 50 ms a round trip; and 2,000 mailboxes with nothing new.

mpop and getmail write into a Maildir, fetchmail into one file (BSMTP), which
somebody has yet to deliver.
"""

import contextlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from account import Group
from peers import make_apart
from posthouse import Instance
from pop3 import Provider

FETCHERS = ["posthouse", "mpop", "fetchmail", "getmail"]
HERE = os.path.dirname(os.path.abspath(__file__))
LETTERS = 2000
BYTES = 4096
LINES = {"0 ms": 0, "50 ms": 50}
FEW = {"0 ms": {"getmail": 200}, "50 ms": {"fetchmail": 100, "getmail": 100}}
BINDINGS = 2000
WATCH_S = 60
ISP = "u@isp.test"
PATIENCE = 60


def letter(number):
    head = (f"Return-Path: <w@outside.test>\nReceived: from a by b; Sun, 22 "
            f"Nov 2026 00:00:00 +0000\nMessage-ID: <{number}@outside.test>\n"
            f"From: <w@outside.test>\nTo: <{ISP}>\nSubject: {number}\n\n")
    line = "x" * 71 + "\n"
    return head + line * ((BYTES - len(head)) // len(line))


class Line:
    """Between the clients and the provider."""

    def __init__(self, port, ms):
        self.process = subprocess.Popen(
            [sys.executable, HERE + "/slowline.py", str(port), str(ms)],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class House:
    """posthouse, with alice's mailbox at that port."""

    def __init__(self, folder):
        self.group = Group("fetch")
        os.environ["POSTHOUSE_TEST_DIR"] = folder
        self.inst = Instance(accounts=["u"], init=False)
        self.inst.keep = True
        os.mkdir(self.inst.home)
        make_apart(self.inst.home, "queue", "mail")
        self.inst.init()
        self.inst.write("domains", f"{self.inst.domain} map\n")

    def bind(self, rows, secrets):
        self.inst.write("isp", rows)
        path = self.inst.home + "/control/secrets/isp"
        with open(path, "w", encoding="ascii") as file:
            file.write(secrets)
        os.chmod(path, 0o600)
        self.inst.compile()

    def bind_one(self, port):
        self.bind(f"u@{self.inst.domain} {ISP} tls=none every=1d "
                  f"pop3=pop3://[127.0.0.1]:{port}\n", f"{ISP} secret\n")

    def up(self):
        with self.group:
            self.inst.up()
        self.inst.wait_ready("pop3-fetch")

    def log(self):
        with open(self.inst.home + "/log/pop3-fetch/current",
                  encoding="utf-8", errors="replace") as file:
            return file.read()

    def visits(self):
        return len(re.findall(r" visit via=", self.log()))

    def wait(self, is_so, what):
        end = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > end:
                raise RuntimeError(f"posthouse: no {what}: "
                                   f"{self.log()[-2000:]}")
            time.sleep(0.01)

    def delivered(self):
        new = self.inst.maildir_path(f"u@{self.inst.domain}") + "/new"
        return len(os.listdir(new)) if os.path.isdir(new) else 0

    def fetch(self, count):
        """Seconds until the visit is over, and until all are delivered."""
        before, had = self.visits(), self.delivered()
        begin = time.monotonic()
        self.inst.posthouse("isp", "fetch", "all")
        self.wait(lambda: self.visits() > before, "visit")
        over = time.monotonic() - begin
        self.wait(lambda: self.delivered() >= had + count, "delivery")
        return over, time.monotonic() - begin

    def close(self):
        self.inst.close()
        self.group.end()


def run(command, **more):
    subprocess.run(command, check=True, timeout=PATIENCE, **more,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def mpop(folder, port):
    conf = folder + "/mpoprc"
    with open(conf, "w", encoding="ascii") as file:
        file.write(f"account default\nhost 127.0.0.1\nport {port}\nuser {ISP}\n"
                   f"password secret\nauth user\ntls off\nkeep off\n"
                   f"delivery maildir {folder}/mail\n"
                   f"uidls_file {folder}/uidls\n")
    os.chmod(conf, 0o600)
    run(["mpop", "-q", "-C", conf])


def fetchmail(folder, port):
    conf = folder + "/fetchmailrc"
    with open(conf, "w", encoding="ascii") as file:
        file.write(f"poll 127.0.0.1 service {port} protocol pop3 uidl\n"
                   f"user \"{ISP}\" password \"secret\" bsmtp "
                   f"\"{folder}/letters\" sslproto \"\" nokeep\n")
    os.chmod(conf, 0o600)
    run(["fetchmail", "-s", "-f", conf, "-i", folder + "/ids", "--pidfile",
         folder + "/pid"])


def getmail(folder, port):
    with open(folder + "/getmailrc", "w", encoding="ascii") as file:
        file.write(f"[retriever]\ntype = SimplePOP3Retriever\nserver = "
                   f"127.0.0.1\nport = {port}\nusername = {ISP}\npassword = "
                   f"secret\n[destination]\ntype = Maildir\npath = "
                   f"{folder}/mail/\n[options]\ndelete = true\nread_all = true"
                   "\nverbose = 0\n")
    for path in [folder, folder + "/getmailrc",
                 *(f"{folder}/mail{sub}" for sub in
                   ("", "/cur", "/new", "/tmp"))]:
        shutil.chown(path, "nobody", "nogroup")  # it refuses root
    run(["getmail", "-q", "-g", folder], user="nobody", group="nogroup",
        extra_groups=[], env={"HOME": folder, "PATH": os.environ["PATH"]})


OTHERS = {"mpop": mpop, "fetchmail": fetchmail, "getmail": getmail}


def make_place(bench, name):
    """A folder of its own each time: what is full is moved aside, see
    make_apart."""
    place = f"{bench.folder}/{name}"
    if os.path.isdir(place):
        bench.moved = getattr(bench, "moved", 0) + 1
        os.rename(place, f"{bench.folder}/moved.{bench.moved}")
    make_apart(bench.folder, name)
    return place


def measure_other(bench, name, load, port, count):
    folder = make_place(bench, name)
    for sub in ("cur", "new", "tmp"):
        os.makedirs(f"{folder}/mail/{sub}")
    os.chmod(folder, 0o700)
    used, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    try:
        OTHERS[name](folder, port)
    except subprocess.SubprocessError as error:
        print(f"{bench.round} {name:10} {load:12} fails: {error}", flush=True)
        time.sleep(2)  # the provider has yet to notice
        return
    took = time.monotonic() - begin
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    if name != "fetchmail":
        found = len(os.listdir(folder + "/mail/new"))
        if found != count:
            raise RuntimeError(f"{name} brought {found} of {count}")
    bench.note(name, load, fetched=count / took, home=count / took,
               CPU_s_per_1000_fetched=1000 * cpu / count)


def measure_house(bench, house, load, count):
    used = house.group.cpu()
    over, home = house.fetch(count)
    time.sleep(0.3)
    used = house.group.cpu() - used
    bench.note("posthouse", load, fetched=count / over, home=count / home,
               CPU_s_per_1000_fetched=1000 * used / count)


@contextlib.contextmanager
def in_memory():
    """The provider's disk is not what is measured: at QUIT a Dovecot removes
    2,000 files, which takes longer than all else on a busy one."""
    with tempfile.TemporaryDirectory(
            prefix="posthouse-bench.",
            dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as top:
        os.chmod(top, 0o755)
        yield top


def fill(isp, count):
    isp.empty(ISP)  # who failed has left some
    for number in range(isp.count, isp.count + count):
        isp.put(ISP, letter(number))


def measure_one(bench, house, isp, name, load):
    count = bench.count(FEW[load].get(name, LETTERS))
    line = Line(isp.pop3, LINES[load]) if LINES[load] else None
    port = line.port if line else isp.pop3
    try:
        if name == "posthouse":
            house.bind_one(port)
            time.sleep(4)  # a new row is visited within a second
        fill(isp, count)
        if name == "posthouse":
            measure_house(bench, house, load, count)
        else:
            measure_other(bench, name, load, port, count)
    finally:
        if line:
            line.close()


def measure(bench):
    """Each load in a new instance, as the others have new folders each time:
    ext4 is slow to make files where many were removed in the last minute."""
    with in_memory() as place, Provider(place, {ISP: "secret"}) as isp:
        for load in LINES:
            measure_load(bench, isp, load)


def measure_load(bench, isp, load):
    house = House(make_place(bench, "fetch"))
    try:
        house.bind_one(isp.pop3)
        house.up()
        for name in FETCHERS:
            if name == "posthouse" or shutil.which(name):
                measure_one(bench, house, isp, name, load)
    finally:
        house.close()


def idle(bench):
    """CPU and memory for mailboxes with nothing new, every 5 minutes."""
    folder = bench.folder + "/idle"
    count = bench.count(BINDINGS)
    os.mkdir(folder, 0o755)
    names = [f"u{number}@isp.test" for number in range(count)]
    with in_memory() as place, \
            Provider(place, {name: "secret" for name in names}) as isp:
        house = House(folder)
        try:
            for name in names:
                with open(house.inst.home + "/control/accounts", "a",
                          encoding="ascii") as file:
                    file.write(f"{name.split('@')[0]}@{house.inst.domain} "
                               "user\n")
            house.bind("".join(
                f"{name.split('@')[0]}@{house.inst.domain} {name} tls=none "
                f"pop3=pop3://[127.0.0.1]:{isp.pop3}\n" for name in names),
                "".join(f"{name} secret\n" for name in names))
            house.up()
            watch(bench, house, isp, count)
        finally:
            house.close()
    shutil.rmtree(folder)


def logins(isp):
    return isp.log().count("Login:")


def watch(bench, house, isp, count):
    """The first visits come within a minute; then one every 5."""
    time.sleep(65)
    used, before, began = house.group.cpu(), logins(isp), time.monotonic()
    time.sleep(WATCH_S)
    used = house.group.cpu() - used
    visits, took = logins(isp) - before, time.monotonic() - began
    parent = house.inst.pid("pop3-fetch")
    with open(f"/proc/{parent}/smaps_rollup", encoding="ascii") as file:
        pss = int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1))
    bench.note("posthouse", f"{count} idle mailboxes", visits_a_second=visits
               / took, CPU_percent=100 * used / took,
               CPU_ms_a_visit=1000 * used / max(1, visits), parent_kB=pss)
