#!/usr/bin/env python3
"""Races hearth against Splink by turns: the same tables, blocking rules, comparisons and levels, one evaluator.

    bench/linkage/run.py --size 1m8 --rounds 3        also: 1m12, 3m, damerau, accuracy, heldout, all, or one set
    bench/linkage/run.py --tiny                       2,000 rows, one round: only shows that everything works
    bench/linkage/run.py --size accuracy --json build/linkage/accuracy.json

Splink comes from the Python package index into build/linkage-venv (requirements.txt); tables, evaluator and sets from
the shared folder beside the project. Where either is missing it says so and ends with exit code 0 (--skip-code N: N).

Whole job against whole job, each in a process of its own with two threads; reading and writing are timed apart. Models:
of Splink splink/NAME.json (or the shared folder's), of hearth same-rules/NAME.yaml, which has Splink's rules, and
models/NAME.yaml, hearth's own; each clusters in its own way. Thresholds stand in the models; links are judged at the one at
which Splink's clusters are made. Exit code 1 when an engine fails, when with the same rules hearth compares other pairs
than Splink, or when its pair or cluster F1 is below Splink's by more than the slack of sampling (0.0005; 0.005 at the
tiny size; one pair of RLdata500's fifty).
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import engines  # noqa: E402
import figures  # noqa: E402
from engines import Failed  # noqa: E402
from yardsticks import Skipped, Yardsticks, with_beginnings  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    splink: str  # model, in splink/ here or in the shared folder
    hearth: str  # model, in same-rules/ and in models/
    people: int = 0  # rows of the made table, or
    tables: tuple = ()  # a table of the shared data, or two to link …
    truths: tuple = ()  # … and their truth
    beginnings: tuple = ()  # (column, separator, name) of a column to add to the table, see with_beginnings
    f1_slack: float = 0.0005


def of_set(name, folder, table, splink, hearth, **more):
    return Case(name, splink, hearth, tables=(f"{folder}/{table}.csv",), truths=(f"{folder}/{table}.clusters.csv",),
                **more)


SPEED = {
    "tiny": Case("tiny", "people_1m_8rules.json", "people_8rules.yaml", people=2_000, f1_slack=0.005),
    "1m8": Case("1m8", "people_1m_8rules.json", "people_8rules.yaml", people=1_000_000),
    "1m12": Case("1m12", "people_1m_12rules.json", "people_12rules.yaml", people=1_000_000),
    "3m": Case("3m", "people_1m_8rules.json", "people_8rules.yaml", people=3_000_000),
    "damerau": Case("damerau", "damerau_10k.json", "damerau_10k.yaml", people=10_000),
}
ACCURACY = [
    of_set("febrl3", "febrl", "dataset3", "febrl3.json", "febrl3.yaml"),
    of_set("febrl_dsgen_c", "febrl_dsgen", "dedup_C_10000", "febrl_dsgen_c.json", "febrl_dsgen_c.yaml"),
    of_set("rldata10000", "rldata", "RLdata10000", "rldata10000.json", "rldata10000.yaml"),
    # Splink's EmailComparison looks at the part of an address before its @; here that is a column of the table.
    of_set("fake_1000", "fake_1000", "fake_1000", "fake_1000.json", "fake_1000.yaml",
           beginnings=("email", "@", "mailbox")),
]
# Sets of the same kinds that no model was made for.
HELD_OUT = [
    of_set("febrl1", "febrl", "dataset1", "febrl3.json", "febrl3.yaml"),
    of_set("febrl2", "febrl", "dataset2", "febrl3.json", "febrl3.yaml"),
    of_set("febrl_dsgen_a", "febrl_dsgen", "dedup_A_10000", "febrl_dsgen_c.json", "febrl_dsgen_c.yaml"),
    of_set("febrl_dsgen_c_2500", "febrl_dsgen", "dedup_C_2500", "febrl_dsgen_c.json", "febrl_dsgen_c.yaml"),
    of_set("rldata500", "rldata", "RLdata500", "rldata10000.json", "rldata10000.yaml", f1_slack=0.011),
]
GROUPS = {**{case.name: [case] for case in [*SPEED.values(), *ACCURACY, *HELD_OUT]}, "accuracy": ACCURACY,
          "heldout": HELD_OUT,
          "all": [SPEED[name] for name in ("1m8", "1m12", "3m", "damerau")] + ACCURACY + HELD_OUT}


class Race:
    """Runs cases and keeps what came out: case -> engine -> runs, one a round."""

    def __init__(self, options, yardsticks, work):
        self.options, self.yardsticks, self.work = options, yardsticks, work
        self.runs, self.troubles, self.left_out, self.models = {}, [], [], {}

    def splink_model(self, case):
        ours = HERE / "splink" / case.splink
        return ours if ours.is_file() else self.yardsticks.bench / "splink_models" / case.splink

    def contestants(self, case):
        """[(engine, its model)]: Splink, then hearth with Splink's rules and with its own."""
        named = [("Splink", self.splink_model(case))]
        for kind, folder in (("hearth, same rules", "same-rules"), ("hearth, own model", "models")):
            named.append((kind, self.options.models / folder / case.hearth))
        chosen = []
        for engine, model in named:
            if self.options.only and not engine.startswith(self.options.only):
                continue
            if model.is_file():
                chosen.append((engine, model))
            elif engine != "hearth, own model" or not case.people:
                self.left_out.append(f"{case.name}: {engine}: there is no {os.path.relpath(model)}")
        return chosen

    def one(self, case, engine, model, tables, first):
        out = self.work / "runs" / case.name / engine.replace(", ", "-").replace(" ", "-").lower()
        if engine == "Splink":
            return engines.run_splink(self.yardsticks, model, tables, out, count=first)
        return engines.run_hearth(self.options.hearth, model, tables, out, threads=2)

    def race(self, case):
        if case.people:
            table, truth = self.yardsticks.people(case.people, self.work)
            tables, truths = [table], [truth]
        else:
            found = [self.yardsticks.set(t, c) for t, c in zip(case.tables, case.truths)]
            tables, truths = [t for t, _ in found], [c for _, c in found]
            if case.beginnings:
                tables = [with_beginnings(t, *case.beginnings, self.work / "tables") for t in tables]
        contestants = self.contestants(case)
        link_at = json.loads(self.splink_model(case).read_text())["thresholds"]["cluster"]
        runs = self.runs[case.name] = {engine: [] for engine, _ in contestants}
        self.models[case.name] = {engine: engines.file_sha256(model) for engine, model in contestants}
        for turn in range(self.options.rounds):
            # Who begins changes from round to round.
            for engine, model in contestants if turn % 2 == 0 else contestants[::-1]:
                try:
                    run = self.one(case, engine, model, tables, first=turn == 0)
                    earlier = next((r for r in runs[engine] if r.clusters_digest == run.clusters_digest), None)
                    run.scores = earlier.scores if earlier else engines.evaluate(self.yardsticks, run, truths, link_at)
                except Failed as failure:
                    self.troubles.append(f"{case.name}: {engine}: {failure}")
                    continue
                runs[engine].append(run)
                print(f"{case.name}, round {turn + 1}, {engine}: {run.total:.2f} s, {run.peak_mib:.0f} MiB, "
                      f"cluster F1 {run.scores['cluster']['F1']:.4f}", file=sys.stderr, flush=True)
        self.judge(case, runs)

    def judge(self, case, runs):
        """With the same rules: the same pairs, no worse scores; and the same answer in every round."""
        for engine, each in runs.items():
            if engine != "Splink" and len({(r.clusters_digest, r.links_digest) for r in each}) > 1:
                self.troubles.append(f"{case.name}: {engine}: its answer differs from round to round")
        splink, hearth = runs.get("Splink"), runs.get("hearth, same rules")
        if not splink or not hearth:
            return
        if splink[0].pairs is not None and splink[0].pairs != hearth[0].pairs:
            self.troubles.append(f"{case.name}: with the same rules Splink compares {splink[0].pairs:,} pairs, "
                                 f"hearth {hearth[0].pairs:,}")
        for kind in ("pair", "cluster"):
            s = statistics.median(r.scores[kind]["F1"] for r in splink)
            h = statistics.median(r.scores[kind]["F1"] for r in hearth)
            if h < s - case.f1_slack:
                self.troubles.append(f"{case.name}: with the same rules hearth's {kind} F1 {h:.4f} is below "
                                     f"Splink's {s:.4f}")

    def print_case(self, case):
        runs = {engine: each for engine, each in self.runs[case.name].items() if each}
        if not runs:
            return
        known = next((r for each in runs.values() for r in each if r.pairs is not None), next(iter(runs.values()))[0])
        print(f"\n### {case.name}: {known.records:,} records, {known.pairs or 0:,} pairs\n")
        if case.people:
            header = ["median (range)" if self.options.rounds > 1 else "one round", "Splink", "hearth", "times"]
            print(figures.table(header, figures.cost_rows(runs.get("Splink", []), runs.get("hearth, same rules", []))))
            print()
        print(figures.table(figures.SCORE_HEADER, figures.score_rows([(e, r[0].scores) for e, r in runs.items()])))
        for engine, each in runs.items():
            digests = {r.clusters_digest for r in each}
            same = "" if len(digests) == 1 else f" (and {len(digests) - 1} other)"
            if engine == "Splink":
                print(f"\n{engine}: clusters, as rows in any order, {each[0].clusters_digest[:16]}{same}", end="")
            else:
                print(f"\n{engine}: SHA-256 of clusters.csv {engines.file_sha256(each[-1].clusters_path)[:16]}{same}, "
                      f"of links.csv {engines.file_sha256(each[-1].links_path)[:16]}", end="")
        print()

    def print_summary(self, cases):
        """Sets side by side: pairwise F1 of links, of clusters, and B-cubed F1."""
        rows = []
        for case in cases:
            for engine, each in self.runs.get(case.name, {}).items():
                if each:
                    scores = each[0].scores
                    rows.append([case.name, engine, *(f"{scores[kind]['F1']:.4f}" for kind, _ in figures.SCORES),
                                 figures.number(statistics.median(r.total for r in each))])
        if rows:
            header = ["F1", "", *(name for _, name in figures.SCORES), "whole job, s"]
            print("\n### Side by side\n\n" + figures.table(header, rows))


