#!/usr/bin/env python3
"""Tests of bench/linkage: what it reads from both engines, its figures, and whole races between made-up engines.

No package index, no shared folder and no hearth are needed: small scripts stand in for all of them.
"""

import contextlib
import io
import json
import os
import pathlib
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bench" / "linkage"))
import engines  # noqa: E402
import figures  # noqa: E402
import run as race  # noqa: E402
from yardsticks import Skipped, attempt, with_beginnings  # noqa: E402

SPLINK_REPORT = {
    "records": 2000, "links": 10, "peak MiB": 221, "splink": "5.0.0", "duckdb": "2.0.1", "pairs": 40, "total": 1.22,
    "seconds": {"read": 0.03, "prepare": 0.08, "lambda": 0.06, "u": 0.8, "em1": 0.09, "em2": 0.07, "predict": 0.06,
                "cluster": 0.06, "write": 0.01, "count (not in total)": 0.03}}
HEARTH_REPORT = {
    "records": 2000, "pairs": 40, "links": 11, "clusters": 700, "peak_mib": 12.5, "training": {},
    "seconds": {"read": 0.01, "prior": 0.01, "u": 0.02, "em": 0.01, "predict": 0.02, "cluster": 0.01, "write": 0.01,
                "total": 0.08}}
SCORE = {"P": 1.0, "R": 0.5, "F1": 2 / 3}
JUDGED = {"link": SCORE, "pair": SCORE, "cluster": SCORE, "b-cubed": SCORE, "largest cluster": 3,
          "clustered, not in the truth": 0, "links of unknown records": 0}


def changed(report, **parts):
    copy = json.loads(json.dumps(report))
    for name, value in parts.items():
        copy[name] = value
    return copy


class ReadsWhatEnginesSay(unittest.TestCase):
    def test_splinks_phases_are_summed_under_the_common_names(self):
        run = engines.parse_splink(SPLINK_REPORT)
        self.assertAlmostEqual(run.seconds["em"], 0.16)
        self.assertAlmostEqual(run.seconds["prior"], 0.06)
        self.assertAlmostEqual(run.seconds["other"], 0.08)
        self.assertEqual((run.pairs, run.total, run.peak_mib), (40, 1.22, 221))
        self.assertEqual(run.versions, {"splink": "5.0.0", "duckdb": "2.0.1"})

    def test_counting_pairs_is_in_no_phase_of_splink(self):
        run = engines.parse_splink(SPLINK_REPORT)
        self.assertAlmostEqual(sum(run.seconds.values()), 0.03 + 1.22 + 0.01)

    def test_a_phase_of_splink_that_is_not_known_is_refused_by_name(self):
        with self.assertRaisesRegex(engines.Failed, '"warm up"'):
            engines.parse_splink(changed(SPLINK_REPORT, seconds=SPLINK_REPORT["seconds"] | {"warm up": 1.0}))

    def test_hearths_report_is_read_and_the_rest_of_its_total_is_other(self):
        report = changed(HEARTH_REPORT, seconds=HEARTH_REPORT["seconds"] | {"total": 0.10})
        run = engines.parse_hearth(json.dumps(report))
        self.assertEqual((run.records, run.pairs, run.links, run.peak_mib), (2000, 40, 11, 12.5))
        self.assertAlmostEqual(run.seconds["other"], 0.03)

    def test_what_hearths_report_lacks_is_named(self):
        with self.assertRaisesRegex(engines.Failed, "pairs, seconds.predict, "):
            engines.parse_hearth(json.dumps({"records": 1, "links": 0, "clusters": 1, "peak_mib": 1.0,
                                             "seconds": {"read": 0.0}}))
        with self.assertRaisesRegex(engines.Failed, "no JSON"):
            engines.parse_hearth("2000 records, 40 pairs")

    def test_phases_longer_than_the_total_are_refused(self):
        with self.assertRaisesRegex(engines.Failed, "more than its total"):
            engines.parse_hearth(json.dumps(changed(HEARTH_REPORT, seconds=HEARTH_REPORT["seconds"] | {"u": 5.0})))

    def test_an_engine_that_says_less_than_its_process_took_is_believed_and_more_is_not(self):
        run = engines.parse_hearth(json.dumps(HEARTH_REPORT))
        run.process_seconds, run.process_peak_mib = 0.2, 13.0
        engines.check_against_outside(run)
        run.process_seconds = 0.0
        run.total = 0.5
        with self.assertRaisesRegex(engines.Failed, "ended after"):
            engines.check_against_outside(run)
        run.process_seconds, run.process_peak_mib = 9.0, 2.0
        with self.assertRaisesRegex(engines.Failed, "peaked at"):
            engines.check_against_outside(run)

    def test_the_evaluators_pair_score_of_clusters_is_our_cluster_score(self):
        judged = changed(JUDGED, link={"P": 1, "R": 1, "F1": 1}, pair={"P": 0, "R": 0, "F1": 0})
        scores = engines.parse_scores(judged)
        self.assertEqual((scores["pair"]["F1"], scores["cluster"]["F1"]), (1, 0))

    def test_results_about_records_unknown_to_the_truth_are_refused(self):
        with self.assertRaisesRegex(engines.Failed, "id column"):
            engines.parse_scores(changed(JUDGED, **{"links of unknown records": 4}))


