"""dnsserver - a resolver that says what a test tells it to, and misbehaves.

    with DnsServer({
            "remote.test MX": ["10 mx.remote.test", "20 mx2.remote.test"],
            "mx.remote.test A": ["127.0.0.2"],
            "alias.test CNAME": ["remote.test"]}) as dns:
        dns.resolver                         # "127.0.0.1@PORT", the setting
        dns.fault["slow.test"] = "timeout"   # or ["slow.test MX"]
        dns.secure.add("mx.remote.test")     # AD: "validated"; "*": all
        dns.zone["new.test A"] = ["192.0.2.1"]
        dns.asked                            # ["remote.test MX udp", ...]

It answers as a recursive resolver does: CNAMEs are followed, a name that is
nowhere is NXDOMAIN, and one without that type NODATA.  Faults:

    timeout      says nothing                refused, servfail, formerr, notimp
    truncated    cut off over UDP, whole over TCP
    always-truncated, tcp-closes             garbage, empty, half
    wrong-id, wrong-question, wrong-type     no-question
    cname-loop, self-cname, long-chain       pointer-loop, forward-pointer
    no-edns      FORMERR to whoever sends an OPT record
    giant        60 kB of records            bad-data: records of a wrong length
    alien        only records of other names two-questions
"""

import ipaddress
import socket
import struct
import threading

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15,
         "TXT": 16, "AAAA": 28, "OPT": 41, "TLSA": 52}
NAMES = {number: name for name, number in TYPES.items()}
RCODES = {"formerr": 1, "servfail": 2, "nxdomain": 3, "notimp": 4,
          "refused": 5}
UDP_MAX = 1232


def wire_name(name):
    """A name as DNS writes it, without compression."""
    wire = b""
    for label in name.rstrip(".").split("."):
        if label:
            wire += bytes([len(label)]) + label.encode("latin-1")
    return wire + b"\0"


def wire_data(kind, text):
    """The data of a record from its text; bytes are taken as they are."""
    if isinstance(text, bytes):
        return text
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(text).packed
    if kind == "MX":
        preference, host = text.split()
        return struct.pack("!H", int(preference)) + wire_name(host)
    if kind == "TLSA":
        usage, selector, matching, data = text.split()
        return bytes([int(usage), int(selector), int(matching)]) + \
            bytes.fromhex(data)
    if kind == "TXT":
        return bytes([len(text)]) + text.encode()
    return wire_name(text)  # CNAME, PTR, NS


def record(owner, kind, data):
    return wire_name(owner) + struct.pack("!HHIH", TYPES[kind], 1, 60,
                                          len(data)) + data


def reverse(address):
    """The name that PTR is asked for."""
    return ipaddress.ip_address(address).reverse_pointer


def read_question(packet):
    """(name, type, the question's bytes)."""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    kind = struct.unpack("!H", packet[at + 1:at + 3])[0]
    return ".".join(labels).lower(), kind, packet[12:at + 5]


