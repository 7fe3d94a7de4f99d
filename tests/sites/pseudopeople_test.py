#!/usr/bin/env python3
"""Links the five registers of pseudopeople's sample town, and prints pair precision, recall and F1 by pair of registers.

    tests/sites/pseudopeople_test.py --hearth build/release/hearth [--noise 0.02] [--keep DIR]
    tests/sites/pseudopeople_test.py --self-test

The data lie in ../shared/data/linkage/pseudopeople; without them the test is skipped (exit code 77). What tells who is who
there (simulant_id, household_id, relationship, guardians) is not delivered; nor are the copy_ columns, which hold other
people's values for the makers of noise. --noise damages that share of the cells: a letter changed, dropped or swapped
with its neighbour, day and month swapped, a cell emptied; the same cells each time.

Fails when the overall figures fall below FLOOR.
"""

import argparse
import collections
import csv
import hashlib
import itertools
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SITE = ROOT / "tests/sites/pseudopeople"
DATA = ROOT.parent / "shared/data/linkage/pseudopeople"
SKIPPED = 77
AS_OF = "2041-06-01"  # no row of the sample is younger

PERSON = ["first_name", "middle_initial", "last_name", "date_of_birth", "sex", "address"]
# feed -> (file, delivered columns behind row_id)
FEEDS = {
    "census_2020": ("decennial_census_2020.csv", PERSON),
    "census_2030": ("decennial_census_2030.csv", PERSON),
    "wic": ("women_infants_and_children.csv", PERSON),
    "current_population_survey": ("current_population_survey.csv", PERSON),
    "social_security": ("social_security.csv", ["first_name", "middle_name", "last_name", "date_of_birth", "sex", "ssn"]),
}
NOISY = {"first_name", "last_name", "date_of_birth", "address"}
# (precision, recall) over all pairs of rows, below which the test fails, by share of damaged cells.
FLOOR = {0.0: (0.97, 0.85), 0.02: (0.97, 0.80)}


def address_of(row):
    """One line, as a register writes it; the town is the same for all."""
    parts = (row.get(name, "") for name in ("street_number", "street_name", "unit_number"))
    return " ".join(part for part in parts if part)


def damaged(cell, column, dice):
    if not cell:
        return cell
    if column == "date_of_birth":
        day = cell[:10].split("-")
        return "-".join([day[0], day[2], day[1]]) if len(day) == 3 and int(day[2]) <= 12 else ""
    at = dice.randrange(len(cell))
    kind = dice.choice(["change", "drop", "swap", "empty"])
    if kind == "change":
        return cell[:at] + dice.choice("abcdefghijklmnopqrstuvwxyz") + cell[at + 1:]
    if kind == "drop":
        return cell[:at] + cell[at + 1:]
    if kind == "swap":
        return cell[:at] + cell[at + 1:at + 2] + cell[at:at + 1] + cell[at + 2:]
    return ""


def deliver(feed, drop, noise):
    """Writes one delivery; returns the true person of each row id."""
    name, columns = FEEDS[feed]
    folder = drop / feed / "1"
    folder.mkdir(parents=True)
    truth = {}
    dice = random.Random(f"{feed} {noise}")
    data = folder / "data.csv"
    with open(DATA / name, encoding="utf-8", newline="") as source, open(data, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["row_id"] + columns)
        for number, row in enumerate(csv.DictReader(source), 1):
            row_id = f"{number:06d}"
            row["address"] = address_of(row)
            cells = []
            for column in columns:
                cell = row[column]
                if column in NOISY and dice.random() < noise:
                    cell = damaged(cell, column, dice)
                cells.append(cell)
            writer.writerow([row_id] + cells)
            truth[row_id] = row["simulant_id"]
    content = data.read_bytes()
    manifest = {
        "feed": feed,
        "contract": f"{feed}/1",
        "batch": "1",
        "seq": 1,
        "mode": "full",
        "as_of": AS_OF,
        "produced_at": f"{AS_OF}T01:00:00+08:00",
        "encoding": "UTF-8",
        "format": {"kind": "delimited", "field": ",", "record": "\n", "quote": '"', "null": "", "header": True},
        "files": [{"name": "data.csv", "bytes": len(content), "rows": len(truth), "sm3": sm3(content)}],
        "rows_total": len(truth),
        "columns": ["row_id"] + columns,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
    return truth


def sm3(content):
    if "sm3" in hashlib.algorithms_available:
        return hashlib.new("sm3", content).hexdigest()
    shown = subprocess.run(["openssl", "dgst", "-sm3", "-r"], input=content, capture_output=True, check=True)
    return shown.stdout.split()[0].decode()


def pair_counts(true_person, engine_person):
    """{(register, register): [right, given, wanted]}, pairs of rows. Both arguments: {(register, row): person}.

    A row that the engine does not have is alone.
    """
    counts = collections.defaultdict(lambda: [0, 0, 0])

    def add(person_of, slot):
        groups = collections.defaultdict(collections.Counter)
        for (register, row), person in person_of.items():
            groups[person][register] += 1
        for registers in groups.values():
            for register, n in registers.items():
                counts[register, register][slot] += n * (n - 1) // 2
            for a, b in itertools.combinations(sorted(registers), 2):
                counts[a, b][slot] += registers[a] * registers[b]

    engine = {mention: engine_person.get(mention, ("alone", mention)) for mention in true_person}
    add({mention: (true_person[mention], engine[mention]) for mention in true_person}, 0)
    add(engine, 1)
    add(true_person, 2)
    return counts


def shares(right, given, wanted):
    precision = right / given if given else float("nan")
    recall = right / wanted if wanted else float("nan")
    f1 = 2 * right / (given + wanted) if given + wanted else float("nan")
    return precision, recall, f1


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(str(part) for part in command)}\n{done.stdout}{done.stderr}exit code {done.returncode}")


