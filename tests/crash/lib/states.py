"""states - every id in a queue, matched against queue/FORMAT.md's own table.

    faults = states.check(HOME)

The table of states is read from FORMAT.md: what is documented and what is
tested is one thing.  A state that is not in the table, a file that has no
business in the queue, and a file whose length lies are faults.
"""
import os
import re

import helpers

ID = re.compile(r"[0-9a-hjkmnp-tv-z]{15}$")
ONCE_ID = re.compile(r"[abp][0-9a-hjkmnp-tv-z]{26}$")
NONE = "–"


def is_id(name):
    return bool(ID.match(name) or ONCE_ID.match(name))


class Row:
    """One line of the table: what b, a, n and s may be."""

    def __init__(self, cells):
        self.means = cells[4]
        self.is_for_once = "once id" in cells[4]
        self.allowed = [set(re.split(r" or ", c.replace("`", "")))
                        for c in cells[:4]]

    def matches(self, letter, state):
        if self.is_for_once and not ONCE_ID.match(letter):
            return False
        return all(s in allowed for s, allowed in zip(state, self.allowed))


def table():
    with open(os.path.join(helpers.ROOT, "queue/FORMAT.md"),
              encoding="utf-8") as file:
        text = file.read()
    lines = iter(text.partition("## The table of states")[2].splitlines())
    rows = []
    for line in lines:
        cells = [c.strip() for c in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 6 and \
                cells[0] not in ("b", "---"):
            rows.append(Row(cells))
    if len(rows) < 8:
        raise SystemExit("FORMAT.md has no table of states any more")
    return rows


def length_state(path):
    """part or whole; gone when somebody moved it meanwhile."""
    try:
        with open(path, "rb") as file:
            head = file.read(64)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return "gone"
    found = re.match(rb"posthouse 1\nlength (\d{14})\n", head)
    return "whole" if found and int(found.group(1)) == size else "part"


class Ids:
    """What the walk found of each id."""

    def __init__(self):
        self.found = {}
        self.faults = []

    def add(self, letter, column, value):
        if not is_id(letter):
            self.faults.append("%r is no id" % letter)
            return
        entry = self.found.setdefault(letter, {})
        if column in entry:
            self.faults.append("%s is in two places of %s" % (letter, column))
        entry[column] = value

    def state(self, letter):
        entry = self.found[letter]
        return [entry.get(c, NONE) for c in "bans"]


def names(path):
    try:
        return sorted(os.listdir(path))
    except FileNotFoundError:
        return []


def fan(queue, part, ids):
    """(id or .id, path) below active/ or note/, each in the right folder."""
    for folder in names(os.path.join(queue, part)):
        for name in names(os.path.join(queue, part, folder)):
            if name.lstrip(".")[8:10] != folder:
                ids.faults.append("%s/%s/%s: wrong folder" %
                                  (part, folder, name))
            yield name, os.path.join(queue, part, folder, name)


def walk(home):
    """Against the current of a letter's way, so that what moves meanwhile is
    met once or not at all, never twice."""
    queue, ids = os.path.join(home, "queue"), Ids()
    writing = []
    for name in names(os.path.join(queue, "corrupt")):
        if name != "torn":
            ids.add(name, "c", "yes")
    for name in names(os.path.join(queue, "corrupt/torn")):
        ids.add(name, "t", "yes")
    for name in names(os.path.join(queue, "spent")):
        ids.add(name, "s", "yes")
    for name, _ in fan(queue, "note", ids):
        if name.startswith("."):
            writing.append(name)
        else:
            ids.add(name, "n", "n")
    for name, path in fan(queue, "active", ids):
        state = length_state(path)
        if state != "gone":
            ids.add(name, "a", "yes")
        if state == "part":
            ids.faults.append("active/%s is not whole" % name)
    for box in names(os.path.join(queue, "drop")):
        for name in names(os.path.join(queue, "drop", box)):
            state = length_state(os.path.join(queue, "drop", box, name))
            if state != "gone":
                ids.add(name, "b", state)
    return ids, writing


def is_idle(home):
    """But for torn files, which are left to age, and spent ids."""
    ids, writing = walk(home)
    return not writing and all(
        set(entry) <= {"t", "s"} or entry == {"b": "part"}
        for entry in ids.found.values())


def check(home, corrupt=False):
    """Lines, one per fault.  With corrupt, files in corrupt/ are expected."""
    rows = table()
    ids, writing = walk(home)
    faults = ids.faults
    if any(not is_id(name[1:]) for name in writing):
        faults.append("note/ holds %s" % writing)
    for letter, entry in ids.found.items():
        state = ids.state(letter)
        is_again = "t" in entry and ONCE_ID.match(letter)
        if "c" in entry or "t" in entry and not is_again:
            if state != [NONE] * 4 or "c" in entry and not corrupt:
                faults.append("%s: corrupt, and %s" % (letter, state))
        elif not any(row.matches(letter, state) for row in rows):
            faults.append("%s: state %s is not in FORMAT.md" %
                          (letter, " ".join(state)))
    return faults
