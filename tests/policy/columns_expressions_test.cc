// Random expressions of the language, in columns and plainly. The seed of a failure is printed.
#include <gtest/gtest.h>

#include <cctype>
#include <set>

#include "tests/policy/columns_against_plain.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

constexpr char kPack[] = R"(
pack: odd
title: {en: "Odd constructs", zh: "怪"}
document: "none"
valid_from: 2020-01-01
valid_to: 2029-12-31
rounding: half_up
)";
constexpr char kFacts[] = R"(
registries: [vehicles]
facts:
  - {name: size, place: household, type: number, unit: persons, source: case}
  - {name: money_a, place: household, type: money, source: case}
  - {name: money_b, place: household, type: money, source: case}
  - {name: ratio, place: household, type: number, source: case}
  - {name: flag, place: household, type: boolean, source: case}
  - {name: word, place: household, type: text, source: case}
  - {name: day, place: household, type: date, source: case}
  - {name: age, place: member, type: number, unit: years, source: case}
  - {name: wage, place: member, type: money, source: case}
  - {name: able, place: member, type: boolean, source: case}
  - {name: code, place: member, type: text, source: case}
  - {name: born, place: member, type: date, source: case}
)";
constexpr char kParameters[] = R"(
parameters:
  - {name: p_money, type: money, unit: yuan, clause: "c", values: [{from: 2020-01-01, value: 512.35}]}
  - {name: p_third, type: number, unit: ratio, clause: "c", values: [{from: 2020-01-01, value: 0.333}]}
  - {name: p_words, type: list, unit: words, clause: "c", values: [{from: 2020-01-01, value: ["3303", "severe"]}]}
  - {name: p_open, type: money, unit: yuan, set_by: locality, clause: "c"}
)";

// Expressions of a place: at a member all names may be used, at the household those of the household.
class Expressions {
 public:
  Expressions(uint64_t seed, bool member) : random_(seed), member_(member) {}

  std::string Boolean(int depth) {
    if (depth <= 0) {
      return Pick({"flag", "money_a > 0", "word = \"severe\"", "true", "day < as_of"},
                  {"able", "age >= 18", "code = \"3303\""});
    }
    switch (Below(15)) {
      case 0:
        return "(" + Boolean(depth - 1) + " and " + Boolean(depth - 1) + ")";
      case 1:
        return "(" + Boolean(depth - 1) + " or " + Boolean(depth - 1) + ")";
      case 2:
        return "not(" + Boolean(depth - 1) + ")";
      case 3:
      case 4:
        return "(" + Number(depth - 1) + One({" < ", " <= ", " > ", " >= ", " = ", " != "}) + Number(depth - 1) + ")";
      case 5:
        return "(" + Date(depth - 1) + One({" < ", " <= ", " = ", " != "}) + Date(depth - 1) + ")";
      case 6:
        return "(" + Number(depth - 1) + " between " + Number(0) + " and " + Number(0) + ")";
      case 7:
        return "(" + Number(depth - 1) + " in [" + Number(0) + ".." + Number(0) + "))";
      case 8:
        return "(" + Text() + " in (\"3303\", \"severe\", \"x\"))";
      case 9:
        return "(if " + Boolean(depth - 1) + " then " + Boolean(depth - 1) + " else " + Boolean(depth - 1) + ")";
      case 10:
        return "(" + Number(0) + One({" = null", " != null"}) + ")";
      case 11:
        return One({"(some m in members satisfies m.age > 60)", "(every m in members satisfies m.able)",
                    "(some v in vehicles satisfies v.insured_value > p_money)",
                    "(every v in vehicles[insured_value > 100] satisfies v.first_registered_on < as_of)",
                    "(some w in p_words satisfies starts with(word, w))",
                    "(some m in members satisfies m.wage > money_a)"});
      case 12:
        return "(string length(" + Text() + ") > 3)";
      case 13:
        return "all([" + Boolean(depth - 1) + ", " + Boolean(0) + "])";
      default:
        return "contains(" + Text() + ", \"30\")";
    }
  }

