"""process - what root can see of a process: its memory, its children."""

import re


def memory(pid):
    """Every page that the process can read."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as file:
        lines = file.read().splitlines()
    text = []
    with open(f"/proc/{pid}/mem", "rb") as file:
        for line in lines:
            span, modes = line.split()[:2]
            if "r" not in modes or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            file.seek(start)
            try:
                text.append(file.read(end - start))
            except OSError:
                pass
    return b"\0".join(text)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def memory_kb(pids):
    """What is theirs alone: what they share varies with who else is there."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            total += int(re.search(r"^Private_Dirty:\s+(\d+)",
                                   file.read(), re.M)[1])
    return total
