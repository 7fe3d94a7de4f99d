#include "profile/portrait.h"

namespace hearth {
namespace {

constexpr CivilDay kNight{19783};  // 2024-03-01

std::vector<std::shared_ptr<const RegistrySchema>> Schemas() {
  auto roll = std::make_shared<RegistrySchema>();
  roll->id = "civil_affairs";
  roll->fields = {{"case_no", FieldType::kText},
                  {"class", FieldType::kCode, false, false, {{"1", "dibao", "低保"}, {"2", "low_edge", "低边"}}},
                  {"ended_on", FieldType::kDay},
                  {"amount", FieldType::kMoney},
                  {"month", FieldType::kMonth}};
  roll->key = {0};
  roll->persons.resize(2);
  return {roll};
}

class PortraitTest : public ::testing::Test {
 protected:
  PortraitTest() : table_(schemas_[0]) { person_.birth_date = CivilDay{0}; }

  void AddRow(std::string_view key, int code, std::optional<CivilDay> ended, int64_t fen, CivilMonth month) {
    const uint32_t row = table_.AddRow(key, {});
    table_.SetText(0, row, key);
    table_.SetInt(1, row, code);
    if (ended) table_.SetInt(2, row, ended->days);
    table_.SetInt(3, row, fen);
    table_.SetInt(4, row, month.months);
    rows_.push_back({0, row});
  }

  Value Draw(std::string_view definition, std::string_view name, FactPlace place, bool answered = true) {
    const auto model = ReadProfileModel("facts:\n  - " + std::string(definition), "profile.yaml", schemas_);
    EXPECT_TRUE(model.ok()) << Message(model.status());
    FactLayout layout;
    const int slot = layout.Add(place, name);
    layout.Add(FactPlace::kMember, "civil_affairs");
    const std::vector<const RecordTable*> tables = {&table_};
    const Portrait portrait = Portrait::Create(*model, layout, schemas_, tables, {answered});
    const UnitFacts facts = portrait.Draw({"h1", {{&person_, MembershipReason::kHead, rows_}}}, kNight);
    rows_value_ = facts.members[0].values[static_cast<size_t>(layout.Slot(FactPlace::kMember, "civil_affairs"))];
    return place == FactPlace::kMember ? facts.members[0].values[slot] : facts.household.values[slot];
  }

