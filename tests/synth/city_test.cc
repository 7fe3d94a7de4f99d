// Whole cities on disk: the same bytes again, faults at their stated rates, manifests that hold, truth that fits the
// feeds.
#include "synth/city.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "synth/feed_spec.h"
#include "synth/identity.h"

namespace hearth::synth {
namespace {

namespace fs = std::filesystem;

constexpr int kPeople = 12000;

std::string Read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string Sm3(const std::string& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sm3(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", digest[i]);
    hex += two;
  }
  return hex;
}

std::vector<std::string> Split(const std::string& line, char delimiter) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == delimiter && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// A truth file without its header.
std::vector<std::vector<std::string>> Csv(const fs::path& path) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : Lines(Read(path))) rows.push_back(Split(line, ','));
  rows.erase(rows.begin());
  return rows;
}

fs::path MakeFresh(const std::string& name, CityOptions options) {
  const fs::path dir = fs::path(::testing::TempDir()) / ("city_" + name);
  fs::remove_all(dir);
  options.out = dir.string();
  const auto city = MakeCity(options);
  EXPECT_TRUE(city.ok()) << Message(city.status());
  return dir;
}

// One city for all the tests that only read it.
const fs::path& City() {
  static const fs::path dir = MakeFresh("shared", {.people = kPeople, .seed = 4, .nights = 2, .change_rate = 0.05});
  return dir;
}

fs::path FeedFolder(const fs::path& city, Registry registry, const std::string& batch) {
  return city / "drop" / std::string(FeedOf(registry).feed) / batch;
}

fs::path DataFile(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().filename() != "manifest.json") return entry.path();
  return {};
}

// The rows of a UTF-8 feed, header and unreadable rows left out.
std::vector<std::vector<std::string>> Rows(const fs::path& city, Registry registry, const std::string& batch,
                                           bool delta = false) {
  const FeedSpec& spec = FeedOf(registry);
  std::vector<std::vector<std::string>> rows;
  const size_t columns = spec.columns.size() + (delta ? 1 : 0);
  for (const std::string& line : Lines(Read(DataFile(FeedFolder(city, registry, batch))))) {
    auto cells = Split(line, spec.delimiter);
    if (cells.size() == columns && line.find('\xFF') == std::string::npos && cells[0] != "合计")
      rows.push_back(std::move(cells));
  }
  if (spec.header) rows.erase(rows.begin());
  return rows;
}

std::map<std::string, std::string> Digests(const fs::path& dir) {
  std::map<std::string, std::string> digests;
  for (const auto& entry : fs::recursive_directory_iterator(dir))
    if (entry.is_regular_file()) digests[fs::relative(entry.path(), dir).string()] = Sm3(Read(entry.path()));
  return digests;
}

TEST(City, SameSeedSameBytesAnotherSeedOthers) {
  const CityOptions options{.people = 2500, .seed = 9, .nights = 2, .delta = true};
  const auto first = Digests(MakeFresh("first", options)), second = Digests(MakeFresh("second", options));
  EXPECT_EQ(first, second);
  EXPECT_EQ(first.size(), 2u * 17 * 2 + 5 + 2);
  CityOptions other = options;
  other.seed = 10;
  // A delta may be a header alone in both cities, so only the first night is looked at.
  int same = 0;
  for (const auto& [name, digest] : Digests(MakeFresh("other", other))) {
    same += name.find("20240301") != std::string::npos && first.at(name) == digest;
  }
  EXPECT_EQ(same, 0);
}

