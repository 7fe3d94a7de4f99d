#include "nightly/case_file.h"

#include <algorithm>

#include "nightly/load_packs.h"
#include "policy/evaluate.h"
#include "tests/nightly/made_site.h"

namespace hearth {
namespace {

// The city after its first night, opened as the commands open it.
class CaseFileTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto site = LoadSiteConfig(site_.config());
    ASSERT_TRUE(site.ok()) << site.status();
    auto schemas = LoadSiteSchemas(*site, kPacksDir + "/registries");
    ASSERT_TRUE(schemas.ok()) << schemas.status();
    schemas_ = *std::move(schemas);
    auto packs = LoadNightPacks(*site, kPacksDir, schemas_, kNight1);
    ASSERT_TRUE(packs.ok()) << packs.status();
    packs_ = *std::move(packs);
    ASSERT_EQ(packs_.active.size(), 1u);
    g_ = site_.Open();
    ASSERT_NE(g_, nullptr);
  }

  int Registry(std::string_view id) const {
    for (size_t i = 0; i < schemas_.size(); ++i) {
      if (schemas_[i]->id == id) return static_cast<int>(i);
    }
    ADD_FAILURE() << id;
    return 0;
  }

  const MadeSite site_ = MadeSite::AfterFirstNight();
  SchemaList schemas_;
  NightPacks packs_;
  std::unique_ptr<Generation> g_;
};

TEST_F(CaseFileTest, EveryUnitsDeterminationsCanBeMadeAgainFromTheStore) {
  const ActivePack& active = packs_.active[0];
  auto evaluator = Evaluator::Create(active.pack, active.site, kNight1);
  ASSERT_TRUE(evaluator.ok()) << evaluator.status();
  const std::vector<bool> answered = AnsweredOf(*g_, schemas_);
  size_t eligible = 0, needs = 0, units = 0;
  for (const StoredUnit& unit : All(*g_, Table::kUnits, DecodeUnit)) {
    const auto file = OpenUnitCase(*g_, schemas_, unit.id);
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE(file->unit.has_value());
    EXPECT_EQ(file->household.number, unit.household_no);
    ASSERT_EQ(file->members.size(), unit.members.size());
    const UnitFacts facts = FactsOf(*file, schemas_, packs_.profile, active.pack, answered, kNight1);
    std::vector<Determination> again;
    evaluator->Evaluate(facts, &again);
    for (const Determination& d : again) needs += d.outcome == Outcome::kNeedsInformation;
    std::erase_if(again, [](const Determination& d) { return d.outcome != Outcome::kEligible; });
    EXPECT_EQ(again, unit.determinations) << "u-" << unit.id.value;
    eligible += again.size();
    ++units;
  }
  EXPECT_GT(units, 400u);
  EXPECT_GT(eligible, 0u);
  EXPECT_GT(needs, 0u);
}

TEST_F(CaseFileTest, HoldsEveryRowThatNamesAMemberAndNoOther) {
  size_t checked = 0;
  for (const StoredUnit& unit : All(*g_, Table::kUnits, DecodeUnit)) {
    if (++checked > 50) break;
    const auto file = OpenUnitCase(*g_, schemas_, unit.id);
    ASSERT_TRUE(file.ok()) << file.status();
    size_t rows_named = 0;
    std::set<std::pair<size_t, std::string>> distinct;
    for (const CaseMember& m : file->members) {
      ASSERT_EQ(m.rows.size(), m.stored.mentions.size());
      for (const CaseRow& row : m.rows) {
        EXPECT_EQ(row.link.person, m.stored.person.id);
        distinct.emplace(row.at.table, file->tables[row.at.table].Key(row.at.row));
        ++rows_named;
      }
    }
    size_t held = 0;
    for (const RecordTable& t : file->tables) held += t.size();
    EXPECT_EQ(held, distinct.size());
    EXPECT_GE(rows_named, held);
  }
}

