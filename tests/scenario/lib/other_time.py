"""other_time - programs whose clocks a test sets.

    with OtherTime() as time, Instance(wrap=time.wrap("queue-manager")) as inst:
        time.ahead(hours=26)     # at once, for those that run
"""

import os
import shutil
import struct
import subprocess
import tempfile

from posthouse import ROOT


class OtherTime:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="posthouse-time-",
                                       dir="/var/tmp")
        os.chmod(self.folder, 0o755)
        self.library = os.path.join(self.folder, "other_time.so")
        self.file = os.path.join(self.folder, "ahead")
        self.ahead()
        subprocess.run(
            [os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-o",
             self.library,
             os.path.join(ROOT, "tests/scenario/lib/other_time.c")],
            check=True)

    def wrap(self, *programs):
        """For Instance()."""
        return {name: "export ASAN_OPTIONS=$ASAN_OPTIONS:"
                "verify_asan_link_order=0\n"
                f"export OTHER_TIME={self.file}\n"
                f'LD_PRELOAD={self.library} exec "$REAL" "$@"'
                for name in programs}

    def ahead(self, hours=0):
        with open(self.file, "r+b" if os.path.exists(self.file) else "wb",
                  buffering=0) as file:
            file.write(struct.pack("=q", int(hours * 3600)))

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        shutil.rmtree(self.folder, ignore_errors=True)