  std::vector<std::shared_ptr<const RegistrySchema>> schemas_ = Schemas();
  RecordTable table_;
  Person person_;
  std::vector<TableRow> rows_;
  Value rows_value_;
};

constexpr std::string_view kInDibao =
    "{name: in_dibao, place: household, registry: civil_affairs, where: {class: [dibao]}, to: ended_on, pick: exists}";

TEST_F(PortraitTest, RegisterThatSaysYesIsTrueAndOneThatHasEndedIsFalse) {
  AddRow("c1", 0, kNight.AddDays(-1), 0, kNight.Month());
  EXPECT_TRUE(Draw(kInDibao, "in_dibao", FactPlace::kHousehold).IsFalse());
  AddRow("c2", 0, std::nullopt, 0, kNight.Month());
  EXPECT_TRUE(Draw(kInDibao, "in_dibao", FactPlace::kHousehold).IsTrue());
}

TEST_F(PortraitTest, RegistryThatHasNotAnsweredIsUnknownNotNo) {
  EXPECT_TRUE(Draw(kInDibao, "in_dibao", FactPlace::kHousehold, false).IsNull());
  EXPECT_TRUE(rows_value_.IsNull());
  EXPECT_TRUE(Draw(kInDibao, "in_dibao", FactPlace::kHousehold, true).IsFalse());
  EXPECT_EQ(rows_value_.kind(), Value::Kind::kRows);
  EXPECT_TRUE(rows_value_.rows().rows.empty());
}

TEST_F(PortraitTest, MonthWindowHoldsLastMonthButNotTheOneBefore) {
  constexpr std::string_view kPaid =
      "{name: paid, place: member, registry: civil_affairs, month: month, months: 1, pick: exists}";
  AddRow("c1", 0, std::nullopt, 0, kNight.Month().AddMonths(-2));
  EXPECT_TRUE(Draw(kPaid, "paid", FactPlace::kMember).IsFalse());
  AddRow("c2", 0, std::nullopt, 0, kNight.Month().AddMonths(-1));
  EXPECT_TRUE(Draw(kPaid, "paid", FactPlace::kMember).IsTrue());
}

TEST_F(PortraitTest, PicksSumLargestLastAndCount) {
  AddRow("c1", 0, std::nullopt, 1000, kNight.Month());
  AddRow("c2", 0, std::nullopt, 3050, kNight.Month().AddMonths(-1));
  const auto draw = [&](std::string_view pick) {
    return Draw("{name: x, place: member, registry: civil_affairs, field: amount, by: month, pick: " +
                    std::string(pick) + "}",
                "x", FactPlace::kMember)
        .ToString();
  };
  EXPECT_EQ(draw("sum"), "40.5");
  EXPECT_EQ(draw("max"), "30.5");
  EXPECT_EQ(draw("min"), "10");
  EXPECT_EQ(draw("last"), "10");
  EXPECT_EQ(draw("first"), "30.5");
  EXPECT_EQ(draw("count"), "2");
}

TEST_F(PortraitTest, ARowThatNamesTwoMembersCountsOnceInTheFamily) {
  AddRow("c1", 0, std::nullopt, 1000, kNight.Month());
  const auto model = ReadProfileModel("facts:\n  - {name: n, place: household, registry: civil_affairs, pick: count}",
                                      "profile.yaml", schemas_);
  FactLayout layout;
  const int slot = layout.Add(FactPlace::kHousehold, "n");
  const std::vector<const RecordTable*> tables = {&table_};
  const Portrait portrait = Portrait::Create(*model, layout, schemas_, tables, {true});
  const UnitFacts facts = portrait.Draw(
      {"h1", {{&person_, MembershipReason::kHead, rows_}, {&person_, MembershipReason::kSpouse, rows_}}}, kNight);
  EXPECT_EQ(facts.household.values[slot].ToString(), "1");
}

TEST_F(PortraitTest, TheRowThatAValueWasTakenFromIsKeptWhenAsked) {
  AddRow("c1", 0, std::nullopt, 1000, kNight.Month());
  AddRow("c2", 0, std::nullopt, 3050, kNight.Month().AddMonths(-1));
  const auto model =
      ReadProfileModel("facts:\n  - {name: x, place: member, registry: civil_affairs, field: amount, pick: max}",
                       "profile.yaml", schemas_);
  FactLayout layout;
  const int slot = layout.Add(FactPlace::kMember, "x");
  const std::vector<const RecordTable*> tables = {&table_};
  const Portrait portrait = Portrait::Create(*model, layout, schemas_, tables, {true});
  const UnitSource unit{"h1", {{&person_, MembershipReason::kHead, rows_}}};
  const UnitFacts facts = portrait.Draw(unit, kNight, Portrait::Sources::kYes);
  ASSERT_EQ(facts.members[0].sources.size(), 1u);
  EXPECT_EQ(facts.members[0].sources[slot], (RowRef{&table_, 1}));
  EXPECT_TRUE(portrait.Draw(unit, kNight).members[0].sources.empty());
}

TEST(ProfileModel, MistakesAreNamedWithPlaceAndNearestName) {
  const auto schemas = Schemas();
  const auto message = [&](std::string_view line) {
    return Message(ReadProfileModel("facts:\n  - " + std::string(line), "profile.yaml", schemas).status());
  };
  EXPECT_NE(message("{name: x, place: member, registry: civil_affairs, field: amont}").find("did you mean \"amount\""),
            std::string::npos);
  EXPECT_NE(message("{name: x, place: town, registry: civil_affairs, field: amount}").find("member or household"),
            std::string::npos);
  EXPECT_NE(message("{name: x, place: member, registry: civil_affairs, field: amount, pick: best}").find("\"pick\""),
            std::string::npos);
  EXPECT_NE(message("{name: x, place: member, registry: civil_affairs, field: amount, where: {class: [rich]}}")
                .find("no value of civil_affairs.class"),
            std::string::npos);
  EXPECT_NE(message("{name: x, place: member, registry: civil_affairs, feild: amount}").find("profile.yaml:2:"),
            std::string::npos);
  EXPECT_TRUE(ReadProfileModel("facts:\n  - {name: x, place: member, registry: none_here, field: a}", "p", schemas)
                  ->facts.empty());
}

// ---- facts that officers established

std::shared_ptr<const RegistrySchema> AttributeSchema() {
  auto schema = std::make_shared<RegistrySchema>();
  schema->id = "case_attributes";
  schema->fields = {{"entry_no", FieldType::kText},
                    {"subject", FieldType::kCode, false, false, {{"1", "person", "个人"}, {"2", "household", "家庭"}}},
                    {"fact", FieldType::kText},
                    {"value", FieldType::kText},
                    {"assessed_on", FieldType::kDay},
                    {"valid_until", FieldType::kDay}};
  schema->key = {0};
  schema->persons.resize(1);
  return schema;
}

class AssessedTest : public ::testing::Test {
 protected:
  AssessedTest() : table_(schemas_[0]) {}

  void Write(std::string_view key, int subject, std::string_view fact, std::string_view value, int from_days,
             std::optional<int> until_days = {}) {
    const uint32_t row = table_.AddRow(key, {});
    table_.SetText(0, row, key);
    table_.SetInt(1, row, subject);
    table_.SetText(2, row, fact);
    if (!value.empty()) table_.SetText(3, row, value);
    table_.SetInt(4, row, kNight.AddDays(from_days).days);
    if (until_days) table_.SetInt(5, row, kNight.AddDays(*until_days).days);
    rows_.push_back({0, row});
  }

