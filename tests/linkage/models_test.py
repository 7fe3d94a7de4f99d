#!/usr/bin/env python3
"""Links the sets of the shared folder by bench/linkage/models, trained without labels, and judges them by the
evaluator that lies beside them.

    tests/linkage/models_test.py --hearth build/release/hearth             the sets that take no time
    tests/linkage/models_test.py --hearth build/release/hearth --sets all  every set, as in docs/benchmarks.md
    tests/linkage/models_test.py --self-test

Without the shared folder beside the project it is skipped (exit code 77). Fails when links or the pairs inside
clusters have an F1 below the floor of their set. pseudopeople is linked with 10% of the cells of names, birth dates
and addresses damaged, the same each time; --seed damages others.
"""

import argparse
import csv
import dataclasses
import itertools
import json
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "sites"))
import pseudopeople_test as town  # noqa: E402

SHARED = ROOT.parent / "shared"
DATA = SHARED / "data" / "linkage"
MODELS = ROOT / "bench" / "linkage" / "models"
SKIPPED = 77
NOISE = 0.1
CENSUS = ["first_name", "middle_initial", "last_name", "date_of_birth", "sex", "race_ethnicity", "street_name",
          "street_number"]
SOCIAL_SECURITY = ["first_name", "middle_name", "last_name", "date_of_birth", "sex"]
NOISY = {"first_name", "last_name", "date_of_birth", "street_name", "street_number"}


@dataclasses.dataclass(frozen=True)
class Set:
    name: str
    model: str
    make: object  # folder, seed -> ([table], [truth])
    link_floor: float
    pair_floor: float  # 0: clusters are not asked for
    made_for: bool = False  # the model was made for this set, not for one of its kind


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as lines:
        return [{key.strip(): cell.strip() for key, cell in row.items()} for row in csv.DictReader(lines)]


def dedupe(stem):
    return lambda folder, _: ([DATA / f"{stem}.csv"], [DATA / f"{stem}.clusters.csv"])


def febrl_halves(letter):
    """The two files of a linkage of febrl_dsgen, with the truth of both parted alike."""
    def make(folder, _):
        known = read(DATA / f"febrl_dsgen/link_{letter}_10000.clusters.csv")
        entity = {row["record_id"]: row["entity_id"] for row in known}
        tables = [DATA / f"febrl_dsgen/link_{letter}_{half}_10000.csv" for half in ("org", "dup")]
        return tables, [write(folder / f"truth-{i}.csv", ["record", "entity"],
                              [(row["rec_id"], entity[row["rec_id"]]) for row in read(table)])
                        for i, table in enumerate(tables)]
    return make


def registries(a, b):
    """Two of anonlink's registries; the id, which tells who is who, gets the number of its file."""
    def make(folder, _):
        tables, truths = [], []
        for number in (a, b):
            rows = read(DATA / f"anonlink_multiparty/dataset-{number}.csv")
            tables.append(write(folder / f"registry-{number}.csv", rows[0].keys(),
                                [{**row, "id": f"{number}:{row['id']}"}.values() for row in rows]))
            truths.append(write(folder / f"truth-{number}.csv", ["record", "entity"],
                                [(f"{number}:{row['id']}", row["id"]) for row in rows]))
        return tables, truths
    return make


def registers(*parts):
    """Two registers of pseudopeople's town, damaged."""
    def make(folder, seed):
        tables, truths = [], []
        for name, columns in parts:
            dice = random.Random(f"{name} {seed}")
            cells, truth = [], []
            for number, row in enumerate(read(DATA / f"pseudopeople/{name}.csv"), 1):
                row["date_of_birth"] = row["date_of_birth"][:10]
                for column in columns:
                    if column in NOISY and dice.random() < NOISE:
                        row[column] = town.damaged(row[column], column, dice)
                cells.append([f"{name}-{number}"] + [row[column] for column in columns])
                truth.append((f"{name}-{number}", row["simulant_id"]))
            tables.append(write(folder / f"{name}.csv", ["row_id"] + columns, cells))
            truths.append(write(folder / f"{name}.truth.csv", ["record", "entity"], truth))
        return tables, truths
    return make


