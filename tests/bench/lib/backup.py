"""backup - mail for a host that is away: what waiting costs, what it does to
mail that comes in, and how fast it leaves when the host is back.

The host is Postfix's smtp-sink; posthouse only.
"""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../scenario/lib"))
from posthouse import free_ports, wait_for  # noqa: E402

from sink import Sink  # noqa: E402

WAITING = 20000
FEW = 2000
SESSIONS = 20
WATCH_S = 20
MOST_S = 4


def in_queue(inst):
    return sum(len(names) for _, _, names in
               os.walk(inst.home + "/queue/active"))


def send(peer, letters):
    """Seconds until all were accepted."""
    begin = time.monotonic()
    subprocess.run(
        ["smtp-source", "-d", "-s", str(SESSIONS), "-m", str(letters), "-l",
         "4096", "-f", "load@outside.test", "-t", "x@far.test", "-M",
         "load.outside.test", f"127.0.0.1:{peer.port}"], check=True,
        timeout=600)
    return time.monotonic() - begin


def drained(inst, since):
    """Seconds from then until the queue is empty."""
    wait_for(lambda: not in_queue(inst), 600, "an empty queue")
    return time.monotonic() - since


def downs(inst):
    return inst.logs("queue-manager").count("down lane=")


class Used:
    """with Used(peer) as used: ... used.cpu, used.seconds"""

    def __init__(self, peer):
        self.group = peer.group

    def __enter__(self):
        self.cpu, self.begin = self.group.cpu(), time.monotonic()
        return self

    def __exit__(self, *_):
        self.cpu = self.group.cpu() - self.cpu
        self.seconds = time.monotonic() - self.begin


def prepare(inst, port):
    inst.write("domains", f"{inst.domain} local\n"
               f"far.test route to=[127.0.0.1]:{port} tls=none\n")
    inst.write("firstretry", "2\n")
    inst.write("maxprobe", f"{MOST_S}\n")
    inst.compile()
    time.sleep(1.1)


def relay(bench, peer, port, letters):
    """The host is there: in and out again."""
    sink = Sink(port)
    send(peer, 100)
    drained(peer.instance, time.monotonic())
    with Used(peer) as used:
        begin = time.monotonic()
        accepted = send(peer, letters)
        total = drained(peer.instance, begin)
    sink.close()
    bench.note(peer.name, "relay", end_to_end=letters / total,
               accept=letters / accepted,
               CPU_s_per_1000=1000 * used.cpu / letters)


def accept(bench, peer, load, letters):
    with Used(peer) as used:
        seconds = send(peer, letters)
        time.sleep(0.3)
    bench.note(peer.name, load, accept=letters / seconds,
               CPU_s_per_1000=1000 * used.cpu / letters)


def measure(bench, peer):
    inst, port = peer.instance, free_ports(1)[0]
    few, many = bench.count(FEW), bench.count(WAITING)

    prepare(inst, port)
    relay(bench, peer, port, few)
    accept(bench, peer, "dead host, empty queue", few)
    send(peer, many - few)
    wait_for(lambda: in_queue(inst) == many, 60, f"{many} in the queue")
    accept(bench, peer, f"dead host, {many} waiting", few)
    time.sleep(2)
    probes = downs(inst)
    with Used(peer) as used:
        time.sleep(WATCH_S)
    bench.note(peer.name, f"{many + few} waiting", seconds=used.seconds,
               probes=downs(inst) - probes, CPU_s=used.cpu)
    sink = Sink(port)
    wait_for(lambda: "up lane=" in inst.logs("queue-manager")[-20000:] or
             in_queue(inst) < many, 30, "the host was seen")
    with Used(peer) as used:
        left = in_queue(inst)
        total = drained(inst, time.monotonic())
    sink.close()
    bench.note(peer.name, "host is back", drain=left / total,
               CPU_s_per_1000=1000 * used.cpu / left)