TEST_F(CaseFileTest, IsNotFoundForUnitsHouseholdsAndPersonsThatAreNotThere) {
  EXPECT_EQ(OpenUnitCase(*g_, schemas_, FamilyUnitId{1}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenAbsentCase(*g_, schemas_, HouseholdId{1}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(OpenPersonCase(*g_, schemas_, PersonId{1}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CaseFileTest, IsRefusedWhenTheStoreWasWrittenWithOtherRegistries) {
  SchemaList fewer = schemas_;
  fewer.pop_back();
  const StoredUnit unit = All(*g_, Table::kUnits, DecodeUnit).front();
  EXPECT_EQ(OpenUnitCase(*g_, fewer, unit.id).status().code(), absl::StatusCode::kFailedPrecondition);
  SchemaList turned = schemas_;
  std::swap(turned[0], turned[1]);
  EXPECT_EQ(OpenUnitCase(*g_, turned, unit.id).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CaseFileTest, OfAbsentPeopleHoldsNobodyWhoIsInAUnit) {
  size_t absent = 0;
  for (const StoredHousehold& h : All(*g_, Table::kHouseholds, DecodeHousehold)) {
    const auto file = OpenAbsentCase(*g_, schemas_, h.id);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_FALSE(file->unit.has_value());
    for (const CaseMember& m : file->members) {
      EXPECT_EQ(m.stored.unit.value, 0u);
      ++absent;
    }
  }
  EXPECT_GT(absent, 0u);
}

TEST_F(CaseFileTest, APersonIsFoundByIdRecordNumberAndCitizenNumber) {
  size_t found = 0;
  for (const StoredPerson& p : All(*g_, Table::kPersons, DecodePerson)) {
    if (found == 20) break;
    std::string record_no;
    for (const PersonMention& m : p.mentions) {
      if (schemas_[m.registry]->id == "household_registration") record_no = m.key;
    }
    if (record_no.empty() || p.person.number.empty()) continue;
    ++found;
    for (const std::string& text : {"p-" + std::to_string(p.person.id.value), record_no}) {
      const auto id = FindPerson(*g_, schemas_, text);
      ASSERT_TRUE(id.ok()) << id.status();
      EXPECT_EQ(*id, p.person.id);
    }
    // Two people may hold one number in this city: whoever is found holds it.
    const auto id = FindPerson(*g_, schemas_, p.person.number);
    ASSERT_TRUE(id.ok()) << id.status();
    const auto holder = OpenPersonCase(*g_, schemas_, *id);
    ASSERT_TRUE(holder.ok());
    EXPECT_EQ(holder->members[0].stored.person.number, p.person.number);
  }
  EXPECT_EQ(found, 20u);
  EXPECT_EQ(FindPerson(*g_, schemas_, "p-12x").status().code(), absl::StatusCode::kInvalidArgument);
  const Status nobody = FindPerson(*g_, schemas_, "339901190001010000").status();
  EXPECT_EQ(nobody.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Message(nobody).find("3399"), std::string::npos) << "a message repeats a number";
}

TEST_F(CaseFileTest, AHouseholdIsFoundByItsNumberOnly) {
  const StoredHousehold h = All(*g_, Table::kHouseholds, DecodeHousehold).back();
  const auto found = FindHousehold(*g_, h.number);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, h);
  EXPECT_EQ(FindHousehold(*g_, h.number + "0").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CaseFileTest, ADescribedRowNamesFeedDeliveryAndTheLineWhereItStands) {
  DeliveryEdit edit = site_.Edit("mz_payments", 1);
  RecordTable table(schemas_[static_cast<size_t>(Registry("civil_affairs_payments"))]);
  std::vector<RowLink> links;
  const std::string key = edit.Cell(edit.records[7], "FFBH");
  const auto value = g_->Get(Table::kRows, RowKey("civil_affairs_payments", key));
  ASSERT_TRUE(value.ok()) << value.status();
  ASSERT_EQ(DecodeRow(key, *value, &table, &links), OkStatus());
  // The header is line 1.
  EXPECT_EQ(DescribeRow(*g_, table, 0), "mz_payments seq 1 line 9 (civil_affairs_payments " + key + ")");
}

TEST_F(CaseFileTest, ADescribedRowMasksTheSensitivePartsOfItsKeyAndNoOther) {
  size_t masked = 0, plain = 0;
  for (const StoredPerson& p : All(*g_, Table::kPersons, DecodePerson)) {
    const auto file = OpenPersonCase(*g_, schemas_, p.person.id);
    ASSERT_TRUE(file.ok()) << file.status();
    for (const CaseRow& row : file->members[0].rows) {
      const RecordTable& t = file->tables[row.at.table];
      const std::string text = DescribeRow(*g_, t, row.at.row);
      const std::string key(t.Key(row.at.row));
      const RegistrySchema& schema = t.schema();
      bool sensitive = false;
      for (const int field : schema.key) sensitive |= schema.fields[static_cast<size_t>(field)].sensitive;
      if (!sensitive) {
        EXPECT_NE(text.find(" " + key + ")"), std::string::npos) << text;
        ++plain;
        continue;
      }
      ++masked;
      EXPECT_NE(text.find("***"), std::string::npos) << text;
      size_t from = 0;
      for (const int field : schema.key) {
        const std::string part = key.substr(from, key.find('|', from) - from);
        if (schema.fields[static_cast<size_t>(field)].sensitive && part.size() > 3) {
          EXPECT_EQ(text.find(part), std::string::npos) << schema.id;
        }
        from += part.size() + 1;
      }
    }
  }
  EXPECT_GT(masked, 100u);
  EXPECT_GT(plain, 100u);
}

}  // namespace
}  // namespace hearth