def command_output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def circumstances(options, yardsticks):
    """Versions of everything, and the machine."""
    listing = "import importlib.metadata as m; print(*sorted(f'{d.name}=={d.version}' for d in m.distributions()))"
    pins = [pin for pin in command_output(str(yardsticks.python), "-c", listing).split() if not pin.startswith("pip==")]
    cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    revision = command_output("git", "-C", str(ROOT), "-c", "safe.directory=*", "describe", "--always", "--dirty")
    program = pathlib.Path(options.hearth)
    return {"packages": pins, "python": platform.python_version(), "revision": revision,
            "hearth sha256": engines.file_sha256(program)[:16] if program.is_file() else "",
            "machine": cpu, "cores": os.cpu_count(), "kernel": platform.release(),
            "load before": round(os.getloadavg()[0], 2), "threads": 2, "rounds": options.rounds}


def parse_options(arguments):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--size", default="1m8", help=f"by comma: {', '.join(GROUPS)}")
    p.add_argument("--tiny", action="store_true", help="the same as --size tiny --rounds 1")
    p.add_argument("--rounds", type=int, help="3; for accuracy and heldout 1")
    p.add_argument("--json", type=pathlib.Path, help="write every run there as well")
    p.add_argument("--only", choices=["Splink", "hearth"], help="let one of the two run alone")
    p.add_argument("--hearth", default=str(ROOT / "build/release/hearth"))
    p.add_argument("--models", type=pathlib.Path, default=HERE, help="folder with same-rules/ and models/")
    p.add_argument("--shared", type=pathlib.Path, default=ROOT.parent / "shared")
    p.add_argument("--work", type=pathlib.Path, default=ROOT / "build/linkage", help="tables and results")
    p.add_argument("--environment", type=pathlib.Path, default=ROOT / "build/linkage-venv")
    p.add_argument("--skip-code", type=int, default=0, help="exit code when the race cannot be run here")
    options = p.parse_args(arguments)
    if options.tiny:
        options.size = "tiny"
    names = options.size.split(",")
    if unknown := [name for name in names if name not in GROUPS]:
        p.error(f"no size {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    options.cases = list({case.name: case for name in names for case in GROUPS[name]}.values())
    if options.rounds is None:
        options.rounds = 3 if any(case.people >= 10_000 for case in options.cases) else 1
    if options.rounds < 1:
        p.error("--rounds is at least 1")
    return options


def main(arguments):
    options = parse_options(arguments)
    try:
        yardsticks = Yardsticks(options.shared, options.environment)
        yardsticks.install(HERE / "requirements.txt")
        around = circumstances(options, yardsticks)
        race = Race(options, yardsticks, options.work)
        for case in options.cases:
            race.race(case)
    except Skipped as reason:
        print(f"linkage race skipped: {reason}")
        return options.skip_code
    print("## Splink and hearth by turns\n\n" + "\n".join(
        f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in around.items()))
    for case in options.cases:
        race.print_case(case)
    if len(options.cases) > 1:
        race.print_summary(options.cases)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        cases = {name: {engine: [dataclasses.asdict(r) for r in each] for engine, each in by.items()}
                 for name, by in race.runs.items()}
        report = {"around": around, "models sha256": race.models, "cases": cases, "troubles": race.troubles,
                  "left out": race.left_out}
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    for line in race.left_out:
        print(f"left out: {line}", file=sys.stderr)
    for line in race.troubles:
        print(f"TROUBLE {line}", file=sys.stderr)
    return 1 if race.troubles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
