"""letters - letters that tell whether they are whole, a client that knows
which of them were acknowledged, and what has to be in the Maildirs then.

A letter's subject is its token, unique in the test; its body says how many
lines it has and repeats the token in each.  A report about it counts as the
letter "report-TOKEN".
"""
import collections
import os
import re
import socket
import threading
import time

SENDER = "sender@outside.test"
SUBJECT = re.compile(rb"^Subject: (\S+)$", re.M)
DELIVERED = re.compile(rb"^Delivered-To: (\S+)$", re.M)


class Refused(Exception):
    """The server said no; it is no loss."""


def text_of(token, lines):
    return ("From: %s\r\nSubject: %s\r\n\r\nlines %d\r\n" %
            (SENDER, token, lines) + (token + "\r\n") * lines).encode()


def token_if_whole(data):
    """The letter's token, or None when it isn't what was sent."""
    head, _, body = data.partition(b"\n\n")
    subject = SUBJECT.search(head)
    if not subject:
        return None
    first, _, rest = body.partition(b"\n")
    count = first[6:]
    if first[:6] != b"lines " or not count.isdigit() or \
            rest != (subject.group(1) + b"\n") * int(count):
        return None
    return subject.group(1).decode()


class Session:
    """One SMTP connection; socket errors are the caller's."""

    def __init__(self, port, timeout=10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.input = self.socket.makefile("rb")
        self.reply(220)
        self.command("EHLO client.test", 250)

    def reply(self, wanted):
        while True:
            line = self.input.readline()
            if not line:
                raise ConnectionError("closed")
            if line[3:4] != b"-":
                break
        if int(line[:3]) != wanted:
            raise Refused(line.decode().strip())
        return line.decode().strip()

    def command(self, line, wanted):
        self.socket.sendall(line.encode() + b"\r\n")
        return self.reply(wanted)

    def send(self, token, rcpts, lines):
        """The queue id of the acknowledgement."""
        commands = ["MAIL FROM:<%s>" % SENDER]
        commands += ["RCPT TO:<%s>" % r for r in rcpts] + ["DATA"]
        self.socket.sendall("".join(c + "\r\n" for c in commands).encode())
        for _ in commands[1:]:
            self.reply(250)
        self.reply(354)
        self.socket.sendall(text_of(token, lines) + b".\r\n")
        return self.reply(250).split()[-1]

    def close(self):
        self.input.close()
        self.socket.close()


class Ledger:
    """Who was sent what, and what was acknowledged.  Safe among threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sent = {}   # token -> recipients at the end
        self.acked = {}  # token -> queue id

    def send(self, session, token, rcpts, lines=3, final=None):
        """final: where the letter ends up, when rcpts are aliases."""
        with self.lock:
            self.sent[token] = list(final or rcpts)
        queue_id = session.send(token, rcpts, lines)
        with self.lock:
            self.acked[token] = queue_id

    def drop(self, home, token, sender, rcpts, refused):
        """By hand, to some who get it and some whom the house refuses; the
        sender gets a report."""
        with self.lock:
            self.sent[token] = list(rcpts)
            self.sent["report-" + token] = [sender]
        letter = drop_by_hand(home, token, sender, rcpts + refused)
        with self.lock:
            self.acked[token] = self.acked["report-" + token] = letter

    def snapshot(self):
        with self.lock:
            return dict(self.acked)

    def missing(self, home, acked=None):
        """Acknowledged, and not in the Maildir: [(token, address)]"""
        found, _ = mailboxes(home)
        acked = self.snapshot() if acked is None else acked
        return [(t, r) for t in acked for r in self.sent[t]
                if not found[t, r]]

    def faults(self, home, acked=None):
        """Lost, doubled, broken or made up, one line each."""
        found, faults = mailboxes(home)
        acked = self.snapshot() if acked is None else acked
        faults += ["%s for %s is lost" % gone
                   for gone in self.missing(home, acked)]
        for (token, address), count in found.items():
            if address not in self.sent.get(token, ()):
                faults.append("%s for %s was never sent" % (token, address))
            elif count > 1:
                faults.append("%s for %s came %d times" %
                              (token, address, count))
        return faults


BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"


def drop_by_hand(home, token, sender, rcpts, box="smtp", lines=3):
    """Puts a letter into a box, as no client could: the recipients may be
    refused ones.  Returns its id; it is durable."""
    number = time.time_ns() // 1000 << 22 | os.getpid()
    letter = "".join(BASE32[number >> 5 * i & 31] for i in range(14, -1, -1))
    text = text_of(token, lines).replace(b"\r\n", b"\n")
    head = "posthouse 1\nlength %%014d\nid %s\ntime %d\nbox %s\n" \
        "sender %s\n%s\n" % (letter, number >> 22, box, sender,
                             "".join("rcpt %s\n" % r for r in rcpts))
    length = len(head) - len("%014d") + 14 + len(text)
    with open(os.path.join(home, "queue/drop", box, letter), "xb") as file:
        file.write((head % length).encode() + text)
        file.flush()
        os.fsync(file.fileno())
    return letter


def mail_files(home):
    for folder, _, names in os.walk(os.path.join(home, "mail")):
        if os.path.basename(folder) in ("new", "cur"):
            for name in names:
                yield os.path.join(folder, name)


def report_about(data):
    """The token of the letter that a report is about, or None."""
    subjects = SUBJECT.findall(data)
    if not data.startswith(b"Return-Path: <>\n") or not subjects:
        return None
    return "report-" + subjects[-1].decode()


def mailboxes(home):
    """({(token, address): copies}, faults)"""
    found, faults = collections.Counter(), []
    for path in mail_files(home):
        with open(path, "rb") as file:
            data = file.read()
        token = token_if_whole(data) or report_about(data)
        address = DELIVERED.search(data)
        if token is None or address is None:
            faults.append("%s is not whole (%d bytes)" % (path, len(data)))
        else:
            found[token, address.group(1).decode()] += 1
    return found, faults


def empty_mailboxes(home):
    for path in list(mail_files(home)):
        os.unlink(path)
