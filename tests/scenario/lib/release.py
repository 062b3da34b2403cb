"""release - queue-manager's side of run/release/s, played by the test.

    with Releases(inst, {"a.test": "started 3"}) as releases:
        ...
        assert releases.asked == ["release a.test"]
"""

import os
import socket
import threading


class Releases:
    """answers: by domain; else "unknown".  A function
    is called.  None: no answer at all, and the asker waits."""

    def __init__(self, inst, answers=None):
        self.path = os.path.join(inst.home, "run/release/s")
        self.answers = answers or {}
        self.asked = []
        self.held = []
        if os.path.exists(self.path):
            os.unlink(self.path)  # queue-manager's own goes on unheard
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o666)
        self.socket.listen(128)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                one, _ = self.socket.accept()
            except OSError:
                return
            question = one.recv(4096).decode()
            self.asked.append(question)
            answer = self.answers.get(question.removeprefix("release ")
                                      .partition(" client ")[0], "unknown")
            if callable(answer):
                answer = answer()
            if answer is None:
                self.held.append(one)
                continue
            one.send(answer.encode())
            one.close()

    def take(self):
        """What was asked since the last time."""
        asked, self.asked = self.asked, []
        return asked

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)
        for one in self.held:
            one.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.close()
