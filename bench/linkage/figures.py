"""Medians with their range, ratios and tables of a race's runs."""

import statistics

PHASE_NAMES = {"prior": "prior", "u": "u", "em": "EM", "predict": "compare and score", "cluster": "clusters",
               "other": "other"}
SCORES = [("pair", "links"), ("cluster", "pairs inside clusters"), ("exact", "clusters exactly right"),
          ("b3", "B-cubed")]


def number(value):
    """Whole with thousands apart from 100 on, else two places."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def spread(values):
    """median (least–greatest); the range is left out where there is one value."""
    middle = number(statistics.median(values))
    return middle if len(values) < 2 else f"{middle} ({number(min(values))}–{number(max(values))})"


def ratio(above, below):
    """How many times `below` goes into `above`, of the medians; the range is that of the rounds, each by itself."""
    if not above or not below or any(b <= 0 for b in below):
        return ""
    each = [a / b for a, b in zip(above, below)]
    middle = statistics.median(above) / statistics.median(below)
    return f"{middle:.2f}x" if len(each) < 2 else f"{middle:.2f}x ({min(each):.2f}–{max(each):.2f})"


def table(header, rows):
    """A Markdown table whose columns are as wide as what stands in them."""
    rows = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


def p_r_f1(score):
    return f"{score['P']:.4f} / {score['R']:.4f} / {score['F1']:.4f}" if score else ""


def cost_rows(splink, hearth):
    """Rows (what, Splink, hearth, how many times) of the runs of both, one a round."""
    def row(name, of, better_is_less=True):
        s, h = [of(r) for r in splink], [of(r) for r in hearth]
        s, h = [x for x in s if x is not None], [x for x in h if x is not None]
        if not s and not h:
            return None
        times = ratio(s, h) if better_is_less else ratio(h, s)
        return [name, spread(s) if s else "", spread(h) if h else "", times]

    pairs = next((r.pairs for r in splink if r.pairs), None)
    rows = [row("whole job, s", lambda r: r.total)]
    for phase, name in PHASE_NAMES.items():
        if any(r.seconds[phase] >= 0.005 for r in splink + hearth):
            rows.append(row(f"– {name}", lambda r, p=phase: r.seconds[p]))
    rows += [
        row("reading, s", lambda r: r.seconds["read"]),
        row("whole job with reading, s", lambda r: r.total + r.seconds["read"]),
        row("writing, s", lambda r: r.seconds["write"]),
        row("peak memory till the clusters, MiB", lambda r: r.peak_mib),
        row("peak memory of the process, MiB", lambda r: r.process_peak_mib),
        row("pairs a second, comparing and scoring",
            lambda r: (r.pairs or pairs or 0) / r.seconds["predict"] if r.seconds["predict"] else None, False),
        row("pairs a second, whole job", lambda r: (r.pairs or pairs or 0) / r.total if r.total else None, False),
    ]
    return [r for r in rows if r]


def score_rows(named_runs):
    """Rows (engine, P / R / F1 of each kind) of [(name, scores)]."""
    return [[name, *(p_r_f1(scores.get(kind)) for kind, _ in SCORES), scores.get("largest", "")]
            for name, scores in named_runs]


SCORE_HEADER = ["precision / recall / F1", *(name for _, name in SCORES), "largest cluster"]