class Figures(unittest.TestCase):
    def test_a_median_has_its_range_unless_it_is_alone(self):
        self.assertEqual(figures.spread([3.0, 1.0, 2.0]), "2.00 (1.00–3.00)")
        self.assertEqual(figures.spread([1234.4]), "1,234")

    def test_a_ratio_is_of_the_medians_and_ranges_over_rounds(self):
        self.assertEqual(figures.ratio([30.0, 10.0, 20.0], [3.0, 2.0, 2.0]), "10.00x (5.00–10.00)")
        self.assertEqual(figures.ratio([30.0], []), "")
        self.assertEqual(figures.ratio([30.0], [0.0]), "")

    def test_more_pairs_a_second_is_better_and_fewer_seconds_are(self):
        splink, hearth = engines.parse_splink(SPLINK_REPORT), engines.parse_hearth(json.dumps(HEARTH_REPORT))
        rows = {row[0]: row for row in figures.cost_rows([splink], [hearth])}
        self.assertEqual(rows["whole job, s"][3], "15.25x")
        self.assertEqual(rows["pairs a second, whole job"][1:], ["32.79", "500", "15.25x"])
        self.assertEqual(rows["– EM"][1:3], ["0.16", "0.01"])

    def test_rows_without_a_rival_have_no_ratio(self):
        rows = figures.cost_rows([], [engines.parse_hearth(json.dumps(HEARTH_REPORT))])
        self.assertEqual(rows[0], ["whole job, s", "", "0.08", ""])

    def test_the_digest_of_rows_knows_their_content_and_not_their_order(self):
        with tempfile.TemporaryDirectory() as folder:
            digests = []
            for text in ("a\nb\nb\n", "b\na\nb\n", "a\na\nb\n"):
                path = pathlib.Path(folder) / "rows"
                path.write_text(text)
                digests.append(engines.rows_digest(path))
        self.assertEqual(digests[0], digests[1])
        self.assertNotEqual(digests[0], digests[2])


class Measuring(unittest.TestCase):
    def test_a_process_is_measured_from_outside(self):
        with tempfile.TemporaryDirectory() as out:
            said, seconds, peak = engines.measured(
                [sys.executable, "-c", "import time; x = b'x' * (64 << 20); time.sleep(.2); print('done')"], out)
        self.assertEqual(said, "done\n")
        self.assertGreaterEqual(seconds, 0.2)
        self.assertGreaterEqual(peak, 64)

    def test_a_process_that_fails_is_told_with_its_last_words(self):
        program = "import sys; print('no such rule', file=sys.stderr); sys.exit(3)"
        with tempfile.TemporaryDirectory() as out:
            with self.assertRaisesRegex(engines.Failed, "exit code 3.*\n.*no such rule"):
                engines.measured([sys.executable, "-c", program], out)


class Tables(unittest.TestCase):
    def test_a_column_of_beginnings_is_added_and_nothing_else_changes(self):
        with tempfile.TemporaryDirectory() as folder:
            table = pathlib.Path(folder) / "t.csv"
            table.write_text('id,mail\n1,a@b.c\n2,\n3,"x,y"\n')
            made = with_beginnings(table, "mail", "@", "mailbox", pathlib.Path(folder) / "made")
            self.assertEqual(made.read_text(), 'id,mail,mailbox\n1,a@b.c,a\n2,,\n3,"x,y","x,y"\n')


