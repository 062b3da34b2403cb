"""kills - what the tests with random kills share: a load that goes on, who is
killed, the end of the queue, and what other hosts say that they got."""
import collections
import os
import random
import signal
import threading
import time

import daemons
import letters
from daemons import settle


class Load:
    """Sessions that go on whatever happens.  choose(chance) says who gets the
    next letter, its lines and, if those are aliases, who has it at the end.
    pause: the longest between two letters, seconds."""

    def __init__(self, port, sessions, choose, pause=0.1, timeout=10):
        self.port, self.choose = port, choose
        self.pause, self.timeout = pause, timeout
        self.ledger = letters.Ledger()
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(n,))
                        for n in range(sessions)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        chance, count = random.Random(number), 0
        while not self.is_over.is_set():
            try:
                session = letters.Session(self.port, self.timeout)
                for _ in range(chance.randint(1, 10)):
                    count += 1
                    self.ledger.send(session, f"t{number}-{count}",
                                     *self.choose(chance))
                    time.sleep(chance.random() * self.pause)
                session.close()
            except (OSError, ValueError, letters.Refused):
                time.sleep(0.05)

    def end(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


def kill_one(inst, services, parents):
    """A process of one of the services; parents is how often it is its first
    one in any case.  What was killed, or None when it is just not there."""
    service = random.choice(services)
    pid = inst.pid(service)
    if not pid:
        return None
    victim = pid if random.random() < parents else \
        random.choice(daemons.tree(pid))
    try:
        os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:
        return None
    return service + ("" if victim == pid else "'s child")


def kill_many(inst, count, services, parents=0.4, pause=(0.05, 0.5)):
    """pause: between two kills, seconds.  How often what was killed."""
    killed = collections.Counter()
    while sum(killed.values()) < count:
        time.sleep(random.uniform(*pause))
        what = kill_one(inst, services, parents)
        if what:
            killed[what] += 1
    return killed


def said(killed):
    return ", ".join("%s %d" % one for one in sorted(killed.items()))


def is_drained(inst):
    return not [f for f in inst.queue_files()
                if f.startswith(("active/", "note/"))]


def drain(inst):
    """A letter whose workers died three times is held: an admin, having read
    the alarm, lets it go."""
    if not settle(lambda: is_drained(inst), 40):
        inst.posthouse("queue", "release", "all")
        settle(lambda: is_drained(inst), 60)


def slow(talk):
    """For a RemoteHost that takes its time at every step, so that a kill meets
    each of them."""
    chance = random.Random(talk.number)

    def wait(_, __):
        time.sleep(chance.random() * 0.02)
    talk.serve({verb: wait for verb in ("MAIL", "RCPT", "DATA", ".")})


def judge(acked, hosts):
    """(what is wrong, letters that came twice, those of them of which one that
    came earlier was not the last on its connection)."""
    faults, copies, last = [], {}, {}
    for host in hosts:
        for taken in host.letters:
            token = letters.token_if_whole(taken.text.replace(b"\r\n", b"\n"))
            if not token:
                faults.append(f"a letter that is not whole: {taken}")
            copies.setdefault(token, []).append((host.port, taken.number))
            last[host.port, taken.number] = token
    faults += [f"lost: {token}" for token in acked if token not in copies]
    twice = {token: places for token, places in copies.items()
             if len(places) > 1}
    odd = [token for token, places in twice.items()
           if any(last[place] != token for place in places[:-1])]
    return faults, twice, odd