def town_twice(year):
    """A census of the town under RLdata's columns, and 1,000 of its people once more, 30% of their cells damaged."""
    def make(folder, seed):
        dice = random.Random(f"twice {year} {seed}")
        people = read(DATA / f"pseudopeople/decennial_census_{year}.csv")
        again = [dict(people[i]) for i in dice.sample(range(len(people)), 1000)]
        for row in people + again:
            row["date_of_birth"] = row["date_of_birth"][:10]
        for row in again:
            for column in ("first_name", "last_name", "date_of_birth"):
                if dice.random() < 0.3:
                    row[column] = town.damaged(row[column], column, dice)
        cells, truth = [], []
        for number, row in enumerate(people + again, 1):
            born = [part.lstrip("0") for part in row["date_of_birth"].split("-")] if row["date_of_birth"] else [""] * 3
            cells.append([number, row["first_name"], "NA", row["last_name"], "NA", *born])
            truth.append((number, row["simulant_id"]))
        header = ["rec_id", "fname_c1", "fname_c2", "lname_c1", "lname_c2", "by", "bm", "bd"]
        return ([write(folder / "town.csv", header, cells)],
                [write(folder / "truth.csv", ["record", "entity"], truth)])
    return make


def name_cases(folder, _):
    """Each labelled pair of names as a row here and a row there, which share the number of the case."""
    sides = {"left": [], "right": []}, {"left": [], "right": []}
    for number, case in enumerate(read(DATA / "name_pairs/cases.csv"), 1):
        for side, name in (("left", "name1"), ("right", "name2")):
            key = f"{side}-{number}"
            sides[0][side].append((key, number, case["schema"], case[name]))
            other = side == "right" and case["is_match"] != "true"
            sides[1][side].append((key, f"{number} other" if other else number))
    return ([write(folder / f"{side}.csv", ["id", "case", "kind", "name"], sides[0][side]) for side in sides[0]],
            [write(folder / f"{side}.truth.csv", ["record", "entity"], sides[1][side]) for side in sides[1]])


SETS = [
    Set("febrl3", "febrl3", dedupe("febrl/dataset3"), 0.998, 0.998, True),
    Set("febrl1", "febrl3", dedupe("febrl/dataset1"), 0.998, 0.998),
    Set("febrl2", "febrl3", dedupe("febrl/dataset2"), 0.998, 0.998),
    Set("dsgen C_10000", "febrl_dsgen_c", dedupe("febrl_dsgen/dedup_C_10000"), 0.995, 0.998, True),
    Set("dsgen C_2500", "febrl_dsgen_c", dedupe("febrl_dsgen/dedup_C_2500"), 0.995, 0.998),
    Set("dsgen A_10000", "febrl_dsgen_c", dedupe("febrl_dsgen/dedup_A_10000"), 0.998, 0.998),
    Set("dsgen link_D", "febrl_dsgen_c", febrl_halves("D"), 0.998, 0),
    Set("dsgen link_F", "febrl_dsgen_c", febrl_halves("F"), 0.998, 0),
    Set("RLdata10000", "rldata10000", dedupe("rldata/RLdata10000"), 0.97, 0.97, True),
    Set("RLdata500", "rldata10000", dedupe("rldata/RLdata500"), 0.97, 0.97),
    Set("town 2020 twice", "rldata10000", town_twice(2020), 0.92, 0.92),
    Set("town 2030 twice", "rldata10000", town_twice(2030), 0.9, 0.9),
    Set("fake_1000", "fake_1000", dedupe("fake_1000/fake_1000"), 0.92, 0.96, True),
    Set("name_pairs", "name_pairs", name_cases, 0.84, 0, True),
    Set("pseudopeople censuses", "pseudopeople_census",
        registers(("decennial_census_2020", CENSUS), ("decennial_census_2030", CENSUS)), 0.98, 0, True),
    Set("pseudopeople census 2020, social security", "pseudopeople_social_security",
        registers(("decennial_census_2020", CENSUS[:5]), ("social_security", SOCIAL_SECURITY)), 0.98, 0, True),
    *(Set(f"anonlink {a}, {b}", "anonlink", registries(a, b), 0.98, 0)
      for a, b in itertools.combinations(range(1, 6), 2)),
]
QUICK = ["fake_1000", "name_pairs", "RLdata500"]


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(str(part) for part in command)}\n{done.stdout}{done.stderr}exit code {done.returncode}")
    return json.loads(done.stdout)


