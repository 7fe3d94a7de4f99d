"""What the race is measured with and hearth itself does not need: Splink in a virtual environment, and the scripts and
sets of the shared folder. Where one of them cannot be had, Skipped says which.
"""

import csv
import hashlib
import pathlib
import shutil
import subprocess
import sys

INSTALL_SECONDS_MAX = 600


class Skipped(Exception):
    """The race cannot be run here; the message says why."""


class Yardsticks:
    """Paths of the shared folder, and the Python that has Splink and numpy."""

    def __init__(self, shared, environment):
        self.shared = pathlib.Path(shared)
        self.bench = self.shared / "bench"
        self.data = self.shared / "data" / "linkage"
        self.environment = pathlib.Path(environment)
        self.python = self.environment / "bin" / "python"
        for script in ("gen_people.py", "splink_run.py", "eval_links.py"):
            if not (self.bench / script).is_file():
                raise Skipped(f"the shared folder is not beside the project: no {script} in {self.bench}")

    def install(self, requirements):
        """Makes the environment, once for each state of the requirements file."""
        wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
        stamp = self.environment / "requirements.sha256"
        if stamp.is_file() and stamp.read_text() == wanted and self.python.exists():
            return
        print(f"making a virtual environment in {self.environment}", file=sys.stderr, flush=True)
        shutil.rmtree(self.environment, ignore_errors=True)
        install = [self.python, "-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "30"]
        attempt([sys.executable, "-m", "venv", self.environment],
                "no virtual environment can be made (Debian: python3-venv)")
        attempt([*install, "-r", requirements], "Splink cannot be installed from the Python package index")
        stamp.write_text(wanted)

    def people(self, records, folder):
        """The made table of so many rows and its truth, kept from one call to the next: (table, truth)."""
        folder = pathlib.Path(folder) / f"people-{records}"
        table, truth = folder / "people.csv", folder / "truth.csv"
        made = folder / "made"
        if not made.is_file():
            print(f"making a table of {records:,} rows in {folder}", file=sys.stderr, flush=True)
            done = subprocess.run([self.python, self.bench / "gen_people.py", str(records), folder],
                                  capture_output=True, text=True)
            if done.returncode != 0:
                raise Skipped(f"gen_people.py made no table: {done.stderr.strip().splitlines()[-1:]}")
            made.write_text(done.stdout)
        return table, truth

    def set(self, table, truth):
        """A table of the shared data and its truth."""
        for name in (table, truth):
            if not (self.data / name).is_file():
                raise Skipped(f"no {name} in {self.data}")
        return self.data / table, self.data / truth


def with_beginnings(table, column, separator, name, folder):
    """The table with a column more, `name`: the text of `column` before its first separator. Both engines read it."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / table.name
    with open(table, newline="", encoding="utf-8") as rows, open(made, "w", newline="", encoding="utf-8") as out:
        reader = csv.DictReader(rows)
        writer = csv.DictWriter(out, [*reader.fieldnames, name], lineterminator="\n")
        writer.writeheader()
        for row in reader:
            writer.writerow({**row, name: row[column].strip().split(separator)[0]})
    return made


def attempt(command, trouble):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise Skipped(f"{trouble}: no end after {INSTALL_SECONDS_MAX} s") from None
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Skipped(f"{trouble}: {said[-1] if said else f'exit code {done.returncode}'}")
