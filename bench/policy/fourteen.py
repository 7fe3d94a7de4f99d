"""The fourteen rules, written out for the bench: data, plain numpy, and an oracle in whole numbers.

Money in fen; region r in 0..7. From 2024-07-01 amounts, rates and factors are 5 % up (`up` = 105 hundredths); ages,
grades and the number of houses are not. numpy works on float64 yuan and rounds half up; the oracle on int64.
"""
import hashlib

import numpy as np

MONEY = ("wage", "pension", "property_income", "transfer_income", "medical", "deposit")
RULES = ("dibao", "marginal", "award", "old_age", "living", "nursing", "child", "single")


def make(households, seed):
    """Columns by name; `household` is each person's row among the households."""
    rng = np.random.default_rng(seed)
    size = rng.choice(np.arange(1, 7), size=households, p=[0.20, 0.28, 0.24, 0.15, 0.08, 0.05])
    persons = int(size.sum())

    def share(p):
        return rng.random(persons) < p

    people = {
        "household": np.repeat(np.arange(households), size),
        "age": rng.integers(0, 100, persons).astype(np.int32),
        "wage": np.rint(rng.lognormal(7.3, 1.0, persons) * 100).astype(np.int64) * share(0.5),
        "pension": rng.integers(10_000, 400_000, persons) * share(0.2),
        "property_income": np.int64(30_000) * share(0.1),
        "transfer_income": np.int64(20_000) * share(0.1),
        "medical": rng.integers(0, 300_000, persons) * share(0.05),
        "disability_grade": (rng.integers(1, 5, persons) * share(0.06)).astype(np.int32),
        "student": share(0.15),
        "deposit": np.rint(rng.lognormal(8.0, 1.5, persons) * 100).astype(np.int64),
    }
    homes = {
        "region": rng.integers(0, 8, households).astype(np.int32),
        "houses": rng.integers(0, 4, households).astype(np.int32),
        "vehicles": (np.rint(rng.lognormal(10.0, 1.0, households) * 100) * (rng.random(households) < 0.3)).astype(np.int64),
    }
    return people, homes


def in_yuan(people, homes):
    return ({k: v / 100.0 if k in MONEY else v for k, v in people.items()},
            {k: v / 100.0 if k == "vehicles" else v for k, v in homes.items()})


def decide_numpy(p, h, up):
    """Plain numpy, as one would write it. Money in yuan."""
    f = up / 100.0
    at, n = p["household"], len(h["region"])
    line = ((700.0 + 40.0 * np.arange(8)) * f)[h["region"]]
    line_of_person = line[at]
    severe = (p["disability_grade"] == 1) | (p["disability_grade"] == 2)
    counted = np.where(p["student"], 0.0, np.maximum(p["wage"] - 200.0 * f, 0.0))
    counted += p["pension"]
    counted += p["property_income"]
    counted += p["transfer_income"]
    persons = np.bincount(at, minlength=n)
    per_capita = np.maximum(np.bincount(at, counted, n) - np.bincount(at, p["medical"], n), 0.0) / persons
    assets = (h["houses"] <= 1) & (h["vehicles"] <= 30_000.0 * f)
    assets &= np.bincount(at, p["deposit"], n) <= 24.0 * f * line * persons
    dibao = (per_capita < line) & assets
    marginal = ~dibao & (per_capita <= 1.5 * f * line) & assets
    rate = np.where(severe, 0.2 * f, np.where((p["age"] >= 70) | (p["age"] < 18), 0.1 * f, 0.0))
    award = np.where(dibao, (line - per_capita) * persons + np.bincount(at, rate * line_of_person, n), 0.0)
    award = np.floor(award * 100.0 + 0.5) / 100.0
    age = p["age"]
    old_age = np.where(age >= 100, 500.0 * f, np.where(age >= 90, 200.0 * f, np.where(age >= 80, 100.0 * f, 0.0)))
    dibao_person, marginal_person = dibao[at], marginal[at]
    return {"dibao": dibao, "marginal": marginal, "award": award, "old_age": old_age,
            "living": np.where(severe & (dibao_person | marginal_person), 120.0 * f, 0.0),
            "nursing": np.where(severe, 150.0 * f, 0.0),
            "child": np.where((age < 18) & dibao_person, 300.0 * f, 0.0),
            "single": severe & marginal_person & (counted < line_of_person)}


def decide_exactly(p, h, up):
    """In whole fen; a rate of 20 % is 20 * up ten-thousandths."""
    at, n = p["household"], len(h["region"])
    ends = np.cumsum(np.bincount(at, minlength=n))

    def total(column):
        running = np.concatenate(([0], np.cumsum(column, dtype=np.int64)))
        return running[ends] - running[np.concatenate(([0], ends[:-1]))]

    line = up * (700 + 40 * h["region"].astype(np.int64))
    severe = np.isin(p["disability_grade"], (1, 2))
    counted = (np.where(p["student"], 0, np.maximum(p["wage"] - 200 * up, 0)) + p["pension"] + p["property_income"]
               + p["transfer_income"])
    persons = total(np.ones(len(at), np.int64))
    income = np.maximum(total(counted) - total(p["medical"]), 0)
    assets = ((h["houses"] <= 1) & (h["vehicles"] <= 30_000 * up)
              & (100 * total(p["deposit"]) <= 24 * up * line * persons))
    dibao = (income < line * persons) & assets
    marginal = ~dibao & (200 * income <= 3 * up * line * persons) & assets
    rate = np.where(severe, 20 * up, np.where((p["age"] >= 70) | (p["age"] < 18), 10 * up, 0))
    exact = (line * persons - income) * 10_000 + line * total(rate)
    age = p["age"]
    steps = np.where(age >= 100, 500, np.where(age >= 90, 200, np.where(age >= 80, 100, 0)))
    return {"dibao": dibao, "marginal": marginal, "award": np.where(dibao, (exact + 5_000) // 10_000, 0),
            "old_age": steps * up, "living": 120 * up * (severe & (dibao | marginal)[at]), "nursing": 150 * up * severe,
            "child": 300 * up * ((age < 18) & dibao[at]), "single": severe & marginal[at] & (counted < line[at])}


def digest(results):
    sha = hashlib.sha256()
    for name in RULES:
        sha.update(np.ascontiguousarray(results[name]).astype(np.int64).tobytes())
    return sha.hexdigest()[:16]
