#!/usr/bin/env python3
"""Makes the fixture of splink_weights_test.cc: people.csv, one settings file a model as Splink saves it, and the match
weights that Splink computes for every pair that its blocking rules make.

    python3 -m venv v && v/bin/pip install splink==5.0.0
    v/bin/python tests/matchers/fellegi_sunter/splink/make_weights.py

Not part of the build or of the checks: it needs Splink. Run it again to see what a newer Splink says. The people are
made up, from a seeded generator.
"""
import csv
import logging
import pathlib
import random

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import ColumnExpression, DuckDBAPI, Linker, SettingsCreator, block_on

HERE = pathlib.Path(__file__).parent
FIRST = ["Mia", "Noah", "Emma", "Liam", "Anna", "Ann", "Jonas", "Jonah", "Lena", "José", "Jose", "Łukasz", "王芳", "王伟"]
LAST = ["Weber", "Webber", "Schmidt", "Schmitt", "Kowalski", "Kowalska", "Li", "Liu", "Adam", "Noah", "欧阳", "Østergård"]
TOWN = ["Aar", "Brück", "Celle", "Aarau"]
COLUMNS = ["unique_id", "first_name", "surname", "dob", "town", "Post Code", "email"]


def people(n, seed):
    r = random.Random(seed)
    rows = []
    for i in range(n):
        if rows and r.random() < 0.5:
            row = dict(r.choice(rows))
            field = r.choice(COLUMNS[1:])
            text = row[field]
            change = r.random()
            if change < 0.3 or not text:
                row[field] = ""
            elif change < 0.6:
                at = r.randrange(len(text))
                row[field] = text[:at] + text[at + 1:]
            elif change < 0.8 and len(text) > 1:
                at = r.randrange(len(text) - 1)
                row[field] = text[:at] + text[at + 1] + text[at] + text[at + 2:]
            else:
                row["first_name"], row["surname"] = row["surname"], row["first_name"]
        else:
            first, last = r.choice(FIRST), r.choice(LAST)
            row = {
                "first_name": first, "surname": last,
                "dob": f"{r.randint(1950, 2005)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
                "town": r.choice(TOWN), "Post Code": f"3399{r.randint(10, 14)}",
                "email": f"{first}.{last}{r.randint(1, 9)}@example.org".lower(),
            }
        rows.append({**row, "unique_id": f"p{i:03}"})
    return rows


def probabilities(levels):
    """Any m and u will do; they need not sum to one."""
    return {"m_probabilities": [0.7 / 2**i for i in range(levels)],
            "u_probabilities": [0.0004 * 3**i for i in range(levels)]}


def level(made, m, u, **more):
    return made.configure(m_probability=m, u_probability=u, **more)