  std::string Number(int depth) {
    if (depth <= 0) {
      return Pick(
          {"size", "money_a", "money_b", "ratio", "p_money", "p_third", "3", "0", "1000.5", "p_open", "day.year"},
          {"age", "wage", "born.month"});
    }
    switch (Below(17)) {
      case 0:
      case 1:
        return "(" + Number(depth - 1) + " + " + Number(depth - 1) + ")";
      case 2:
        return "(" + Number(depth - 1) + " - " + Number(depth - 1) + ")";
      case 3:
        return "(" + Number(depth - 1) + " * " + Number(0) + ")";
      case 4:
        return "(" + Number(depth - 1) + " / " + One({"12", "3", "0", "size", "8", "-7"}) + ")";
      case 5:
        return "min(" + Number(depth - 1) + ", " + Number(depth - 1) + ")";
      case 6:
        return "max(" + Number(depth - 1) + ", 0, " + Number(0) + ")";
      case 7:
        return "(if " + Boolean(depth - 1) + " then " + Number(depth - 1) + " else " + One({"0", "null", Number(0)}) +
               ")";
      case 8:
        return One({"sum(members.wage)", "sum(members[age > 17].wage)", "count(members[able])",
                    "sum(vehicles.insured_value)", "count(vehicles[insured_value > p_money])", "min(members.age)",
                    "max(vehicles.insured_value)", "sum(for m in members return if m.able then m.wage else 5)",
                    "mean(members.age)", "count(members)", "count(distinct values(vehicles.plate))",
                    "sum(members.wage) / count(members)"});
      case 9:
        return "abs(" + Number(depth - 1) + ")";
      case 10:
        return One({"floor(", "ceiling(", "decimal(", "round half up(", "round down("}) + Number(depth - 1) + ", 1)";
      case 11:
        return "(" +
               One({"years and months duration(day, as_of).years", "years and months duration(as_of, day).months",
                    "(as_of - day).days", "(day + @\"P1Y\").year", "(day - @\"P40D\").month"}) +
               ")";
      case 12:
        return "-" + Number(0);
      case 13:
        return "(" + Number(depth - 1) + " / size * size)";
      case 14:
        return "sum([" + Number(depth - 1) + ", " + Number(0) + "])";
      default:
        return Number(0);
    }
  }

