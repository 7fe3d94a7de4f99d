// A city made of short text, for tests of linking and families. All people are made up, division 3399xx.
//
//   MadeCity city;
//   city.Add("vehicles", R"(
//     plate_no  owner_number   owner_name  phone
//     v1        @19850101113   王建国      13900000001
//     v2        -              王建国      13900000001
//   )");
//   EXPECT_EQ(city.Link().PersonOf("vehicles", "v1", "owner"), …);
//
// The first column is the row key. "-" is an absent cell. "@19850101113" is the citizen number of division 339901 with
// birth date 1985-01-01 and sequence 113, check character added; other numbers stand as received and get their verdict.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "matchers/build_families.h"
#include "matchers/link_persons.h"

namespace hearth {

// The shipped models of packs/link, for the registries that are there.
const LinkModels& ShippedModels();

std::string MadeNumber(std::string_view birth_and_sequence);

class MadeCity {
 public:
  // Adds rows to a registry: household_registration, marriage, births, vehicles, accounts, pensions, schools,
  // disability, deaths, us_people. The first line names the columns.
  void Add(std::string_view registry, std::string_view text);
  // Rows of every table in another order: a permutation that the seed picks.
  void Shuffle(uint64_t seed);
  // Tables in the reverse order.
  void ReverseTables();

  void Link(const LinkOptions& options = {}, const IdMap& yesterday = {}, const DeskDecisions& desk = {});
  void BuildFamiliesOn(std::string_view as_of);

  // After Link. The index of the person named by a row; kNoPerson when it names none.
  PersonIndex PersonOf(std::string_view registry, std::string_view key, std::string_view role = "self") const;
  PersonId IdOf(std::string_view registry, std::string_view key, std::string_view role = "self") const;
  LinkedMention MentionOf(std::string_view registry, std::string_view key, std::string_view role = "self") const;
  bool Same(std::string_view left, std::string_view right) const;  // "vehicles/v1/owner"
  Mention Place(std::string_view path) const;
  MentionKey Key(std::string_view path) const;
  // After BuildFamiliesOn: units as "head r1, spouse r2, minor_child r3", by the household register's row keys (a
  // person without a row prints "?"), members after the head in order of those keys, units one a line in order of text.
  std::string Units() const;
  // Units of which something is open, as "r1: r4 r5 incomplete": the head, who may belong to it (doubtful), and whether
  // somebody outside the home may.
  std::string Open() const;
  // Kinds of findings, in order, joined by a space.
  std::string FindingKinds() const;

  std::vector<const RecordTable*> Tables() const;
  const LinkedPersons& linked() const { return linked_; }
  const LinkStats& stats() const { return stats_; }
  const Families& families() const { return families_; }

 private:
  std::map<PersonIndex, std::string> RegisterKeys() const;
  RecordTable& TableOf(std::string_view registry);
  std::vector<std::unique_ptr<RecordTable>> tables_;
  LinkedPersons linked_;
  LinkStats stats_;
  Families families_;
};

}  // namespace hearth