def models():
    blocking = [block_on("town"), block_on("substr(dob, 1, 3)", "surname"),
                "l.first_name = r.surname and l.surname = r.first_name and levenshtein(l.dob, r.dob) <= 4"]
    name = ColumnExpression("first_name").lower()
    yield "library", SettingsCreator(
        link_type="dedupe_only", linker_uid="fixture", blocking_rules_to_generate_predictions=blocking,
        probability_two_random_records_match=0.003,
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True, **probabilities(5)),
            cl.JaroWinklerAtThresholds("surname", [0.9, 0.7]).configure(
                term_frequency_adjustments=True, **probabilities(4)),
            cl.DamerauLevenshteinAtThresholds("dob", [1, 2]).configure(**probabilities(4)),
            cl.LevenshteinAtThresholds("Post Code", [1]).configure(**probabilities(3)),
            cl.ExactMatch("town").configure(term_frequency_adjustments=True, **probabilities(2)),
            cl.JaccardAtThresholds("email", [0.9, 0.6]).configure(**probabilities(4)),
        ])
    yield "terms", SettingsCreator(
        link_type="dedupe_only", linker_uid="fixture", blocking_rules_to_generate_predictions=[block_on("town"), block_on("surname")],
        probability_two_random_records_match=0.02,
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname").configure(**probabilities(7)),
            cl.CustomComparison(output_column_name="town", comparison_levels=[
                cll.NullLevel("town"),
                level(cll.JaroWinklerLevel("town", 0.95), 0.8, 0.3, tf_adjustment_column="town",
                      tf_adjustment_weight=0.5, tf_minimum_u_value=0.3),
                level(cll.ExactMatchLevel("town"), 0.7, 0.2, tf_adjustment_column="town", tf_minimum_u_value=0.29),
                level(cll.LevenshteinLevel("town", 2), 0.1, 0.3, tf_adjustment_column="town",
                      tf_adjustment_weight=0.25),
                level(cll.ElseLevel(), 0.05, 0.4)]),
            cl.CustomComparison(output_column_name="email", comparison_levels=[
                cll.NullLevel("email"),
                level(cll.JaroLevel("email", 0.93), 0.6, 0.01, tf_adjustment_column="surname",
                      disable_tf_exact_match_detection=True),
                level(cll.Not(cll.LevenshteinLevel("first_name", 2)), 0.2, 0.5),
                level(cll.ElseLevel(), 0.2, 0.49)]),
            cl.CustomComparison(output_column_name="dob", comparison_levels=[
                cll.And(cll.NullLevel("dob"), cll.NullLevel("Post Code")).configure(is_null_level=True),
                level(cll.And(cll.ExactMatchLevel("dob"), cll.ExactMatchLevel("Post Code")), 0.5, 0.0001),
                level(cll.Or(cll.ExactMatchLevel("dob"), cll.DamerauLevenshteinLevel("Post Code", 1)), 0.3, 0.01),
                level(cll.ElseLevel(), 0.2, 0.98)]),
            cl.CustomComparison(output_column_name="initial", comparison_levels=[
                cll.NullLevel(name.substr(1, 2)),
                level(cll.ExactMatchLevel(name.substr(1, 2)), 0.9, 0.1),
                level(cll.CustomLevel("jaro_winkler_similarity(first_name_l, first_name_r) > 0.7", "near"), 0.05, 0.1),
                level(cll.ElseLevel(), 0.05, 0.8)]),
            cl.CustomComparison(output_column_name="swapped", comparison_levels=[
                level(cll.ColumnsReversedLevel("first_name", "surname", symmetrical=True), 0.01, 0.0001),
                level(cll.LiteralMatchLevel("town", "Aar", literal_datatype="string"), 0.3, 0.2),
                level(cll.ElseLevel(), 0.69, 0.8)]),
        ])


def quoted(name):
    return '"' + name + '"'


def main():
    logging.disable(logging.WARNING)
    path = HERE / "people.csv"
    with open(path, "w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, COLUMNS, lineterminator="\n")
        out.writeheader()
        out.writerows(people(160, 7))
    cells = ", ".join(f"nullif(trim({quoted(c)}), '') as {quoted(c)}" for c in COLUMNS)
    for name, settings in models():
        con = duckdb.connect()
        con.execute(f"create table people as select {cells} from read_csv('{path}', header=true, all_varchar=true)")
        api = DuckDBAPI(connection=con)
        linker = Linker(api.register("people"), settings)
        made = linker.inference.predict()
        rows = con.execute(f"select unique_id_l, unique_id_r, match_weight from {made.physical_name} "
                           "order by 1, 2").fetchall()
        linker.misc.save_model_to_json(str(HERE / f"{name}.json"), overwrite=True)
        with open(HERE / f"{name}.weights.csv", "w", encoding="utf-8") as f:
            f.write("id_l,id_r,match_weight\n")
            f.writelines(f"{l},{r},{w:.12g}\n" for l, r, w in rows)
        print(name, len(rows), "pairs")


if __name__ == "__main__":
    main()