  std::string Date(int depth) {
    if (depth <= 0) return Pick({"day", "as_of", "date(\"2024-02-29\")"}, {"born"});
    switch (Below(6)) {
      case 0:
        return "(" + Date(depth - 1) + One({" + ", " - "}) +
               One({"@\"P1M\"", "@\"P12Y\"", "@\"P45D\"", "@\"P1M\" * size"}) + ")";
      case 1:
        return "(if " + Boolean(depth - 1) + " then " + Date(0) + " else " + Date(0) + ")";
      case 2:
        return "min(vehicles.first_registered_on)";
      case 3:
        return "date(day.year, 2, size)";
      default:
        return Date(0);
    }
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  std::string One(const std::vector<std::string>& from) {
    return from[static_cast<size_t>(Below(static_cast<int>(from.size())))];
  }
  std::string Pick(std::vector<std::string> household, const std::vector<std::string>& member) {
    if (member_) household.insert(household.end(), member.begin(), member.end());
    return One(household);
  }
  std::string Text() { return Pick({"word"}, {"code"}); }

  std::mt19937_64 random_;
  bool member_;
};

std::string Quoted(const std::string& feel) {
  std::string out = "'";
  for (const char c : feel) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

// Facts without a column form, named after those they read.
constexpr char kBoxed[] = R"(
  - {name: boxed_flag, place: household, type: boolean, clause: c, feel: '{it: flag}.it'}
  - {name: boxed_money_a, place: household, type: money, unit: yuan, clause: c, feel: '{it: money_a}.it'}
  - {name: boxed_word, place: household, type: text, clause: c, feel: '{it: word}.it'}
  - {name: boxed_able, place: member, type: boolean, clause: c, feel: '{it: able}.it'}
  - {name: boxed_wage, place: member, type: money, unit: yuan, clause: c, feel: '{it: wage}.it'}
  - {name: boxed_code, place: member, type: text, clause: c, feel: '{it: code}.it'}
)";

// Reads a third of those names by way of their boxed facts.
std::string ByWayOfBoxed(const std::string& feel, std::mt19937_64* random) {
  static const std::set<std::string> kNames = {"flag", "money_a", "word", "able", "wage", "code"};
  std::string out, name;
  bool quoted = false;
  for (const char c : feel + " ") {
    if (!quoted && (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_')) {
      name += c;
      continue;
    }
    if (kNames.count(name) > 0 && (*random)() % 3 == 0) out += "boxed_";
    out += name;
    name.clear();
    out += c;
    if (c == '"') quoted = !quoted;
  }
  return out;
}

// A pack of `rules` random rules, half of them of persons, each reading a derived fact of its own.
StatusOr<Pack> RandomPack(uint64_t seed, int rules, bool boxed = false) {
  std::string derived = "derived:\n", list;
  if (boxed) derived += kBoxed + 1;
  std::mt19937_64 random(seed);
  const auto Quoted = [&](const std::string& feel) {
    return hearth::Quoted(boxed ? ByWayOfBoxed(feel, &random) : feel);
  };
  for (int i = 0; i < rules; ++i) {
    const bool member = i % 2 == 1;
    const std::string n = std::to_string(i);
    Expressions make(seed * 1000 + static_cast<uint64_t>(i), member);
    derived += "  - {name: d" + n + ", place: " + (member ? "member" : "household") +
               ", type: number, clause: c, feel: " + Quoted(make.Number(3)) + "}\n";
    derived += "  - {name: b" + n + ", place: " + (member ? "member" : "household") +
               ", type: boolean, clause: c, feel: " + Quoted(make.Boolean(3)) + "}\n";
    list += "- {id: R" + n + ", title: {en: t, zh: t}, clause: c, unit: " + (member ? "person" : "household") +
            ", kind: cash, programme: p, per: month, computable: feeds, lead: {en: l, zh: l}, when: " +
            Quoted(i % 3 == 0 ? "b" + n + " and " + make.Boolean(2) : make.Boolean(4)) +
            ", amount: " + Quoted(i % 3 == 1 ? "d" + n : make.Number(3)) + "}\n";
  }
  return LoadPackFiles({{"pack.yaml", kPack},
                        {"facts.yaml", kFacts},
                        {"parameters.yaml", kParameters},
                        {"derived.yaml", derived},
                        {"rules/all.yaml", list}},
                       ProjectSchemas());
}

TEST(ColumnsOfRandomExpressions, AreWhatThePlainEvaluatorMakesOfThem) {
  int packs = 0, in_columns = 0, rules = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const StatusOr<Pack> pack = RandomPack(seed, 8);
    ASSERT_TRUE(pack.ok()) << Message(pack.status());
    ++packs;
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CivilDay as_of = CivilDay::FromYmd(2024, 2, 29).value();
    auto layout = std::make_shared<const BatchLayout>(*pack);
    const StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, {}, as_of);
    ASSERT_TRUE(fast.ok());
    in_columns += fast->shape().rules_in_columns;
    rules += fast->shape().rules;
    const Tally t = CompareWithPlain(*pack, {}, as_of, seed, 60, 30, {.unknown = seed % 3 == 0 ? 0.0 : 0.2});
    EXPECT_EQ(t.different, 0u) << "of " << t.compared;
    if (t.different == 0) continue;
    for (size_t i = 0; i < pack->rules().size(); ++i) {
      std::printf("R%zu when %s\n   amount %s\n", i, pack->rules()[i].when.c_str(), pack->rules()[i].amount.c_str());
    }
    for (const DerivedFact& f : pack->derived_facts()) std::printf("%s: %s\n", f.name.c_str(), f.expression.c_str());
  }
  std::printf("%d packs, %d of %d rules in columns\n", packs, in_columns, rules);
  EXPECT_GE(packs, 20);
  EXPECT_GE(in_columns * 2, rules);
}

