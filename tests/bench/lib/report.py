"""report - the bench's rows as Markdown tables."""

from statistics import median

from fetch import FETCHERS


def in_order(rows, at):
    return list(dict.fromkeys(row[at] for row in rows))


def figure_of(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def spread(values):
    text = figure_of(median(values))
    if len(values) > 1:
        text += f" ({figure_of(min(values))}–{figure_of(max(values))})"
    return text


def ratios(mine, theirs):
    return [mine[turn] / theirs[turn] for turn in mine
            if theirs.get(turn)]


def line(rows, peers, load):
    """The peers' cells, each after the first with the first's ratio to it."""
    values = {peer: {row[0]: row[4] for row in rows
                     if row[1] == peer and row[2] == load} for peer in peers}
    cells = []
    for peer in peers:
        found = values[peer]
        cells.append(spread(list(found.values())) if found else "–")
        if peer != peers[0]:
            times = ratios(values[peers[0]], found)
            cells.append(f"× {spread(times)}" if times else "–")
    return f"| {load} | {' | '.join(cells)} |"


def table(title, rows, peers):
    heads = [peers[0]]
    for peer in peers[1:]:
        heads += [peer, f"{peers[0]} / {peer}"]
    print(f"\n**{title}**\n\n| | {' | '.join(heads)} |")
    print("|---" * (len(heads) + 1) + "|")
    for load in in_order(rows, 2):
        print(line(rows, peers, load))


def report(rows, peers):
    """rows: (round, peer, load, figure, value)."""
    for figure in in_order(rows, 3):
        of_figure = [row for row in rows if row[3] == figure]
        names = OTHERS.get(figure, peers)
        table(TITLES.get(figure, figure + " a letter"), of_figure, names)


OTHERS = {"rate": ["disk"], "shakes": ["handshakes"],
          "CPU ms": ["handshakes"], "fetched": FETCHERS, "home": FETCHERS,
          "CPU s per 1000 fetched": FETCHERS}
TITLES = {
    "shakes": "Full handshakes of TLS 1.3 a second, one after the other",
    "CPU ms": "CPU of the server and of tls-key for one, ms",
    "rate": "Durable files of 4 KB a second (c: processes)",
    "end to end": "Letters a second, from the first connection until the "
                  "last letter is in new/",
    "accept": "Letters a second until the last is accepted",
    "CPU s per 1000": "CPU seconds for 1,000 letters (all processes of the "
                      "suite, loggers too)",
    "connections": "Connections for a letter that leaves",
    "kB": "Memory, kB (PSS)",
    "processes": "Processes",
    "sessions": "Idle sessions held at once",
    "seconds": "Seconds of watching letters wait for a host that is away",
    "probes": "Connections tried meanwhile",
    "CPU s": "CPU seconds of all programs meanwhile",
    "fetched": "Letters a second out of a POP3 mailbox, until the session is "
               "over",
    "home": "The same, until the last is in the Maildir",
    "CPU s per 1000 fetched": "CPU seconds for 1,000 fetched letters (all "
                              "processes; delivery too)",
    "visits a second": "Visits of POP3 mailboxes a second",
    "CPU percent": "CPU of all programs meanwhile, % of one core",
    "CPU ms a visit": "CPU of a visit that finds nothing, ms",
    "parent kB": "Memory of pop3-fetch's parent, kB (PSS)",
    "drain": "Letters a second that leave when the host is back",
}