class DnsServer:
    def __init__(self, zone=None, host="127.0.0.1", port=0):
        self.zone = dict(zone or {})
        self.fault = {}
        self.secure = set()
        self.asked = []
        self.host = host
        self.udp, self.tcp = self._bind(host, port)
        self.port = self.udp.getsockname()[1]
        self.resolver = f"{host}@{self.port}"
        self.threads = [threading.Thread(target=work, daemon=True)
                        for work in (self._serve_udp, self._serve_tcp)]

    @staticmethod
    def _bind(host, port):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        for _ in range(50):
            udp = socket.socket(family, socket.SOCK_DGRAM)
            udp.bind((host, port))
            tcp = socket.socket(family, socket.SOCK_STREAM)
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tcp.bind((host, udp.getsockname()[1]))
            except OSError:
                udp.close()
                tcp.close()
                continue
            tcp.listen(16)
            return udp, tcp
        raise OSError("no port that is free for UDP and TCP")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *ignored):
        self.udp.close()
        self.tcp.close()

    def _serve_udp(self):
        while True:
            try:
                packet, peer = self.udp.recvfrom(4096)
                answer = self.answer(packet, "udp")
                if answer is not None:
                    self.udp.sendto(answer, peer)
            except OSError:
                if self.udp.fileno() < 0:
                    return

    def _serve_tcp(self):
        while True:
            try:
                peer, _ = self.tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(peer,),
                             daemon=True).start()

    def _talk(self, peer):
        with peer:
            peer.settimeout(20)
            try:
                while True:
                    size = peer.recv(2, socket.MSG_WAITALL)
                    if len(size) < 2:
                        return
                    packet = peer.recv(struct.unpack("!H", size)[0],
                                       socket.MSG_WAITALL)
                    answer = self.answer(packet, "tcp")
                    if answer is None:
                        return
                    peer.sendall(struct.pack("!H", len(answer)) + answer)
            except OSError:
                pass

    def count(self, words):
        """How often was that asked ("remote.test MX")?"""
        return sum(asked.startswith(words) for asked in list(self.asked))

    def answer(self, packet, by):
        name, number, question = read_question(packet)
        kind = NAMES.get(number, str(number))
        self.asked.append(f"{name} {kind} {by}")
        fault = self.fault.get(f"{name} {kind}", self.fault.get(name))
        wrong = getattr(self, "_" + (fault or "none").replace("-", "_"), None)
        if fault in RCODES:
            return self._pack(packet, question, [], RCODES[fault])
        if fault:
            assert wrong, f"no such fault: {fault}"
            return wrong(packet, question, name, kind, by)
        return self._right(packet, question, name, kind, by)

    def _pack(self, packet, question, records, rcode=0, cut=False, ad=False,
              count=None, questions=1):
        flags = 0x8180 | (0x0200 if cut else 0) | (0x20 if ad else 0) | rcode
        return packet[:2] + struct.pack(
            "!HHHHH", flags, questions,
            len(records) if count is None else count, 0, 0) + \
            question + b"".join(records)

    def _right(self, packet, question, name, kind, by):
        records, rcode, secure, owner = [], 0, True, name
        for _ in range(16):
            secure = secure and bool({"*", owner} & self.secure)
            found = self.zone.get(f"{owner} {kind}")
            alias = self.zone.get(f"{owner} CNAME")
            if found is not None or not alias:
                break
            records.append(record(owner, "CNAME", wire_name(alias[0])))
            owner = alias[0].lower().rstrip(".")
        if found is None and not any(
                key.split()[0] == owner or key.split()[0].endswith("." + owner)
                for key in self.zone):
            rcode = RCODES["nxdomain"]
        records += [record(owner, kind, wire_data(kind, text))
                    for text in found or []]
        whole = self._pack(packet, question, records, rcode, ad=secure)
        if by == "udp" and len(whole) > UDP_MAX:
            return self._pack(packet, question, [], rcode, cut=True)
        return whole

    # The faults, each by its name.

    def _timeout(self, *_):
        return None

    def _truncated(self, packet, question, name, kind, by):
        if by == "udp":
            return self._pack(packet, question, [], cut=True)
        return self._right(packet, question, name, kind, by)

    def _no_edns(self, packet, question, name, kind, by):
        if packet[10:12] != b"\0\0":
            return self._pack(packet, question, [], RCODES["formerr"])
        return self._right(packet, question, name, kind, by)

    def _always_truncated(self, packet, question, *_):
        return self._pack(packet, question, [], cut=True)

    def _tcp_closes(self, packet, question, name, kind, by):
        if by == "udp":
            return self._pack(packet, question, [], cut=True)
        return None

    def _garbage(self, packet, question, *_):
        return packet[:2] + b"\x81\x80" + b"\xff" * 200

    def _empty(self, *_):
        return b""

    def _half(self, packet, question, name, kind, by):
        return self._right(packet, question, name, kind, by)[:-3]

    def _wrong_id(self, packet, question, name, kind, by):
        whole = self._right(packet, question, name, kind, by)
        return bytes([whole[0] ^ 0xff]) + whole[1:]

    def _wrong_question(self, packet, question, name, kind, by):
        other = wire_name("other.test") + question[-4:]
        return self._pack(packet, other, [
            record("other.test", kind, b"\x7f\0\0\1")])

    def _wrong_type(self, packet, question, name, kind, by):
        return self._pack(packet, question, [
            record(name, "TXT", wire_data("TXT", "no")),
            record(name, "NS", wire_name("ns.test"))])

    def _no_question(self, packet, question, name, kind, by):
        return self._pack(packet, b"", [], questions=0)

    def _two_questions(self, packet, question, name, kind, by):
        return self._pack(packet, question * 2, [], questions=2)

    def _cname_loop(self, packet, question, name, *_):
        return self._pack(packet, question, [
            record(name, "CNAME", wire_name("b.loop.test")),
            record("b.loop.test", "CNAME", wire_name(name))])

    def _self_cname(self, packet, question, name, *_):
        return self._pack(packet, question, [
            record(name, "CNAME", wire_name(name))])

    def _long_chain(self, packet, question, name, *_):
        return self._pack(packet, question, [
            record(name if not i else f"c{i}.test", "CNAME",
                   wire_name(f"c{i + 1}.test")) for i in range(100)])

    def _pointer_loop(self, packet, question, name, kind, by):
        at = 12 + len(question)
        loop = struct.pack("!H", 0xc000 | at)
        return self._pack(packet, question, [
            loop + struct.pack("!HHIH", TYPES[kind], 1, 60, 4) + b"\0\0" +
            loop])

    def _forward_pointer(self, packet, question, name, kind, by):
        at = 12 + len(question)
        return self._pack(packet, question, [
            struct.pack("!H", 0xc000 | (at + 30)) +
            struct.pack("!HHIH", TYPES[kind], 1, 60, 4) + b"\0" * 40])

    def _giant(self, packet, question, name, kind, by):
        if by == "udp":
            return self._pack(packet, question, [], cut=True)
        data = {"A": lambda i: struct.pack("!I", 0x7f000000 + i + 2),
                "AAAA": lambda i: b"\0" * 14 + struct.pack("!H", i + 2),
                "MX": lambda i: struct.pack("!H", i) + b"\xc0\x0c",
                "TLSA": lambda i: b"\3\1\1" + bytes(32)}.get(
                    kind, lambda i: b"\xc0\x0c")
        owner = b"\xc0\x0c"
        records, size = [], 12 + len(question)
        while size < 60000:
            body = data(len(records) % 30000)
            records.append(owner + struct.pack("!HHIH", TYPES[kind], 1, 60,
                                               len(body)) + body)
            size += len(records[-1])
        return self._pack(packet, question, records)

    def _bad_data(self, packet, question, name, kind, by):
        return self._pack(packet, question, [record(name, kind, b"\1")])

    def _alien(self, packet, question, name, kind, by):
        data = wire_data(kind, {"A": "127.0.0.9", "AAAA": "::9",
                                "MX": "1 evil.test"}.get(kind, "evil.test"))
        return self._pack(packet, question, [
            record("evil.test", kind, data)])