  UnitFacts Draw(const std::string& facts = "[]", bool answered = true) {
    const std::string yaml =
        "assessed: {registry: case_attributes, subject: subject, fact: fact, value: value, from: assessed_on, "
        "to: valid_until}\nfacts: " +
        facts + "\n";
    const auto model = ReadProfileModel(yaml, "profile.yaml", schemas_);
    EXPECT_TRUE(model.ok()) << Message(model.status());
    FactLayout layout;
    layout.AddAssessed({FactPlace::kMember, layout.Add(FactPlace::kMember, "dementia"), Value::Kind::kBoolean, {}});
    layout.AddAssessed(
        {FactPlace::kMember, layout.Add(FactPlace::kMember, "care"), Value::Kind::kText, {"home", "away"}});
    layout.AddAssessed({FactPlace::kMember, layout.Add(FactPlace::kMember, "fee"), Value::Kind::kNumber, {}});
    layout.AddAssessed({FactPlace::kMember, layout.Add(FactPlace::kMember, "seen"), Value::Kind::kDate, {}});
    layout.AddAssessed({FactPlace::kHousehold, layout.Add(FactPlace::kHousehold, "hard"), Value::Kind::kBoolean, {}});
    const std::vector<const RecordTable*> tables = {&table_};
    const Portrait portrait = Portrait::Create(*model, layout, schemas_, tables, {answered});
    return portrait.Draw({"h1", {{&person_, MembershipReason::kHead, rows_}}}, kNight, Portrait::Sources::kYes);
  }

  std::vector<std::shared_ptr<const RegistrySchema>> schemas_ = {AttributeSchema()};
  RecordTable table_;
  Person person_;
  std::vector<TableRow> rows_;
};

TEST_F(AssessedTest, EachTypeIsReadAndTheRowIsTheSource) {
  Write("1", 0, "dementia", "true", -3);
  Write("2", 0, "care", "home", -3);
  Write("3", 0, "fee", "12.50", -3);
  Write("4", 0, "seen", "2024-02-01", 0);
  Write("5", 1, "hard", "false", -3);
  const UnitFacts facts = Draw();
  EXPECT_TRUE(facts.members[0].values[0].IsTrue());
  EXPECT_EQ(facts.members[0].values[1].text(), "home");
  EXPECT_EQ(facts.members[0].values[2].ToString(), "12.5");
  EXPECT_EQ(facts.members[0].values[3].ToString(), "2024-02-01");
  EXPECT_TRUE(facts.household.values[0].IsFalse());
  EXPECT_EQ(facts.members[0].sources[1].row, 1u);
  EXPECT_EQ(facts.household.sources[0].row, 4u);
}

TEST_F(AssessedTest, TheLatestThatHoldsOnTheDayStands) {
  Write("1", 0, "dementia", "true", -30);
  Write("2", 0, "dementia", "false", -10, 0);
  Write("3", 0, "dementia", "true", 1);
  Write("4", 0, "dementia", "true", -5, -1);
  const UnitFacts facts = Draw();
  EXPECT_TRUE(facts.members[0].values[0].IsFalse());
  EXPECT_EQ(facts.members[0].sources[0].row, 1u);
}

TEST_F(AssessedTest, OfOneDayTheLastEntryStands) {
  Write("2", 0, "dementia", "false", -10);
  Write("1", 0, "dementia", "true", -10);
  EXPECT_TRUE(Draw().members[0].values[0].IsFalse());
}

TEST_F(AssessedTest, WhatIsNoValueOfTheFactIsUnknownAndHidesTheOlder) {
  Write("1", 0, "dementia", "true", -10);
  Write("2", 0, "dementia", "perhaps", -5);
  Write("3", 0, "care", "hotel", -5);
  Write("4", 0, "fee", "12.50", -10);
  Write("5", 0, "fee", "", -5);
  Write("6", 0, "seen", "2024-02-30", -5);
  const UnitFacts facts = Draw();
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(facts.members[0].values[i].IsNull()) << i;
}

TEST_F(AssessedTest, APersonsEntryIsNotTheHouseholdsNorTheOtherWay) {
  Write("1", 1, "dementia", "true", -5);
  Write("2", 0, "hard", "true", -5);
  const UnitFacts facts = Draw();
  EXPECT_TRUE(facts.members[0].values[0].IsNull());
  EXPECT_TRUE(facts.household.values[0].IsNull());
}

TEST_F(AssessedTest, AFactThatTheModelDefinesIsNotDrawnFromOfficers) {
  Write("1", 0, "dementia", "true", -5);
  EXPECT_TRUE(Draw().members[0].values[0].IsTrue());
  const UnitFacts facts =
      Draw("[{name: dementia, place: member, registry: case_attributes, where: {subject: [household]}, pick: exists}]");
  EXPECT_TRUE(facts.members[0].values[0].IsFalse());
}

TEST_F(AssessedTest, ARegistryThatHasNotAnsweredSaysNothing) {
  Write("1", 0, "dementia", "true", -5);
  EXPECT_TRUE(Draw("[]", false).members[0].values[0].IsNull());
}

}  // namespace
}  // namespace hearth
