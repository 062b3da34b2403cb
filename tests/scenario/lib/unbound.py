"""unbound - a validating resolver of one's own, with zones of one's own.

    with Unbound({"signed.test": {
                      "mx.signed.test A": ["127.0.0.2"],
                      "_25._tcp.mx.signed.test TLSA": ["3 1 1 " + hex]},
                  "plain.test": {"mx.plain.test A": ["127.0.0.3"]}},
                 signed=["signed.test"],
                 spoiled=["_25._tcp.bad.signed.test TLSA"]) as dns:
        dns.resolver                  # "127.0.0.1@PORT", the setting

Rows are as in dnsserver.  A signed zone has a key of its own, which is the
trust anchor; a spoiled row is changed after it was signed, so that it is
bogus.  Nothing is asked outside: every other name is NXDOMAIN.
"""

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile

from posthouse import free_ports, wait_for

CONFIG = """
server:
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: "{folder}/pid"
    logfile: "{folder}/log"
    use-syslog: no
    verbosity: 1
    val-log-level: 2
    num-threads: 1
    interface: 127.0.0.1
    port: {port}
    do-ip6: no
    do-not-query-localhost: no
    access-control: 127.0.0.0/8 allow
    module-config: "validator iterator"
    local-zone: "test." nodefault
    local-zone: "127.in-addr.arpa." nodefault
    target-fetch-policy: "0 0 0 0 0"
remote-control:
    control-enable: no
"""

ZONE = """
auth-zone:
    name: "{name}"
    zonefile: "{file}"
    for-upstream: yes
    for-downstream: no
    fallback-enabled: no
"""

HEAD = """$TTL 60
{origin} IN SOA ns.invalid. root.invalid. 1 3600 600 86400 60
{origin} IN NS ns.invalid.
"""


def _row(key, value):
    name, kind = key.split()
    value = " ".join(word + "." if kind in ("MX", "CNAME", "PTR", "NS") and
                     not word.isdigit() and not word.endswith(".") else word
                     for word in value.split())
    return f"{name}. IN {kind} {value}\n"


class Unbound:
    def __init__(self, zones, signed=(), spoiled=()):
        base = os.environ.get("POSTHOUSE_TEST_DIR", "/var/tmp")
        self.folder = tempfile.mkdtemp(prefix="unbound-", dir=base)
        self.port = free_ports(1)[0]
        self.resolver = f"127.0.0.1@{self.port}"
        self.process = None
        self.anchors, self.zones = [], []
        try:
            self._make("", {}, False, ())
            for name, rows in zones.items():
                self._make(name, rows, name in signed, spoiled)
            self._configure()
            self._start()
        except BaseException:
            self.close()
            raise

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _make(self, name, rows, is_signed, spoiled):
        file = self._path((name or "root") + ".zone")
        with open(file, "w", encoding="ascii") as out:
            out.write(HEAD.format(origin=name + "."))
            for key, values in rows.items():
                out.writelines(_row(key, value) for value in values)
        if is_signed:
            file = self._sign(name, file)
        for key in spoiled:
            self._spoil(file, key)
        self.zones.append((name or ".", file))

    def _sign(self, name, file):
        key = subprocess.run(
            ["ldns-keygen", "-a", "ECDSAP256SHA256", "-k", name],
            cwd=self.folder, check=True, capture_output=True,
            text=True).stdout.strip()
        subprocess.run(["ldns-signzone", "-f", file + ".signed", file, key],
                       cwd=self.folder, check=True, capture_output=True)
        self.anchors += glob.glob(self._path(key + ".ds"))
        return file + ".signed"

    @staticmethod
    def _spoil(file, key):
        """Another last digit, under the old signature."""
        name, kind = key.split()
        with open(file, encoding="ascii") as zone:
            lines = zone.read().split("\n")
        for at, line in enumerate(lines):
            words = line.split()
            if words[:1] == [name + "."] and words[3:4] == [kind]:
                last = "1" if words[-1][-1] == "0" else "0"
                lines[at] = line.rstrip()[:-1] + last
        with open(file, "w", encoding="ascii") as zone:
            zone.write("\n".join(lines))

    def _configure(self):
        with open(self._path("conf"), "w", encoding="ascii") as out:
            out.write(CONFIG.format(folder=self.folder, port=self.port))
            out.write("server:\n")
            for anchor in self.anchors:
                out.write(f'    trust-anchor-file: "{anchor}"\n')
            for name, file in self.zones:
                out.write(ZONE.format(name=name, file=file))

    def _start(self):
        self.process = subprocess.Popen(
            ["unbound", "-d", "-c", self._path("conf")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(self._path("stderr"), "wb"))
        wait_for(self._answers, 10, "unbound answers")

    def _answers(self):
        assert self.process.poll() is None, self.log()
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False

    def log(self):
        text = ""
        for name in ("stderr", "log"):
            if os.path.exists(self._path(name)):
                with open(self._path(name), encoding="utf-8",
                          errors="replace") as file:
                    text += file.read()
        return text

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print(f"--- unbound\n{self.log()[-4000:]}")
        self.close()