TEST(ColumnsOfRandomExpressions, AreTheSameWhereFactsAreWorkedOutOnlyWhereNeeded) {
  size_t boxed = 0, rules = 0;
  for (uint64_t seed = 101; seed <= 150; ++seed) {
    const StatusOr<Pack> pack = RandomPack(seed, 8, true);
    ASSERT_TRUE(pack.ok()) << Message(pack.status());
    SCOPED_TRACE("seed " + std::to_string(seed));
    const CivilDay as_of = CivilDay::FromYmd(2024, 2, 29).value();
    auto layout = std::make_shared<const BatchLayout>(*pack);
    const StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, {}, as_of);
    ASSERT_TRUE(fast.ok());
    for (const BoxedItem& item : fast->Boxed()) boxed += item.is_rule ? 0 : 1;
    rules += static_cast<size_t>(fast->shape().rules_in_columns);
    const Tally t = CompareWithPlain(*pack, {}, as_of, seed, 60, 30, {.unknown = seed % 3 == 0 ? 0.0 : 0.2});
    EXPECT_EQ(t.different, 0u) << "of " << t.compared;
    if (t.different == 0) continue;
    for (const Rule& r : pack->rules())
      std::printf("%s when %s\n   amount %s\n", r.id.c_str(), r.when.c_str(), r.amount.c_str());
    for (const DerivedFact& f : pack->derived_facts()) std::printf("%s: %s\n", f.name.c_str(), f.expression.c_str());
  }
  std::printf("%zu boxed facts, %zu rules in columns\n", boxed, rules);
  EXPECT_GT(boxed, 100u);
  EXPECT_GT(rules, 100u);
}

// A boxed fact needs the facts of its unit, which a bound batch without fallback cannot give.
TEST(ColumnsOfRandomExpressions, ABoxedFactIsReadOnlyWhereItMatters) {
  const std::string rule =
      "- {id: R1, title: {en: t, zh: t}, clause: c, unit: household, kind: cash, programme: p, per: month, "
      "computable: feeds, lead: {en: l, zh: l}, when: 'boxed_flag and flag', amount: 'size * 10'}\n";
  const StatusOr<Pack> pack = LoadPackFiles({{"pack.yaml", kPack},
                                             {"facts.yaml", kFacts},
                                             {"parameters.yaml", kParameters},
                                             {"derived.yaml", std::string("derived:\n") + (kBoxed + 1)},
                                             {"rules/all.yaml", rule}},
                                            ProjectSchemas());
  ASSERT_TRUE(pack.ok()) << Message(pack.status());
  auto layout = std::make_shared<const BatchLayout>(*pack);
  StatusOr<BatchEvaluator> fast = BatchEvaluator::Create(layout, {}, CivilDay::FromYmd(2024, 2, 29).value());
  ASSERT_TRUE(fast.ok());
  EXPECT_EQ(fast->Boxed().size(), 1u);
  UnitBatch batch(layout);
  BatchResult result;
  const uint32_t offsets[3] = {0, 1, 2};
  for (const uint8_t second : {uint8_t{0}, uint8_t{1}}) {
    const uint8_t flags[2] = {0, second};
    batch.Clear();
    batch.BindUnits(2, offsets);
    batch.BindFact(FactPlace::kHousehold, pack->layout().Slot(FactPlace::kHousehold, "flag"), {flags, 2});
    const Status s = fast->Evaluate(batch, &result);
    EXPECT_EQ(s.code(), second == 0 ? absl::StatusCode::kOk : absl::StatusCode::kFailedPrecondition) << Message(s);
    if (s.ok()) {
      EXPECT_EQ(result.rules()[0].OutcomeAt(1), Outcome::kNotEligible);
    }
  }
}

}  // namespace
}  // namespace hearth