def model_for(one, tables, folder):
    """The model's file; for two tables that of duplicates links."""
    text = (MODELS / f"{one.model}.yaml").read_text(encoding="utf-8")
    if len(tables) == 2:
        text = text.replace("\nlink: dedupe\n", "\nlink: link\n")
    path = folder / f"{one.model}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def judge(one, hearth, folder, seed):
    """{"link": P R F1, "pair": …, "true pairs": n}"""
    folder.mkdir(parents=True, exist_ok=True)
    tables, truths = one.make(folder, seed)
    links, clusters = folder / "links.csv", folder / "clusters.csv"
    command = [hearth, "link", "--model", model_for(one, tables, folder), *tables, "--out", links, "--json"]
    judged = [sys.executable, SHARED / "bench" / "eval_links.py", "--json", "--links", links, "--at", 0.5,
              "--link-columns", "id_l,id_r,match_probability"]
    for truth in truths:
        judged += ["--truth", truth]
    if one.pair_floor:
        command += ["--clusters", clusters]
        judged += ["--clusters", clusters]
    run(command)
    return run(judged)


def cell(score):
    return f"{score['P']:.4f} / {score['R']:.4f} / {score['F1']:.4f}" if score else ""


def below_floor(one, result):
    """What is wrong with the result, in words."""
    asked = [("link", "links", one.link_floor), ("pair", "pairs inside clusters", one.pair_floor)]
    return [f"{one.name}: F1 of {what} {result[kind]['F1']:.4f} is below {floor}"
            for kind, what, floor in asked if floor and not result[kind]["F1"] >= floor]


def self_test():
    with tempfile.TemporaryDirectory() as temporary:
        path = write(pathlib.Path(temporary) / "t.csv", [" a", "b"], [(" 1 ", "x,y")])
        assert read(path) == [{"a": "1", "b": "x,y"}]
    one = Set("made", "made", None, 0.9, 0.8)
    score = {"P": 1.0, "R": 1.0, "F1": 0.85}
    assert below_floor(one, {"link": score, "pair": score}) == ["made: F1 of links 0.8500 is below 0.9"]
    assert below_floor(dataclasses.replace(one, link_floor=0.8), {"link": score, "pair": score}) == []
    assert below_floor(one, {"link": score, "pair": {**score, "F1": float("nan")}})[1:]
    models = {path.stem for path in MODELS.glob("*.yaml")}
    assert {s.model for s in SETS} == models, "a model without a set, or the reverse"
    assert set(QUICK) <= {s.name for s in SETS}
    print("floors and files are as meant")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hearth", type=pathlib.Path)
    parser.add_argument("--sets", default=";".join(QUICK), help="all, or names with ; between them")
    parser.add_argument("--keep", type=pathlib.Path, help="leave tables and results here")
    parser.add_argument("--seed", type=int, default=1, help="of the damage to pseudopeople")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if not options.hearth:
        parser.error("--hearth is needed, such as build/release/hearth")
    if not DATA.is_dir():
        print("skipped: the shared folder with the sets is absent")
        sys.exit(SKIPPED)
    wanted = [one.name for one in SETS] if options.sets == "all" else options.sets.split(";")
    if unknown := set(wanted) - {one.name for one in SETS}:
        parser.error(f"no set {', '.join(sorted(unknown))}; there are {'; '.join(one.name for one in SETS)}")
    header = ["set", "true pairs", "links: precision / recall / F1", "pairs inside clusters", "model"]
    print(f"| {' | '.join(header)} |\n" + "|---" * len(header) + "|")
    below = []
    for one in (one for one in SETS if one.name in wanted):
        with tempfile.TemporaryDirectory() as temporary:
            folder = (options.keep or pathlib.Path(temporary)) / one.name.replace(",", "").replace(" ", "-")
            result = judge(one, options.hearth, folder, options.seed)
        figures = [f"{result['link true pairs']:,}", cell(result["link"]), cell(result.get("pair"))]
        model = f"{one.model}.yaml" + ("" if one.made_for else ", as it stands")
        print(f"| {' | '.join([one.name, *figures, model])} |", flush=True)
        below += below_floor(one, result)
    for line in below:
        print(line, file=sys.stderr)
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