class Skips(unittest.TestCase):
    def test_without_the_shared_folder_the_race_is_skipped_with_the_code_asked_for(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
            code = race.main(["--tiny", "--shared", f"{folder}/none", "--skip-code", "77"])
        self.assertEqual(code, 77)
        self.assertIn("skipped: the shared folder", said.getvalue())

    def test_an_index_out_of_reach_is_a_reason_to_skip(self):
        with self.assertRaisesRegex(Skipped, "cannot be installed: ERROR: no route"):
            attempt([sys.executable, "-c", "import sys; sys.exit('looking\\nERROR: no route')"],
                    "Splink cannot be installed")


class WholeRaces(unittest.TestCase):
    """Between scripts that answer as the engines do."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        bench = self.root / "shared" / "bench"
        (bench / "splink_models").mkdir(parents=True)
        model = bench / "splink_models" / "people_1m_8rules.json"
        model.write_text('{"thresholds": {"predict": 0.9, "cluster": 0.9}}')
        self.order = self.root / "order"
        self.script(bench / "gen_people.py", """
            out = sys.argv[2]
            os.makedirs(out, exist_ok=True)
            open(out + "/people.csv", "w").write("unique_id\\n1\\n2\\n")
            open(out + "/truth.csv", "w").write("record_id,entity_id\\n1,1\\n2,1\\n")""")
        self.script(bench / "splink_run.py", f"""
            out = sys.argv[sys.argv.index("--out") + 1]
            open("{self.order}", "a").write("S")
            report = json.loads('''{json.dumps(SPLINK_REPORT)}''')
            report["peak MiB"], report["total"] = 1, 0.0
            report["seconds"] = {{"read": 0.0, "predict": 0.001, "write": 0.0}}
            if "--no-count" in sys.argv: del report["pairs"]
            json.dump(report, open(out + "/run.json", "w"))
            open(out + "/clusters.csv", "w").write("record_id,cluster_id\\n1,1\\n2,1\\n")
            open(out + "/links.csv", "w").write("left_id,right_id,score\\n1,2,0.99\\n")""")
        # Judges by the number of lines of clusters.csv: a line less is a little worse.
        self.script(bench / "eval_links.py", f"""
            lines = open(sys.argv[sys.argv.index("--clusters") + 1]).read().count("\\n")
            judged = json.loads('''{json.dumps(JUDGED)}''')
            for kind in ("pair", "link"): judged[kind] = dict(P=1, R=1, F1=lines / 3)
            print(json.dumps(judged))""")
        self.python = self.root / "venv" / "bin" / "python"
        self.python.parent.mkdir(parents=True)
        self.python.symlink_to(sys.executable)
        requirements = (ROOT / "bench" / "linkage" / "requirements.txt").read_bytes()
        (self.root / "venv" / "requirements.sha256").write_text(engines.hashlib.sha256(requirements).hexdigest())
        models = self.root / "models" / "same-rules"
        models.mkdir(parents=True)
        (models / "people_8rules.yaml").write_text("name: people\n")

    def script(self, path, body):
        path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n" + textwrap.dedent(body) + "\n")
        path.chmod(0o755)

    def race(self, *arguments, clusters="record_id,cluster_id\\n1,1\\n2,1\\n", pairs=40, ends=""):
        hearth = self.root / "hearth"
        report = changed(HEARTH_REPORT, pairs=pairs, peak_mib=1.0, seconds=dict.fromkeys(HEARTH_REPORT["seconds"], 0.0))
        self.script(hearth, f"""
            open("{self.order}", "a").write("H")
            turn = len(open("{self.order}").read())
            links, clusters = (sys.argv[sys.argv.index(flag) + 1] for flag in ("--out", "--clusters"))
            open(links, "w").write("source_l,id_l,source_r,id_r,match_weight,match_probability,decision\\n")
            open(clusters, "w").write(f"{clusters}")
            print('''{json.dumps(report)}''')
            {ends}""")
        with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(io.StringIO()) as errors:
            code = race.main(["--size", "tiny", "--shared", str(self.root / "shared"), "--environment",
                              str(self.root / "venv"), "--work", str(self.root / "work"), "--models",
                              str(self.root / "models"), "--hearth", str(hearth), *arguments])
        return code, said.getvalue(), errors.getvalue()

    def test_the_engines_run_by_turns_and_each_begins_in_its_turn(self):
        code, said, errors = self.race("--rounds", "3")
        self.assertEqual(code, 0, errors)
        self.assertEqual(self.order.read_text(), "SHHSSH")
        self.assertIn("### tiny: 2,000 records, 40 pairs", said)
        self.assertIn("hearth, same rules", said)

    def test_every_run_is_in_the_json(self):
        path = self.root / "deep" / "race.json"
        code, _, errors = self.race("--rounds", "2", "--json", str(path))
        self.assertEqual(code, 0, errors)
        report = json.loads(path.read_text())
        self.assertEqual([len(each) for each in report["cases"]["tiny"].values()], [2, 2])
        self.assertEqual(report["cases"]["tiny"]["Splink"][0]["versions"], {"splink": "5.0.0", "duckdb": "2.0.1"})

    def test_other_pairs_with_the_same_rules_are_trouble(self):
        code, _, errors = self.race(pairs=41)
        self.assertEqual(code, 1)
        self.assertIn("Splink compares 40 pairs, hearth 41", errors)

    def test_a_lower_score_with_the_same_rules_is_trouble(self):
        code, _, errors = self.race(clusters="record_id,cluster_id\\n1,1\\n")
        self.assertEqual(code, 1)
        self.assertIn("hearth's cluster F1 0.6667 is below Splink's 1.0000", errors)

    def test_an_answer_that_differs_from_round_to_round_is_trouble(self):
        code, _, errors = self.race("--rounds", "2", clusters="record_id,cluster_id\\n1,1\\n2,{turn}\\n")
        self.assertEqual(code, 1)
        self.assertIn("differs from round to round", errors)

    def test_a_hearth_that_fails_is_trouble_and_splink_still_runs(self):
        code, said, errors = self.race(ends="sys.exit('people.yaml:3:1: no such key')")
        self.assertEqual(code, 1)
        self.assertIn("no such key", errors)
        self.assertIn("Splink", said)

    def test_a_model_that_is_not_there_is_left_out_by_name(self):
        os.remove(self.root / "models" / "same-rules" / "people_8rules.yaml")
        code, _, errors = self.race()
        self.assertEqual(code, 0)
        self.assertIn("left out: tiny: hearth, same rules: there is no", errors)


class Cases(unittest.TestCase):
    def test_every_splink_model_here_has_what_the_runner_needs(self):
        models = sorted((ROOT / "bench" / "linkage" / "splink").glob("*.json"))
        self.assertTrue(models)
        for path in models:
            model = json.loads(path.read_text())
            for name in ("link_type", "unique_id", "blocking_rules", "comparisons", "training", "thresholds"):
                self.assertIn(name, model, path)

    def test_every_case_has_a_hearth_model_with_splinks_rules(self):
        for case in race.GROUPS["all"]:
            self.assertTrue((ROOT / "bench" / "linkage" / "same-rules" / case.hearth).is_file(), case.hearth)

    def test_every_pin_is_exact(self):
        lines = (ROOT / "bench" / "linkage" / "requirements.txt").read_text().splitlines()
        for line in [line for line in lines if line and not line.startswith("#")]:
            self.assertRegex(line, r"^[a-z-]+==[0-9.]+$")

    def test_a_size_that_does_not_exist_is_refused(self):
        with contextlib.redirect_stderr(io.StringIO()) as errors, self.assertRaises(SystemExit):
            race.parse_options(["--size", "9m"])
        self.assertIn("no size 9m", errors.getvalue())

    def test_accuracy_takes_one_round_and_speed_three_unless_told(self):
        self.assertEqual(race.parse_options(["--size", "accuracy"]).rounds, 1)
        self.assertEqual(race.parse_options(["--size", "1m8,accuracy"]).rounds, 3)
        self.assertEqual(race.parse_options(["--tiny"]).rounds, 1)


if __name__ == "__main__":
    unittest.main()
