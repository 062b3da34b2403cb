"""remote_host - an SMTP server that does as it is told: the other side of
remote-send.  One thread per connection, each running the same script.

    with RemoteHost() as host:                # a well-behaved one
        ... host.wait_letters(1)
    with RemoteHost(lambda talk: talk.say("554 go away")) as host: ...

A script gets a Talk; serve() is the well-behaved one, with changes:
    def script(talk):
        talk.serve(replies={"RCPT": "450 4.2.0 later"})
"""

import re
import socket
import ssl
import threading

from posthouse import wait_for

CRLF = b"\r\n"
EHLO = ["host.test", "PIPELINING", "SIZE 10000000", "8BITMIME", "DSN",
        "ENHANCEDSTATUSCODES", "SMTPUTF8"]


class Gone(Exception):
    """The client closed, or the script did."""


class Taken:
    """A letter that was sent: envelope lines and text, as on the wire; the
    connection's number."""

    def __init__(self, mail, rcpts, text, number):
        self.mail, self.rcpts, self.text = mail, rcpts, text
        self.number = number

    def __repr__(self):
        return f"<{self.mail} {self.rcpts} {len(self.text)} bytes>"


class Talk:
    """One connection, on the server's side."""

    def __init__(self, host, sock, number):
        self.host, self.socket, self.number = host, sock, number
        self.buffer = b""
        self.commands = []
        self.is_tls = False

    def say(self, words):
        """A line, or bytes as they are."""
        if isinstance(words, str):
            words = words.encode() + CRLF
        try:
            self.socket.sendall(words)
        except OSError as error:
            raise Gone from error

    def _more(self):
        try:
            more = self.socket.recv(262144)
        except OSError as error:
            raise Gone from error
        if not more:
            raise Gone
        self.buffer += more

    def line(self):
        """The next command, without CRLF."""
        while CRLF not in self.buffer:
            self._more()
        line, _, self.buffer = self.buffer.partition(CRLF)
        text = line.decode("utf-8", "replace")
        self.commands.append(text)
        self.host.commands.append((self.number, text))
        return text

    def expect(self, verb):
        line = self.line()
        assert line.upper().startswith(verb), line
        return line

    def text(self):
        """What comes after 354, up to the final dot."""
        while not (b"\r\n.\r\n" in self.buffer or
                   self.buffer.startswith(b".\r\n")):
            self._more()
        if self.buffer.startswith(b".\r\n"):
            self.buffer = self.buffer[3:]
            return b""
        text, _, self.buffer = self.buffer.partition(b"\r\n.\r\n")
        return text + CRLF

    def drop(self):
        """Closes, at once."""
        self.socket.close()
        raise Gone

    def start_tls(self):
        self.say("220 2.0.0 go ahead")
        try:
            self.socket = self.host.tls.wrap_socket(self.socket,
                                                    server_side=True)
        except (OSError, ssl.SSLError) as error:
            raise Gone from error
        self.is_tls = True
        self.host.handshakes += 1

    def hello(self, capabilities=None):
        """Greets and answers EHLO (and STARTTLS, when the host has TLS)."""
        self.say("220 host.test ESMTP")
        self.answer_hello(capabilities)

    def answer_hello(self, capabilities=None):
        self.expect("EHLO")
        lines = list(capabilities or EHLO)
        if self.host.tls and not self.is_tls:
            lines.append("STARTTLS")
        for line in lines[:-1]:
            self.say(f"250-{line}")
        self.say(f"250 {lines[-1]}")

    def serve(self, replies=None, capabilities=None, hello=True):
        """The whole conversation.  replies: verb -> reply, or a function of
        the command line (and this Talk) that gives one; "." is the answer to
        the message; None: close without an answer."""
        replies = replies or {}
        if hello:
            self.hello(capabilities)
        mail, rcpts = None, []
        while True:
            line = self.line()
            verb = line.split(" ")[0].upper()
            answer = self._answer(replies, verb, line)
            if verb == "STARTTLS" and answer is None:
                self.start_tls()
                self.answer_hello(capabilities)
                continue
            if verb == "DATA" and answer is None:
                answer = "354 go on" if rcpts else "503 5.5.1 nobody"
            if verb == "QUIT":
                self.say("221 2.0.0 bye")
                self.drop()
            answer = answer or "250 2.0.0 ok"
            self.say(answer)
            if verb in ("MAIL", "RSET", "EHLO"):
                mail, rcpts = line, []
            elif verb == "RCPT" and answer[0] == "2":
                rcpts.append(line)
            elif verb == "DATA" and answer[0] == "3":
                text = self.text()
                answer = self._answer(replies, ".", text)
                answer = answer or "250 2.0.0 taken"
                if answer[0] == "2":
                    self.host.letters.append(
                        Taken(mail, rcpts, text, self.number))
                self.say(answer)
                rcpts = []

    def _answer(self, replies, verb, line):
        if verb not in replies:
            return None
        answer = replies[verb]
        if callable(answer):
            answer = answer(line, self)
            return answer
        if answer is None:
            self.drop()
        return answer


class RemoteHost:
    """Listens on a free port of 127.0.0.1.  .letters, .commands (connection,
    line), .connections; .errors: what went wrong in a script."""

    def __init__(self, script=None, tls=None, address="127.0.0.1", port=0):
        self.script = script or (lambda talk: talk.serve())
        self.tls = tls
        self.letters, self.commands, self.errors = [], [], []
        self.connections = self.handshakes = 0
        self.listener = socket.create_server((address, port), backlog=100)
        self.address, self.port = self.listener.getsockname()[:2]
        self.threads, self.sockets = [], []
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    @property
    def hop(self):
        return f"[{self.address}]:{self.port}"

    def _accept(self):
        while True:
            try:
                sock = self.listener.accept()[0]
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(60)
            self.connections += 1
            self.sockets.append(sock)
            thread = threading.Thread(target=self._serve, daemon=True,
                                      args=(sock, self.connections))
            self.threads.append(thread)
            thread.start()

    def _serve(self, sock, number):
        talk = Talk(self, sock, number)
        try:
            self.script(talk)
        except Gone:
            pass
        except Exception as error:  # pylint: disable=broad-except
            self.errors.append(error)
        finally:
            talk.socket.close()

    def verbs(self):
        return [re.split("[ :]", line)[0] for _, line in self.commands]

    def wait_letters(self, count=1, seconds=15):
        return wait_for(lambda: len(self.letters) >= count and self.letters,
                        seconds, f"{count} letter(s) at the host")

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # ends accept() too
        except OSError:
            pass
        self.listener.close()
        for sock in self.sockets:
            try:
                sock.close()
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()
        if kind is None and self.errors:
            raise self.errors[0]
