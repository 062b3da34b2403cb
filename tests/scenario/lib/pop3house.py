"""pop3house - an instance whose alice has a mailbox at a scripted server.

    house = House(inst)
    house.bind(server, "keep=all")       # control/isp, compiled; and a visit
    some = letters(3); server.letters = dict(some)
    house.wait(names(some))              # all that alice ever got, and these
"""
import hashlib
import os
import time

from posthouse import wait_for

ISP = "xx@isp.test"
serial = 0


class House:
    def __init__(self, inst):
        self.inst = inst
        self.alice = f"alice@{inst.domain}"
        self.post = f"postmaster@{inst.domain}"
        self.expected = []

    def bind(self, server, options="", secret="secret", every="1s"):
        # another account name makes another binding, with its own ledger
        inst = self.inst
        inst.write("domains", f"{inst.domain} map\n")
        inst.write("isp", f"{self.alice} {ISP} tls=none every={every} {options} "
                   f"pop3=pop3://[127.0.0.1]:{server.port}\n")
        inst.write("secrets/isp", f"{ISP} {secret}\n")
        inst.compile()
        self.fetch()

    def fetch(self):
        self.inst.posthouse("isp", "fetch", ISP, check=False)

    def ledger(self):
        path = os.path.join(
            self.inst.home, "state/pop3", hashlib.sha256(
                f"{self.alice} {ISP}".encode()).hexdigest())
        with open(path, encoding="utf-8") as file:
            return file.read()

    def subjects(self, address=None):
        return sorted(
            one.bytes.split(b"Subject: ")[1].split(b"\n")[0].decode()
            for one in self.inst.maildir(address or self.alice))

    def wait(self, more, seconds=20):
        self.expected = sorted(self.expected + list(more))
        wait_for(lambda: self.subjects() == self.expected, seconds,
                 f"{self.expected}, not {self.subjects()}")


def letters(count, size=10):
    """uid -> text; every call has others."""
    global serial
    made = {}
    for _ in range(count):
        serial += 1
        made[f"uid{serial}"] = (
            f"Return-Path: <w@out.test>\nSubject: s{serial}\n"
            f"Message-ID: <{serial}@out.test>\n\n".encode() +
            b"line\n..dots\n" * size)
    return made


def names(some):
    return [text.split(b"Subject: ")[1].split(b"\n")[0].decode()
            for text in some.values()]


def until_sessions(server, house, count, seconds=20):
    end = time.monotonic() + seconds
    before = server.sessions
    while server.sessions < before + count:
        assert time.monotonic() < end, "no visits"
        house.fetch()
        time.sleep(0.1)
