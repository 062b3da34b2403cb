"""relay - through each server to another host: smtp-source, the server,
smtp-sink.  How fast, at which CPU, over how many connections.
"""

import subprocess
import time

SESSIONS = ((1, False), (20, False), (20, True), (100, True))
LETTERS = {1: 500, 20: 2000, 100: 2000}
PATIENCE = 120
WARM_UP = 50


def send(peer, sessions, letters, many):
    """Seconds until all were accepted, and until the last one had left."""
    before = peer.sink.letters
    begin = time.monotonic()
    subprocess.run(
        ["timeout", "--foreground", str(PATIENCE),
         "smtp-source", *(["-d"] if many else []), "-s", str(sessions), "-m",
         str(letters), "-l", "4096", "-f", "load@outside.test", "-t",
         "x@far.test", "-M", "load.outside.test", f"127.0.0.1:{peer.port}"],
        check=True)
    accepted = time.monotonic()
    while peer.sink.letters < before + letters:
        if time.monotonic() > accepted + PATIENCE:
            raise RuntimeError(
                f"{peer.name} sent only {peer.sink.letters - before} of "
                f"{letters} on")
        time.sleep(0.002)
    return accepted - begin, time.monotonic() - begin


def measure(bench, peer):
    """A slow peer gets fewer letters: it would only take longer."""
    send(peer, 20, WARM_UP, True)
    for sessions, many in SESSIONS:
        letters = bench.count(LETTERS[sessions] / peer.slowness)
        connections, used = peer.sink.connections, peer.group.cpu()
        accepted, total = send(peer, sessions, letters, many)
        time.sleep(0.3)
        used = peer.group.cpu() - used
        name = "many" if many else "one"
        bench.note(peer.name, f"relay {name} c={sessions}",
                   end_to_end=letters / total, accept=letters / accepted,
                   CPU_s_per_1000=1000 * used / letters,
                   connections=(peer.sink.connections - connections) / letters)
