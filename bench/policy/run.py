#!/usr/bin/python3
"""Races the columns engine against plain numpy on the fourteen rules, by turns, and times whole packs.

  bench/policy/run.py [--households N] [--rounds N] [--units N] [--tiny] [--packs DIR …]

Both sides decide the same households from memory on one thread and keep every outcome and amount. Every result of
hearth is compared with an oracle in whole numbers. Needs Debian's python3 with python3-numpy and build/release/bench/columns_race.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import numpy as np  # noqa: E402

import fourteen  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
UP = 105  # evaluated on 2025-06-01


def leave_columns(people, homes, folder):
    """Narrow columns, as hearth binds them: money in fen as int32, small numbers as bytes, offsets of members."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = np.bincount(people["household"], minlength=len(homes["region"]))
    columns = {"offsets": np.concatenate(([0], np.cumsum(counts))).astype(np.uint32)}
    for name, column in (people | homes).items():
        if name == "household":
            continue
        width = np.int32 if name in fourteen.MONEY or name == "vehicles" else np.int8
        if column.min() < np.iinfo(width).min or column.max() > np.iinfo(width).max:
            sys.exit(f"{name} does not fit {width.__name__}")
        columns[name] = column.astype(width)
    for name, column in columns.items():
        column.tofile(folder / f"{name}.col")


def read_results(folder):
    def bits(name):
        return np.fromfile(folder / f"out_{name}.col", np.uint8).astype(bool)

    living, nursing, child = map(int, (folder / "out_constants.txt").read_text().split())
    return {"dibao": bits("dibao"), "marginal": bits("marginal"), "single": bits("single"),
            "award": np.fromfile(folder / "out_award_fen.col", np.int32).astype(np.int64),
            "old_age": np.fromfile(folder / "out_old_age_fen.col", np.int32).astype(np.int64),
            "living": bits("living") * living, "nursing": bits("nursing") * nursing, "child": bits("child") * child}


def told(times):
    return f"{statistics.median(times):.4f} s ({min(times):.4f}-{max(times):.4f})"


def race(program, a):
    people, homes = fourteen.make(a.households, a.seed)
    folder = ROOT / "build" / "policy-bench"
    leave_columns(people, homes, folder)
    exact = fourteen.decide_exactly(people, homes, UP)
    yuan = fourteen.in_yuan(people, homes)
    with subprocess.Popen([program, "fourteen", folder, str(a.units)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as hearth:
        def ask(line):
            hearth.stdin.write(line + "\n")
            hearth.stdin.flush()
            return hearth.stdout.readline()

        hearth.stdout.readline()
        ask("run")
        plain = fourteen.decide_numpy(*yuan, UP)
        numpy_times, hearth_times = [], []
        for _ in range(a.rounds):
            start = time.perf_counter()
            fourteen.decide_numpy(*yuan, UP)
            numpy_times.append(time.perf_counter() - start)
            hearth_times.append(float(ask("run")))
        peak = float(ask("write"))
        hearth.stdin.close()
    got = read_results(folder)
    wrong = {name: int((got[name] != exact[name]).sum()) for name in fourteen.RULES}
    float_off = int((np.rint(plain["award"] * 100).astype(np.int64) != exact["award"]).sum())
    ratios = [x / y for x, y in zip(numpy_times, hearth_times)]
    print(f"# fourteen rules, {a.households:,} households, {len(people['age']):,} persons, seed {a.seed}, one thread, "
          f"{a.rounds} rounds by turns; numpy {np.__version__}; {a.units} households a batch")
    print(f"numpy   {told(numpy_times)}   {float_off} awards a fen off")
    print(f"hearth  {told(hearth_times)}   {sum(wrong.values())} outcomes or amounts wrong, peak {peak:.0f} MB "
          "(input columns and kept results included)")
    print(f"ratio   {statistics.median(numpy_times) / statistics.median(hearth_times):.2f} "
          f"({min(ratios):.2f}-{max(ratios):.2f})   dibao {int(exact['dibao'].sum())}, marginal "
          f"{int(exact['marginal'].sum())}, single {int(exact['single'].sum())}   hash {fourteen.digest(got)}, "
          f"oracle {fourteen.digest(exact)}")
    if sum(wrong.values()) != 0:
        print(f"wrong: {wrong}", file=sys.stderr)
        return 1
    return 0


def explain(program, pack, households):
    """Explanation records of the whole pack, streamed to a file of some kilobytes a household, which is removed."""
    stream = ROOT / "build" / "policy-bench" / "records.jsonl"
    stream.parent.mkdir(parents=True, exist_ok=True)
    try:
        return subprocess.run([program, "explain", pack, str(households), stream], check=False).returncode
    finally:
        stream.unlink(missing_ok=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--households", type=lambda s: int(float(s)), default=1_000_000)
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--units", type=int, default=1024)
    p.add_argument("--tiny", action="store_true", help="a size that only shows that it works")
    p.add_argument("--packs", nargs="*", default=["packs/wenzhou-2022"])
    p.add_argument("--program", default=ROOT / "build/release/bench/columns_race")
    a = p.parse_args()
    if a.tiny:
        a.households, a.rounds = 3_000, 2
    failed = race(a.program, a)
    for pack in a.packs:
        sys.stdout.flush()
        failed |= subprocess.run([a.program, "pack", ROOT / pack, str(a.households)], check=False).returncode
        sys.stdout.flush()
        failed |= explain(a.program, ROOT / pack, a.households)
    return failed


if __name__ == "__main__":
    sys.exit(main())
