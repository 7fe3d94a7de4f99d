"""One run of Splink or of hearth in a process of its own, and what it cost and answered.

Both are told the same way, as a Run. `seconds` has the phases read, prior, u, em, predict, cluster, write, other;
`total` is the whole job without reading and writing, as each engine itself says; `process_seconds` and
`process_peak_mib` are measured from outside.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import time

PHASES = ["prior", "u", "em", "predict", "cluster", "other"]
# Splink's phases by the names used here; em1, em2, … are summed to em.
SPLINK_PHASES = {"read": "read", "lambda": "prior", "u": "u", "predict": "predict", "cluster": "cluster",
                 "write": "write", "prepare": "other"}
SPLINK_UNTIMED = "count (not in total)"


class Failed(Exception):
    """An engine ended badly, or what it says of itself cannot be."""


@dataclasses.dataclass
class Run:
    records: int
    pairs: int | None  # distinct candidate pairs; Splink counts them on request only
    links: int
    seconds: dict
    total: float
    peak_mib: float  # until the clusters are there
    process_seconds: float = 0.0
    process_peak_mib: float = 0.0
    clusters_path: str = ""
    links_path: str = ""
    link_columns: str = ""
    versions: dict = dataclasses.field(default_factory=dict)
    clusters_digest: str = ""
    links_digest: str = ""
    scores: dict = dataclasses.field(default_factory=dict)  # what the evaluator says


def measured(command, out):
    """Runs a command to its end: (stdout, seconds, peak MiB).

    The peak of a child starts at that of the process it was forked from, so the racing process stays small: it reads
    results in lines and leaves the evaluation to a process of its own.
    """
    said, errors = pathlib.Path(out) / "stdout", pathlib.Path(out) / "stderr"
    with open(said, "wb") as stdout, open(errors, "wb") as stderr:
        start = time.perf_counter()
        child = subprocess.Popen([str(c) for c in command], stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        tail = errors.read_text(errors="replace").strip().splitlines()[-5:]
        raise Failed(f"exit code {child.returncode} from {' '.join(str(c) for c in command)}\n  " + "\n  ".join(tail))
    return said.read_text(), seconds, usage.ru_maxrss / 1024


def parse_splink(report):
    """What splink_run.py leaves in run.json."""
    seconds = dict.fromkeys(["read", *PHASES, "write"], 0.0)
    for name, value in report["seconds"].items():
        if name == SPLINK_UNTIMED:
            continue
        phase = "em" if name.startswith("em") and name[2:].isdigit() else SPLINK_PHASES.get(name)
        if phase is None:
            raise Failed(f'run.json has a phase that is not known here: "{name}"')
        seconds[phase] += value
    return Run(records=report["records"], pairs=report.get("pairs"), links=report["links"], seconds=seconds,
               total=report["total"], peak_mib=report["peak MiB"], link_columns="left_id,right_id,score",
               versions={name: report[name] for name in ("splink", "duckdb")})


def parse_hearth(text):
    """What `hearth link --json` prints."""
    try:
        report = json.loads(text)
    except json.JSONDecodeError as error:
        raise Failed(f"hearth link --json printed no JSON: {error}") from None
    missing = [name for name in ("records", "pairs", "links", "clusters", "seconds", "peak_mib") if name not in report]
    told = report.get("seconds", {})
    missing += [f"seconds.{name}" for name in ("read", "predict", "cluster", "write", "total") if name not in told]
    if missing:
        raise Failed(f"hearth link --json does not say {', '.join(missing)}")
    seconds = {name: float(told.get(name, 0.0)) for name in ["read", *PHASES, "write"]}
    named = sum(seconds[name] for name in PHASES if name != "other")
    seconds["other"] = max(0.0, told["total"] - named)
    if named > told["total"] * 1.02 + 0.05:
        raise Failed(f"hearth's phases are {named:.2f} s together, more than its total of {told['total']:.2f} s")
    return Run(records=report["records"], pairs=report["pairs"], links=report["links"], seconds=seconds,
               total=float(told["total"]), peak_mib=float(report["peak_mib"]),
               link_columns="id_l,id_r,match_probability")


def check_against_outside(run):
    """No engine may say that it took less than its process did, start-up apart, or used less memory."""
    inside = run.total + run.seconds["read"] + run.seconds["write"]
    if inside > run.process_seconds + 0.1:
        raise Failed(f"the engine says {inside:.2f} s, its process ended after {run.process_seconds:.2f} s")
    if run.peak_mib > run.process_peak_mib + 8:
        raise Failed(f"the engine says {run.peak_mib:.0f} MiB, its process peaked at {run.process_peak_mib:.0f} MiB")


def rows_digest(path):
    """Hash of a file's lines whatever their order: the sum of their SHA-256."""
    total = 0
    with open(path, "rb") as lines:
        for line in lines:
            total += int.from_bytes(hashlib.sha256(line.rstrip(b"\r\n")).digest(), "big")
    return f"{total % 2 ** 256:064x}"


def file_sha256(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def run_splink(yardsticks, model, tables, out, count):
    out.mkdir(parents=True, exist_ok=True)
    command = [yardsticks.python, yardsticks.bench / "splink_run.py", model, *tables, "--out", out, "--threads", "2"]
    _, seconds, peak = measured(command + ([] if count else ["--no-count"]), out)
    run = parse_splink(json.loads((out / "run.json").read_text()))
    return finished(run, seconds, peak, out)


def run_hearth(program, model, tables, out, threads):
    out.mkdir(parents=True, exist_ok=True)
    links, clusters = out / "links.csv", out / "clusters.csv"
    for old in (links, clusters):
        old.unlink(missing_ok=True)
    text, seconds, peak = measured([program, "link", "--model", model, *tables, "--out", links, "--clusters", clusters,
                                    "--threads", str(threads), "--json"], out)
    return finished(parse_hearth(text), seconds, peak, out)


def finished(run, seconds, peak, out):
    run.process_seconds, run.process_peak_mib = seconds, peak
    run.clusters_path, run.links_path = str(out / "clusters.csv"), str(out / "links.csv")
    for path in (run.clusters_path, run.links_path):
        if not os.path.isfile(path):
            raise Failed(f"no {path} was written")
    check_against_outside(run)
    run.clusters_digest, run.links_digest = rows_digest(run.clusters_path), rows_digest(run.links_path)
    return run


def evaluate(yardsticks, run, truths, link_at):
    """Pair, cluster, exact cluster and B-cubed scores of a run, by the one evaluator."""
    command = [sys.executable, yardsticks.bench / "eval_links.py", "--json", "--clusters", run.clusters_path,
               "--links", run.links_path, "--link-columns", run.link_columns, "--at", str(link_at)]
    for truth in truths:
        command += ["--truth", truth]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"the evaluator refused {run.clusters_path}: {done.stderr.strip() or done.stdout.strip()}")
    return parse_scores(json.loads(done.stdout))


def parse_scores(result):
    """The evaluator's words in ours: pair = links, cluster = pairs inside final clusters, exact = whole clusters."""
    stray = result["clustered, not in the truth"] + result["links of unknown records"]
    if stray:
        raise Failed(f"{stray} records in the results are unknown to the truth; is the id column the right one?")
    return {"pair": result["link"], "cluster": result["pair"], "exact": result["cluster"], "b3": result["b-cubed"],
            "largest": result["largest cluster"]}