def link(hearth, noise, folder):
    """One night over the five registers; true and engine's person of each mention."""
    site = folder / "site"
    shutil.copytree(SITE, site)
    truth = {}
    for feed in FEEDS:
        for row, person in deliver(feed, site / "drop", noise).items():
            truth[feed, row] = person
    run([hearth, "night", "--config", site / "hearth.yaml", "--as-of", AS_OF])
    mentions = folder / "mentions.csv"
    run([hearth, "persons", "--config", site / "hearth.yaml", "--mentions", mentions])
    with open(mentions, encoding="utf-8-sig", newline="") as lines:
        engine = {(m["registry"], m["key"].lstrip("'")): m["person"] for m in csv.DictReader(lines)}
    return truth, engine


def report(noise, truth, engine):
    """Prints the table; returns what is below the floor."""
    counts = pair_counts(truth, engine)
    total = [sum(column) for column in zip(*counts.values())]
    missing = sum(mention not in engine for mention in truth)
    print(f"\n{noise:.0%} of cells damaged: {len(truth):,} rows, {missing:,} not linked at all")
    print(f"  {'registers':<54} {'pairs':>9} {'precision':>10} {'recall':>8} {'F1':>8}")
    for (a, b), (right, given, wanted) in sorted(counts.items()):
        if wanted or given:
            precision, recall, f1 = shares(right, given, wanted)
            print(f"  {a + ' - ' + b:<54} {wanted:>9,} {precision:>10.4f} {recall:>8.4f} {f1:>8.4f}")
    precision, recall, f1 = shares(*total)
    print(f"  {'all':<54} {total[2]:>9,} {precision:>10.4f} {recall:>8.4f} {f1:>8.4f}")
    floor = FLOOR.get(noise, (0, 0))
    if precision < floor[0] or recall < floor[1]:
        return [f"{noise:.0%} of cells damaged: precision and recall should be at least {floor[0]} and {floor[1]}"]
    return []


def self_test():
    """The yardstick itself, on five rows counted by hand."""
    truth = {("a", "1"): "p", ("a", "2"): "q", ("b", "1"): "p", ("b", "2"): "p", ("b", "3"): "q"}
    engine = {("a", "1"): 1, ("b", "1"): 1, ("b", "3"): 1, ("b", "2"): 2}
    # wanted  a1-b1 a1-b2 b1-b2 a2-b3;  given  a1-b1 a1-b3 b1-b3;  right  a1-b1.  a2 is unknown to the engine.
    expected = {("a", "b"): [1, 2, 3], ("b", "b"): [0, 1, 1], ("a", "a"): [0, 0, 0]}
    counted = {pair: list(numbers) for pair, numbers in pair_counts(truth, engine).items()}
    assert counted == expected, counted
    assert shares(1, 2, 3) == (0.5, 1 / 3, 0.4)
    dice = random.Random(1)
    assert damaged("1985-03-21 00:00:00", "date_of_birth", dice) == ""
    assert damaged("1985-03-11 00:00:00", "date_of_birth", dice) == "1985-11-03"
    assert {damaged("ab", "last_name", dice) for _ in range(200)} >= {"a", "b", "ba", ""}
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905 example 1
    print("counts by hand and by program agree")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--hearth", type=pathlib.Path)
    parser.add_argument("--noise", type=float, help="share of cells damaged; default: 0, then 0.02")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the sites and the mentions here")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if not options.hearth:
        parser.error("--hearth is needed, such as build/release/hearth")
    if not DATA.is_dir():
        print(f"skipped: no {DATA.relative_to(ROOT.parent)} beside the tree")
        sys.exit(SKIPPED)
    below = []
    for noise in [options.noise] if options.noise is not None else [0.0, 0.02]:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (options.keep or pathlib.Path(temporary)) / f"noise-{noise}"
            folder.mkdir(parents=True)
            below += report(noise, *link(options.hearth, noise, folder))
    for line in below:
        print(line, file=sys.stderr)
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