TEST(City, ManifestsTellBytesRowsAndDigest) {
  int manifests = 0;
  for (const FeedSpec& spec : Feeds()) {
    for (const char* batch : {"20240301-01", "20240302-01"}) {
      const fs::path folder = FeedFolder(City(), spec.registry, batch);
      const std::string manifest = Read(folder / "manifest.json"), data = Read(DataFile(folder));
      std::smatch m;
      ASSERT_TRUE(
          std::regex_search(manifest, m, std::regex(R"re("bytes":(\d+),"rows":(\d+),"sm3":"([0-9a-f]{64})")re")))
          << manifest;
      EXPECT_EQ(std::stoul(m[1]), data.size());
      EXPECT_EQ(std::stol(m[2]), std::count(data.begin(), data.end(), '\n') - (spec.header ? 1 : 0)) << spec.feed;
      EXPECT_EQ(m[3], Sm3(data));
      EXPECT_NE(manifest.find("\"rows_total\":" + m[2].str()), std::string::npos);
      ++manifests;
    }
  }
  EXPECT_EQ(manifests, 34);
  EXPECT_EQ(Sm3("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0") << "the published example";
}

TEST(City, UnreadableRowsAreThereAndBelowOneInAHundred) {
  int bad_files = 0;
  for (const FeedSpec& spec : Feeds()) {
    if (spec.encoding == Encoding::kGb18030) continue;
    const std::string data = Read(DataFile(FeedFolder(City(), spec.registry, "20240301-01")));
    const size_t all = static_cast<size_t>(std::count(data.begin(), data.end(), '\n')) - (spec.header ? 1 : 0);
    const size_t good = Rows(City(), spec.registry, "20240301-01").size();
    EXPECT_LE((all - good) * 100, all) << spec.feed;
    bad_files += all > good;
  }
  EXPECT_GT(bad_files, 3);
}

struct Rate {
  const char* fault;
  double share;
};

TEST(City, FaultsComeAtTheirStatedRates) {
  // Accounts count once, however many rows they have: by registry, person and role.
  std::map<std::string, std::string> accounts;
  for (const auto& row : Csv(City() / "truth/mentions.csv"))
    if (row[0] != "household_registration") accounts[row[0] + "," + row[2] + "," + row[3]] = row[4];
  std::map<std::string, int> counts;
  for (const auto& [account, faults] : accounts)
    for (const std::string& f : Split(faults, ';')) ++counts[f];
  const double all = static_cast<double>(accounts.size());
  ASSERT_GT(all, 40000);
  for (const Rate& r : {Rate{"number_missing", 0.03}, Rate{"number_masked", 0.01}, Rate{"number_check", 0.01},
                        Rate{"number_lossy", 0.0045}, Rate{"number_other", 0.003}, Rate{"name_wrong", 0.02},
                        Rate{"date_placeholder", 0.003}}) {
    EXPECT_NEAR(counts[r.fault] / all, r.share, r.share * 0.2 + 0.0005) << r.fault;
  }
  // Only those born before 1999 can have the old form, some four in five.
  EXPECT_GT(counts["number_old15"] / all, 0.012);
  EXPECT_LT(counts["number_old15"] / all, 0.021);
}

TEST(City, FaultsGrowWithTheirFactorAndVanishAtZero) {
  const auto faulty = [](const std::string& name, double factor) {
    int n = 0, all = 0;
    for (const auto& row : Csv(MakeFresh(name, {.people = 2000, .seed = 4, .faults = factor}) / "truth/mentions.csv")) {
      n += row[4].find("number_missing") != std::string::npos;
      all += 1;
    }
    return static_cast<double>(n) / all;
  };
  EXPECT_EQ(faulty("clean", 0), 0);
  EXPECT_NEAR(faulty("double", 2), 0.06, 0.015);
}

TEST(City, FeedsCarryTheFaultsThatTheTruthTells) {
  std::map<std::string, std::string> faults;
  for (const auto& row : Csv(City() / "truth/mentions.csv"))
    if (row[0] == "pensions") faults[row[1]] = row[4];
  int missing = 0, plain = 0;
  for (const auto& row : Rows(City(), Registry::kPensions, "20240301-01")) {
    const auto found = faults.find(row[0] + "|" + row[6]);
    ASSERT_NE(found, faults.end());
    const bool is_missing = row[1].empty() || row[1] == "无";
    EXPECT_EQ(is_missing, found->second.find("number_missing") != std::string::npos);
    missing += is_missing;
    if (!found->second.empty()) continue;
    ++plain;
    ASSERT_EQ(row[1].size(), 18u);
    EXPECT_EQ(CitizenCheck(row[1]), row[1][17]);
  }
  EXPECT_GT(missing, 20);
  EXPECT_GT(plain, 1000);
}

TEST(City, TruthFitsTheHouseholdRegister) {
  // The register is GB18030, but numbers are plain ASCII; \001 never occurs inside a character.
  std::set<std::string> households, records;
  const FeedSpec& spec = FeedOf(Registry::kHouseholdRegistration);
  for (const std::string& line :
       Lines(Read(DataFile(FeedFolder(City(), Registry::kHouseholdRegistration, "20240302-01"))))) {
    const auto cells = Split(line, spec.delimiter);
    if (cells.size() != spec.columns.size()) continue;
    records.insert(cells[0]);
    households.insert(cells[6]);
  }
  std::set<std::string> people, alerts, units;
  for (const auto& row : Csv(City() / "truth/mentions.csv"))
    if (row[0] == "household_registration") people.insert(row[3]);
  for (const auto& row : Csv(City() / "truth/units.csv")) {
    EXPECT_TRUE(units.insert(row[0] + row[1]).second) << "one unit a household and night";
    EXPECT_TRUE(households.contains(row[1]));
    for (const std::string& member : Split(row[2], ' ')) EXPECT_TRUE(people.contains(member));
  }
  std::map<std::string, int> kinds;
  for (const auto& row : Csv(City() / "truth/alerts.csv")) {
    EXPECT_TRUE(households.contains(row[3])) << row[3];
    if (!row[4].empty()) {
      EXPECT_TRUE(records.contains(row[4]));
    }
    EXPECT_EQ(row[4].empty(), row[2] != "old_age_allowance");
    EXPECT_TRUE(alerts.insert(row[0] + row[1] + row[2] + row[3] + row[4]).second) << "each alert once";
    ++kinds[row[1] + " " + row[2]];
  }
  EXPECT_EQ(kinds.size(), 6u) << "both kinds for each of three programmes";
  std::set<std::string> edges;
  for (const auto& row : Csv(City() / "truth/kin.csv")) {
    EXPECT_TRUE(people.contains(row[1]) && people.contains(row[2]));
    EXPECT_NE(row[1], row[2]);
    EXPECT_TRUE(edges.insert(row[0] + row[1] + "," + row[2]).second);
    EXPECT_FALSE(edges.contains(row[0] + row[2] + "," + row[1])) << "no edge both ways";
  }
  EXPECT_GT(edges.size(), 5000u);
}

TEST(City, AlertsAreExactlyTheDifferenceOfDueAndEnrolled) {
  std::map<std::string, std::pair<std::string, std::string>> due;
  std::map<std::string, int> rows;
  for (const auto& row : Csv(City() / "truth/due.csv")) {
    const std::string key = row[0] + "|" + row[1] + "|" + row[2];
    due[key] = {row[3], row[4]};
    ++rows[key];
  }
  int checked = 0;
  for (const auto& row : Csv(City() / "truth/alerts.csv")) {
    if (row[2] == "old_age_allowance") continue;
    const std::string key = row[0] + "|" + row[3] + "|" + row[2];
    ASSERT_TRUE(due.contains(key)) << key;
    if (rows[key] > 1) continue;  // a household of several units
    EXPECT_EQ(due[key].first, row[1] == "eligible_not_enrolled" ? "0" : "1") << key;
    EXPECT_EQ(due[key].second, row[1] == "eligible_not_enrolled" ? "1" : "0") << key;
    ++checked;
  }
  EXPECT_GT(checked, 50);
}

TEST(City, SharesOfPoorAndEnrolledFamiliesAreAsStated) {
  double units = 0, due = 0, missing = 0, enrolled = 0, stale = 0, low = 0, near_line = 0;
  for (const auto& row : Csv(City() / "truth/due.csv")) {
    if (row[0] != "1" || row[2] != "dibao") continue;
    ++units;
    due += row[4] == "1";
    missing += row[4] == "1" && row[3] == "0";
    enrolled += row[3] == "1";
    stale += row[4] == "0" && row[3] == "1";
    const double fen = row[5].empty() ? 1e9 : std::stod(row[5]);
    low += fen <= 170000;
    near_line += std::abs(fen - 110000) < 3300 || std::abs(fen - 165000) < 4950;
  }
  EXPECT_NEAR(due / units, 0.026, 0.008);
  EXPECT_NEAR(enrolled / units, 0.025, 0.008);
  EXPECT_NEAR(missing / due, 0.15, 0.09);
  EXPECT_NEAR(stale / enrolled, 0.12, 0.08);
  EXPECT_LT(near_line / low, 0.08) << "few families lie within 3 % of a line";
}

TEST(City, ADeltaAppliedToTheFirstNightIsTheFullSecondNight) {
  const CityOptions options{.people = 4000, .seed = 12, .nights = 3, .faults = 0, .change_rate = 0.1};
  CityOptions delta_options = options;
  delta_options.delta = true;
  const fs::path full = MakeFresh("full", options), delta = MakeFresh("delta", delta_options);
  for (const FeedSpec& spec : Feeds()) {
    std::map<std::string, std::string> state;
    const auto key_of = [&](const std::vector<std::string>& cells) {
      // The keys' columns come first in every feed but these.
      switch (spec.registry) {
        case Registry::kRealProperty:
        case Registry::kVehicles:
        case Registry::kFinancialAssets:
        case Registry::kCivilAffairs:
          return cells[0] + "|" + cells[1];
        case Registry::kSocialInsurance:
          return cells[0] + "|" + cells[7] + "|" + cells[8];
        case Registry::kPensions:
          return cells[0] + "|" + cells[6];
        case Registry::kIncomeTax:
          return cells[0] + "|" + cells[4] + "|" + cells[6] + "|" + cells[7];
        case Registry::kBusinessRegistration:
          return cells[0] + "|" + cells[5] + "|" + cells[6];
        default:
          return cells[0];
      }
    };
    const auto join = [](const std::vector<std::string>& cells, size_t n) {
      std::string out;
      for (size_t i = 0; i < n; ++i) out += cells[i] + "\x1f";
      return out;
    };
    const size_t n = spec.columns.size();
    for (const auto& row : Rows(delta, spec.registry, "20240301-01"))
      EXPECT_TRUE(state.emplace(key_of(row), join(row, n)).second) << spec.feed;
    size_t changes = 0;
    for (const char* batch : {"20240302-01", "20240303-01"}) {
      for (const auto& row : Rows(delta, spec.registry, batch, true)) {
        ++changes;
        if (row[n] == "D") {
          state.erase(key_of(row));
        } else {
          state[key_of(row)] = join(row, n);
        }
      }
      std::map<std::string, std::string> wanted;
      for (const auto& row : Rows(full, spec.registry, batch)) wanted[key_of(row)] = join(row, n);
      EXPECT_EQ(state, wanted) << spec.feed << " " << batch;
    }
    EXPECT_LT(changes, state.size()) << spec.feed;
    if (spec.registry == Registry::kHouseholdRegistration) {
      EXPECT_GT(changes, 0u);
    }
  }
  for (const char* file : {"units.csv", "due.csv", "alerts.csv", "kin.csv", "mentions.csv"})
    EXPECT_EQ(Read(full / "truth" / file), Read(delta / "truth" / file)) << file;
}

TEST(City, ColumnsOfEveryFeedAreTheFieldsOfItsRegistry) {
  const std::string site = Read(City() / "hearth.yaml");
  for (const FeedSpec& spec : Feeds()) {
    const std::string schema =
        Read(fs::path(HEARTH_SOURCE_DIR) / "packs/registries" / (std::string(spec.registry_name) + ".yaml"));
    std::set<std::string> wanted, mapped;
    const std::string fields = schema.substr(0, schema.find("\npersons:"));
    const std::regex name(R"(name: ([a-z_]+))");
    for (std::sregex_iterator it(fields.begin(), fields.end(), name), end; it != end; ++it) wanted.insert((*it)[1]);
    for (const Column& c : spec.columns)
      if (!c.field.empty()) mapped.insert(std::string(c.field));
    EXPECT_EQ(mapped, wanted) << spec.feed;
    EXPECT_NE(site.find("- feed: " + std::string(spec.feed) + "\n"), std::string::npos);
  }
}

TEST(City, RefusesWhatItCannotDo) {
  const auto code = [](CityOptions o) { return MakeCity(o).status().code(); };
  const std::string out = (fs::path(::testing::TempDir()) / "city_refused").string();
  fs::remove_all(out);
  EXPECT_EQ(code({.people = 0, .out = out}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.nights = 51, .out = out}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.out = out, .faults = -1}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.out = out, .change_rate = 1.5}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.out = ""}), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(fs::exists(out)) << "nothing was written";
  EXPECT_EQ(code({.people = 200, .out = City().string()}), absl::StatusCode::kFailedPrecondition);
  std::ofstream(out) << "a file where the folder should be";
  EXPECT_EQ(code({.people = 200, .out = out}), absl::StatusCode::kUnavailable);
  fs::remove(out);
}

TEST(City, AHamletOfThreePeopleIsMadeToo) {
  const auto dir = MakeFresh("hamlet", {.people = 3, .seed = 1});
  EXPECT_TRUE(fs::exists(dir / "truth/units.csv"));
}

TEST(City, TellsItsProgressUpToTheEnd) {
  std::vector<double> shares;
  const fs::path dir = fs::path(::testing::TempDir()) / "city_progress";
  fs::remove_all(dir);
  ASSERT_TRUE(MakeCity({.people = 7000, .seed = 1, .out = dir.string()}, [&](double s) { shares.push_back(s); }).ok());
  EXPECT_EQ(shares.size(), 3u);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.back(), 1.0);
}

}  // namespace
}  // namespace hearth::synth
