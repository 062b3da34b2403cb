"""sink - Postfix's smtp-sink: the host that all mail is for, while it is
there.  It takes every letter, and counts connections and letters."""

import os
import re
import subprocess
import threading


class Sink:
    def __init__(self, port):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.connections = self.letters = 0
        self.process = subprocess.Popen(
            ["smtp-sink", "-c", *user, f"127.0.0.1:{port}", "500"],
            stdout=subprocess.PIPE)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        """Its counters, one set after the other: the last whole one counts.
        Each number grows, and what is cut off is read with the next."""
        text = b""
        while part := os.read(self.process.stdout.fileno(), 65536):
            text = (text + part)[-65536:]
            found = re.findall(rb"sess=(\d+) quit=\d+ mesg=(\d+)\D", text)
            if found:
                self.connections, self.letters = map(int, found[-1])

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.reader.join(10)
        self.process.stdout.close()
