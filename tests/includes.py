#!/usr/bin/env python3
"""Fails when an #include points the wrong way through the rooms of the house (DESIGN: core <- ... <- cli).

    tests/includes.py               checks the tree that this file stands in
    tests/includes.py --self-test   plants wrong includes in a made tree and sees that each is found

Only quoted includes are read; ours are relative to the root of the tree, "room/file.h". One whose folder the tree does
not have ("absl/status/status.h") is a library's, and the compiler's business.
"""

import pathlib
import re
import sys
import tempfile

MIDDLE = {"ingest", "matchers", "profile", "policy", "store"}
ENGINE = {"core", "warning"} | MIDDLE

# Which rooms a room may include, itself apart.
MAY_INCLUDE = {
    "core": set(),
    **{room: {"core"} for room in MIDDLE},
    "warning": {"core"} | MIDDLE,
    "synth": {"core"},
    "report": {"core"},
    "linkage": {"core", "ingest", "matchers", "store", "report"},
    "nightly": ENGINE | {"report"},
    "serve": ENGINE | {"nightly", "report"},
    "cli": ENGINE | {"linkage", "nightly", "report", "synth", "serve"},
}
# Tests, benches and checkers may include any room; nobody includes them, but that a bench uses a test's made data.
WATCHERS = {"tests", "bench", "tools"}
SKIPPED = {"build", "demo", "node_modules", ".git"}

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]*)"')


def source_files(root):
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.suffix in (".h", ".cc") and not SKIPPED & set(parts[:-1]):
            yield path


def problem(root, folder, target):
    """What is wrong with an include of `target` in a file of `folder`; None when it is right."""
    room, other = folder.parts[0], target.split("/")[0]
    if other in (".", "..", "") or (root / folder / target).is_file():
        return 'a quoted include is relative to the root: "room/file.h"'
    if not (root / other).is_dir():
        return None
    if not (root / target).is_file():
        return "no such file"
    if other == room or (room in WATCHERS and other in MAY_INCLUDE) or (room, other) == ("bench", "tests"):
        return None
    if other in MAY_INCLUDE.get(room, set()):
        return None
    if room not in MAY_INCLUDE and room not in WATCHERS:
        return f"{room}/ is no room that this check knows; add it to MAY_INCLUDE"
    allowed = ", ".join(sorted(MAY_INCLUDE.get(room, MAY_INCLUDE.keys()))) or "no other room"
    return f"{room}/ may include {allowed}"


def findings(root):
    """One line per wrong include, in order of path and line."""
    found = []
    for path in source_files(root):
        name = path.relative_to(root)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            wrong = problem(root, name.parent, match.group(1))
            if wrong:
                found.append(f'{name}:{number}: #include "{match.group(1)}": {wrong}')
    return found


# (file, include, is it right?)
PLANTED = [
    ("core/money.cc", "core/money.h", True),
    ("policy/pack.h", "core/money.h", True),
    ("warning/alert.cc", "policy/pack.h", True),
    ("nightly/night.cc", "report/table.h", True),
    ("cli/synth.cc", "synth/city.h", True),
    ("tests/core/money_test.cc", "nightly/night.h", True),
    ("core/status.h", "absl/status/status.h", True),
    ("core/hash.cc", "xxhash.h", True),
    ("core/money.h", "policy/pack.h", False),
    ("policy/feel/parse.cc", "profile/portrait.h", False),
    ("store/store.cc", "matchers/link.h", False),
    ("warning/alert.h", "nightly/night.h", False),
    ("synth/city.cc", "matchers/link.h", False),
    ("report/table.cc", "store/store.h", False),
    ("nightly/night.h", "synth/city.h", False),
    ("policy/pack.cc", "tests/core/helper.h", False),
    ("core/day.cc", "money.h", False),
    ("core/day.h", "../core/money.h", False),
    ("core/gone.cc", "core/no_such_file.h", False),
    ("attic/old.cc", "core/money.h", False),
]


def self_test():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        names = {file for file, _, _ in PLANTED}
        names |= {"nightly/night.h", "policy/pack.h", "profile/portrait.h", "matchers/link.h", "store/store.h",
                  "report/table.h", "synth/city.h", "tests/core/helper.h"}
        for name in names:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("", encoding="utf-8")
        for file, include, _ in PLANTED:
            (root / file).write_text(f'#include <vector>\n  #  include "{include}"\n', encoding="utf-8")
        found = findings(root)
        for file, include, right in PLANTED:
            reported = any(line.startswith(f'{file}:2: #include "{include}"') for line in found)
            if reported == right:
                failures.append(f'{file} including "{include}" should {"pass" if right else "be found"}')
        wrong = sum(not right for _, _, right in PLANTED)
        if len(found) != wrong:
            failures.append(f"{wrong} wrong includes planted, {len(found)} found")
    return failures


def main():
    if sys.argv[1:] == ["--self-test"]:
        failures, passed = self_test(), f"{len(PLANTED)} planted includes judged right"
    elif not sys.argv[1:]:
        root = pathlib.Path(__file__).resolve().parent.parent
        failures = findings(root)
        passed = f"{sum(1 for _ in source_files(root))} files, every include points back along the house"
    else:
        sys.exit("usage: tests/includes.py [--self-test]")
    for line in failures:
        print(line, file=sys.stderr)
    if failures:
        sys.exit(1)
    print(passed)


if __name__ == "__main__":
    main()
