// The result depends on rows' keys and contents alone: not on their order, the tables' order or threads.
#include <gtest/gtest.h>

#include <map>

#include "tests/matchers/made_city.h"

namespace hearth {
namespace {

// Households of four with accounts, cars and pensions, some rows without a number, some with a bad or another's one.
void AddPeople(MadeCity* city, int households) {
  static constexpr const char* kSurnames[] = {"王", "李", "张", "刘", "陈", "萧", "赵", "周"};
  static constexpr const char* kGiven[] = {"建国", "秀兰", "小明", "丽", "伟", "桂英", "大力", "立新", "晓明", "玮"};
  uint64_t state = 7;
  const auto next = [&](uint64_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % n;
  };
  std::string register_rows = "record_no number name birth_date sex household_no relation address\n";
  std::string pensions = "row_no personal_no number name birth_date sex phone month\n";
  std::string vehicles = "plate_no owner_number owner_name phone address\n";
  std::string accounts = "account_no number name phone\n";
  std::string marriages = "certificate_no event husband_number husband_name wife_number wife_name registered_on\n";
  std::string births =
      "certificate_no child_number child_name birth_date mother_number mother_name father_number father_name\n";
  for (int h = 0; h < households; ++h) {
    const std::string home = "幸福" + std::to_string(next(20)) + "路" + std::to_string(1 + next(30)) + "号1幢101室";
    std::string numbers[4], names[4], days[4];
    for (int m = 0; m < 4; ++m) {
      char date[16], digits[16];
      const int year = m < 2 ? 1960 + static_cast<int>(next(25)) : 2005 + static_cast<int>(next(15));
      const int month = 1 + static_cast<int>(next(12)), day = 1 + static_cast<int>(next(28));
      std::snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, day);
      std::snprintf(digits, sizeof digits, "%04d%02d%02d%03d", year, month, day, (h % 400) * 2 + (m % 2 == 0 ? 1 : 2));
      numbers[m] = MadeNumber(digits);
      days[m] = date;
      names[m] = std::string(kSurnames[next(8)]) + kGiven[next(10)];
      const std::string id = std::to_string(h * 10 + m);
      const char* relation[] = {"head", "wife", "son", "daughter"};
      const std::string sex = m % 2 == 0 ? "male" : "female";
      register_rows += "r" + id + " " + (next(30) == 0 ? "-" : numbers[m]) + " " + names[m] + " " + date + " " + sex +
                       " h" + std::to_string(h) + " " + relation[m] + " " + home + "\n";
      const std::string phone = "139" + std::to_string(10000000 + h * 10 + m);
      std::string number = next(10) == 0            ? "-"
                           : next(10) == 0          ? numbers[m].substr(0, 10) + "****" + numbers[m].substr(14)
                           : next(15) == 0 && h > 0 ? MadeNumber("19700101" + std::to_string(100 + h % 800))
                                                    : numbers[m];
      for (int k = 0; k < 3; ++k) {
        const std::string shown = k == 1 && next(8) == 0 ? "-" : number;
        pensions += "p" + id + "_" + std::to_string(k) + " s" + id + " " + shown + " " + names[m] + " " + date + " " +
                    sex + " " + phone + " " + std::to_string(k) + "\n";
      }
      vehicles += "v" + id + " " + (next(6) == 0 ? "-" : numbers[m]) + " " + names[m] + " " + phone + " " + home + "\n";
      accounts += "a" + id + " " + (next(6) == 0 ? "-" : numbers[m]) + " " + names[m] + " " +
                  (next(3) == 0 ? "-" : phone) + "\n";
    }
    marriages +=
        "c" + std::to_string(h) + " marriage " + numbers[0] + " " + names[0] + " - " + names[1] + " 2000-01-01\n";
    births += "b" + std::to_string(h) + " - " + names[2] + " " + days[2] + " " + numbers[1] + " " + names[1] + " - " +
              names[0] + "\n";
  }
  city->Add("household_registration", register_rows);
  city->Add("pensions", pensions);
  city->Add("vehicles", vehicles);
  city->Add("accounts", accounts);
  city->Add("marriage", marriages);
  city->Add("births", births);
}

// Everything that a night keeps, by keys instead of row and table indices.
std::string Dump(MadeCity* city) {
  city->BuildFamiliesOn("2024-03-01");
  const auto tables = city->Tables();
  const auto place = [&](Mention m) {
    const RecordTable& t = *tables[m.table];
    return t.schema().id + "/" + std::string(t.Key(m.row)) + "/" + t.schema().persons[m.role].role;
  };
  std::vector<std::string> lines;
  for (const Person& p : city->linked().persons) {
    std::vector<std::string> mentions;
    for (uint32_t i = 0; i < p.mention_count; ++i) {
      const LinkedMention& m = city->linked().mentions[p.first_mention + i];
      mentions.push_back(place(m.mention) + ":" + std::string(LinkBasisName(m.basis)) + ":" +
                         std::to_string(m.match_weight));
    }
    std::sort(mentions.begin(), mentions.end());
    std::string line = std::to_string(p.id.value) + " " + p.number + " " + p.name + " " + std::to_string(p.sex);
    for (const std::string& m : mentions) line += " " + m;
    lines.push_back(line);
  }
  std::vector<std::string> reviews;
  for (const ReviewPair& r : city->linked().reviews) {
    std::string a = place(r.left), b = place(r.right);
    if (b < a) std::swap(a, b);
    reviews.push_back("review " + a + " " + b + " " + std::to_string(r.match_weight));
  }
  std::sort(reviews.begin(), reviews.end());
  lines.insert(lines.end(), reviews.begin(), reviews.end());
  for (const FamilyUnit& u : city->families().units) {
    std::string line = "unit " + std::to_string(u.id.value);
    for (const FamilyUnitMember& m : u.members) {
      line += " " + std::to_string(city->linked().persons[m.person].id.value) + ":" +
              std::string(MembershipReasonName(m.reason));
    }
    lines.push_back(line);
  }
  for (const FamilyFinding& f : city->families().findings) {
    std::string line = "finding " + f.kind;
    for (const PersonIndex p : f.persons) line += " " + std::to_string(p);
    lines.push_back(line);
  }
  // The models as trained, and what is told of registries and groups.
  lines.push_back(WriteLinkModel(city->stats().trained.common));
  for (const RegistryModel& m : city->stats().trained.registries) {
    lines.push_back(WriteRegistryModel(m, city->stats().trained.common));
  }
  for (const auto* rates : {&city->stats().by_registry, &city->stats().by_group}) {
    for (const LinkRates& r : *rates) {
      std::string line = r.name + " " + std::to_string(r.mentions) + " " + std::to_string(r.number_missing) + " " +
                         std::to_string(r.number_invalid) + " " + std::to_string(r.number_conflicting) + " " +
                         std::to_string(r.number_old) + " " + std::to_string(r.review_pairs);
      for (const uint64_t n : r.by_basis) line += " " + std::to_string(n);
      for (const Disagreement& d : r.disagreements)
        line += " " + std::to_string(d.pairs) + "/" + std::to_string(d.differ);
      lines.push_back(line);
    }
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// The first line in which two dumps differ; empty when they are equal.
std::string FirstDifference(const std::string& a, const std::string& b) {
  size_t at = 0;
  while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
  if (at == a.size() && at == b.size()) return "";
  const auto line = [&](const std::string& text) {
    const size_t from = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    const size_t start = from == std::string::npos ? 0 : from + 1;
    return text.substr(start, text.find('\n', start) - start);
  };
  return line(a) + "\n" + line(b);
}

TEST(Determinism, RowOrderTableOrderAndThreadsDoNotMatter) {
  MadeCity plain;
  AddPeople(&plain, 120);
  plain.Link({.threads = 1});
  ASSERT_GT(plain.stats().by_probability, 50u) << "the city should exercise every rule";
  ASSERT_GT(plain.stats().by_subject_key, 5u);
  const std::string expected = Dump(&plain);
  for (const uint64_t seed : {1u, 2u, 3u}) {
    MadeCity shuffled;
    AddPeople(&shuffled, 120);
    shuffled.Shuffle(seed);
    if (seed == 2) shuffled.ReverseTables();
    shuffled.Link({.threads = static_cast<int>(seed) * 2 - 1});
    EXPECT_EQ(FirstDifference(Dump(&shuffled), expected), "") << "seed " << seed;
  }
}

TEST(Determinism, ASecondNightOnTheSameRowsChangesNothing) {
  MadeCity city;
  AddPeople(&city, 60);
  city.Link();
  const std::string first = Dump(&city);
  city.Link({.threads = 2}, IdMapOf(city.Tables(), city.linked()));
  EXPECT_EQ(FirstDifference(Dump(&city), first), "");
  EXPECT_EQ(city.stats().new_persons, 0u);
  EXPECT_TRUE(city.stats().events.empty());
}

TEST(Determinism, AnotherContentGivesAnotherResult) {
  MadeCity a, b;
  AddPeople(&a, 20);
  AddPeople(&b, 20);
  b.Add("accounts", "account_no name\nextra 王建国");
  a.Link();
  b.Link();
  EXPECT_NE(Dump(&a), Dump(&b));
}

}  // namespace
}  // namespace hearth
