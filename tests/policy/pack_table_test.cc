// Decision tables and typed lists in packs: what loads, and what it comes to.
#include <gtest/gtest.h>

#include "policy/evaluate.h"
#include "policy/pack_data.h"
#include "tests/policy/test_packs.h"

namespace hearth {
namespace {

std::map<std::string, std::string> Files(const std::string& derived) {
  return {{"pack.yaml",
           "pack: t\ntitle: {en: T, zh: 甲}\ndocument: T 1\nvalid_from: 2022-01-01\nvalid_to: 2025-12-31\n"
           "rounding: half_up\n"},
          {"facts.yaml",
           "facts:\n"
           "  - {name: age, place: member, type: number, source: case}\n"
           "  - {name: place_of_care, place: member, type: text, source: case, values: [home, institution]}\n"
           "  - {name: bills, place: member, type: list, source: case, fields: {amount: money, kind: text}}\n"},
          {"derived.yaml", derived},
          {"rules/a.yaml",
           "- id: T-1\n  title: {en: A, zh: 甲}\n  clause: art. 1\n  unit: person\n  kind: cash\n"
           "  computable: feeds\n  lead: {en: A, zh: 甲}\n  programme: a\n  when: \"allowance > 0\"\n"
           "  amount: \"allowance\"\n  per: month\n"}};
}

constexpr char kTable[] =
    "derived:\n  - name: allowance\n    place: member\n    type: money\n    unit: yuan/month\n    clause: art. 2\n"
    "    table:\n      hit: U\n      inputs: [\"age\", {feel: \"place_of_care\"}]\n      rules:\n"
    "        - {when: [\"< 80\", \"-\"], then: \"0\"}\n"
    "        - {when: [\">= 80\", '\"home\"'], then: \"60\"}\n"
    "        - {when: [\">= 80\", '\"institution\"'], then: \"90\", note: with a bed}\n";

Pack Load(const std::string& derived) {
  StatusOr<Pack> pack = LoadPackFiles(Files(derived), {});
  EXPECT_TRUE(pack.ok()) << Message(pack.status());
  return *pack;
}

TEST(PackTable, IsADerivedFactLikeAnyOther) {
  const Pack pack = Load(kTable);
  EXPECT_NE(pack.derived_facts()[0].expression.find("if "), std::string::npos);
  ASSERT_NE(pack.data().derived_tables[0], nullptr);
  EXPECT_EQ(pack.data().derived_tables[0]->table.rules.size(), 3u);
  constexpr struct {
    int age;
    const char *care, *wanted;
  } kCases[] = {{79, nullptr, "0"}, {80, "home", "60"}, {80, "institution", "90"}, {80, nullptr, "null"}};
  for (const auto& c : kCases) {
    UnitFacts facts = EmptyFacts(pack, 1);
    ASSERT_TRUE(SetFact(pack, &facts, FactPlace::kMember, "age", Value::Number(Decimal::FromInt(c.age)), 0).ok());
    if (c.care != nullptr) {
      ASSERT_TRUE(SetFact(pack, &facts, FactPlace::kMember, "place_of_care", Value::Text(c.care), 0).ok());
    }
    Evaluator evaluator = Evaluator::Create(pack, {}, CivilDay::FromYmd(2023, 3, 1).value()).value();
    EXPECT_EQ(evaluator.Fact(facts, FactPlace::kMember, "allowance", 0)->ToString(), c.wanted) << c.age;
  }
}

TEST(PackTable, ItsTraceQuotesTheExpressionItIsWrittenOutAs) {
  const Pack pack = Load(kTable);
  UnitFacts facts = EmptyFacts(pack, 1);
  ASSERT_TRUE(SetFact(pack, &facts, FactPlace::kMember, "age", Value::Number(Decimal::FromInt(70)), 0).ok());
  Evaluator evaluator = Evaluator::Create(pack, {}, CivilDay::FromYmd(2023, 3, 1).value()).value();
  const Trace trace = evaluator.ExplainFact(facts, FactPlace::kMember, "allowance", 0).value();
  EXPECT_EQ(trace.steps.back().expression, pack.derived_facts()[0].expression);
  EXPECT_EQ(trace.steps.back().value.ToString(), "0");
}

TEST(PackTable, AGapMayBeAllowedWithANote) {
  std::string table = kTable;
  table.erase(table.find("        - {when: [\">= 80\", '\"home\"']"));
  EXPECT_FALSE(LoadPackFiles(Files(table), {}).ok());
  table += "      gaps: allowed\n";
  EXPECT_FALSE(LoadPackFiles(Files(table), {}).ok()) << "no note";
  table += "      note: the clause is silent from 80 on\n";
  EXPECT_TRUE(LoadPackFiles(Files(table), {}).ok());
}

TEST(PackTable, CollectedRowsAddUp) {
  const Pack pack = Load(
      "derived:\n  - name: allowance\n    place: member\n    type: money\n    unit: yuan/month\n    clause: art. 2\n"
      "    table:\n      hit: C+\n      inputs: [\"age\"]\n      rules:\n"
      "        - {when: [\">= 80\"], then: \"60\"}\n        - {when: [\">= 90\"], then: \"30\"}\n");
  UnitFacts facts = EmptyFacts(pack, 1);
  ASSERT_TRUE(SetFact(pack, &facts, FactPlace::kMember, "age", Value::Number(Decimal::FromInt(91)), 0).ok());
  Evaluator evaluator = Evaluator::Create(pack, {}, CivilDay::FromYmd(2023, 3, 1).value()).value();
  EXPECT_EQ(evaluator.Fact(facts, FactPlace::kMember, "allowance", 0)->ToString(), "90");
}

TEST(PackLists, ItemsFilterSumAndQuantifyByTheirFields) {
  const Pack pack = Load(
      "derived:\n"
      "  - {name: allowance, place: member, type: money, unit: yuan/month, clause: art. 2,\n"
      "     feel: 'if (some b in bills satisfies b.amount > 100) then sum(dear.amount) else 0'}\n"
      "  - {name: dear, place: member, type: list, fields: {amount: money, kind: text}, clause: art. 2,\n"
      "     feel: 'bills[kind = \"ward\" and amount > 100]'}\n");
  const auto bill = [](int amount, const char* kind) {
    return Value::Context({{"amount", Value::Number(Decimal::FromInt(amount))}, {"kind", Value::Text(kind)}});
  };
  UnitFacts facts = EmptyFacts(pack, 1);
  const Value bills = Value::List({bill(100, "ward"), bill(101, "ward"), bill(250, "ward"), bill(900, "gown")});
  ASSERT_TRUE(SetFact(pack, &facts, FactPlace::kMember, "bills", bills, 0).ok());
  Evaluator evaluator = Evaluator::Create(pack, {}, CivilDay::FromYmd(2023, 3, 1).value()).value();
  EXPECT_EQ(evaluator.Fact(facts, FactPlace::kMember, "allowance", 0)->ToString(), "351");
}

}  // namespace
}  // namespace hearth
