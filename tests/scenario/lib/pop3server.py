"""pop3server - a scripted POP3 server that lies.

    server = Server({"u1": b"Subject: a\\n\\nb\\n"})
    Server(..., context)                  # an ssl.SSLContext: pop3s
    server.port, server.commands          # what it was told, all sessions
    server.letters                        # uid -> text; DELE and QUIT remove
    server.on["UIDL"] = lambda session, argument: session.send(b"+OK\\r\\n...")
    server.cut = 100                      # drops the line after that many bytes
    server.list_most = 250                # shows no more letters a session
A function of on that returns True has answered; else it goes on as usual.
"""
import hashlib
import socket
import threading

CAPA = b"TOP\r\nUIDL\r\nUSER\r\nPIPELINING\r\nRESP-CODES\r\n"


class Dropped(Exception):
    pass


def wire(text):
    lines = text.replace(b"\r\n", b"\n").split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    return b"".join((b"." if line[:1] == b"." else b"") + line + b"\r\n"
                    for line in lines) + b".\r\n"


class Session:
    def __init__(self, server, connection):
        self.server = server
        self.connection = server.context.wrap_socket(
            connection, server_side=True) if server.context else connection
        self.sent = 0
        self.list = list(server.letters.items())[:server.list_most]
        self.gone = set()

    def send(self, data):
        cut = self.server.cut
        if cut is not None and self.sent + len(data) > cut:
            self.connection.sendall(data[:max(0, cut - self.sent)])
            raise Dropped
        self.connection.sendall(data)
        self.sent += len(data)

    def size(self, text):
        return len(text) + text.count(b"\n")

    def letter(self, argument):
        number = int(argument.split()[0])
        if not 1 <= number <= len(self.list) or number in self.gone:
            self.send(b"-ERR no such letter\r\n")
            return None
        return self.list[number - 1][1]

    def listing(self, what):
        self.send(b"+OK\r\n" + b"".join(
            b"%d %s\r\n" % (i + 1, what(uid, text)) for i, (uid, text) in
            enumerate(self.list) if i + 1 not in self.gone) + b".\r\n")

    def command(self, verb, argument):
        extra = self.server.on.get(verb)
        if extra and extra(self, argument):
            return
        if verb == "CAPA":
            self.send(b"+OK\r\n" + self.server.capa + b".\r\n")
        elif verb in ("USER", "NOOP"):
            self.send(b"+OK\r\n")
        elif verb == "PASS":
            self.send(b"+OK\r\n")
        elif verb == "STAT":
            self.send(b"+OK %d %d\r\n" % (
                len(self.list), sum(self.size(t) for _, t in self.list)))
        elif verb == "UIDL":
            self.listing(lambda uid, text: uid.encode())
        elif verb == "LIST":
            self.listing(lambda uid, text: b"%d" % self.size(text))
        elif verb == "RETR":
            text = self.letter(argument)
            if text is not None:
                self.send(b"+OK\r\n" + wire(text))
        elif verb == "TOP":
            text = self.letter(argument)
            if text is not None:
                head = text.partition(b"\n\n")[0]
                self.send(b"+OK\r\n" + wire(head + b"\n\n"))
        elif verb == "DELE":
            if self.letter(argument) is not None:
                self.gone.add(int(argument))
                self.send(b"+OK\r\n")
        elif verb == "QUIT":
            for number in self.gone:
                self.server.letters.pop(self.list[number - 1][0], None)
            self.send(b"+OK\r\n")
            raise Dropped
        else:
            self.send(b"-ERR unknown\r\n")

    def run(self):
        self.connection.settimeout(30)
        reader = self.connection.makefile("rb")
        try:
            self.send(self.server.greeting)
            for line in reader:
                verb, _, argument = line.decode("latin-1").strip() \
                    .partition(" ")
                self.server.commands.append((verb, argument))
                self.command(verb, argument)
        except (Dropped, OSError):
            pass
        finally:
            self.server.sessions += 1
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            self.connection.close()


class Server:
    def __init__(self, letters=None, context=None):
        self.letters = dict(letters or {})
        self.context = context
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.reset()
        threading.Thread(target=self.accept, daemon=True).start()

    def reset(self):
        self.greeting = b"+OK hello\r\n"
        self.capa = CAPA
        self.on = {}
        self.cut = None
        self.list_most = None
        self.commands = []
        self.sessions = 0

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,),
                             daemon=True).start()

    def talk(self, connection):
        try:
            session = Session(self, connection)
        except OSError:
            connection.close()
        else:
            session.run()

    def told(self, verb):
        return [argument for name, argument in self.commands if name == verb]

    def close(self):
        self.listener.close()


def apop(stamp, secret):
    return hashlib.md5((stamp + secret).encode()).hexdigest()
