// MadeSite is a made city with its own folder, store and archive, for tests of whole nights. Cities are made once a
// process and copied; a copy may be damaged at will. Everybody in it is made up.
//
//   MadeSite site = MadeSite::AfterFirstNight();
//   DeliveryEdit vehicles = site.Edit("ga_vehicles", 2);
//   vehicles.records.pop_back();
//   vehicles.Save();
//   StatusOr<NightReport> report = site.Night(kNight2);
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "ingest/encoding.h"
#include "ingest/manifest.h"
#include "ingest/sm3.h"
#include "nightly/night.h"
#include "store/codec.h"
#include "synth/city.h"

namespace hearth {

inline constexpr CivilDay kNight1{19783}, kNight2{19784}, kNight3{19785};  // 2024-03-01 and after
inline const std::string kPacksDir = HEARTH_SOURCE_DIR "/packs";

inline std::string ReadBytes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::stringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

inline void WriteBytes(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  ASSERT_TRUE(out.flush()) << path;
}

// The text with the first match of a pattern replaced; the pattern must be there.
inline std::string Replaced(const std::string& text, const std::string& pattern, const std::string& by) {
  const std::regex wanted(pattern);
  EXPECT_TRUE(std::regex_search(text, wanted)) << pattern;
  return std::regex_replace(text, wanted, by, std::regex_constants::format_first_only);
}

// Bytes cut into records, each with its line end; a line end inside quotes does not cut.
inline std::vector<std::string> CutRecords(std::string_view bytes, bool quoted) {
  std::vector<std::string> records;
  bool inside = false;
  size_t from = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (quoted && bytes[i] == '"') inside = !inside;
    if (bytes[i] == '\n' && !inside) {
      records.emplace_back(bytes.substr(from, i + 1 - from));
      from = i + 1;
    }
  }
  if (from < bytes.size()) records.emplace_back(bytes.substr(from));
  return records;
}

// A delivery's one file as records of bytes, to be changed and saved with a manifest that fits again.
class DeliveryEdit {
 public:
  explicit DeliveryEdit(std::filesystem::path folder) : folder_(std::move(folder)) {
    manifest = ReadBytes(folder_ / "manifest.json");
    const auto parsed = ParseManifest(manifest, "manifest.json");
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->files.size(), 1u);
    told_ = *parsed;
    records = CutRecords(ReadBytes(file()), told_.format.quote.has_value());
    if (told_.format.header) {
      header = records.front();
      records.erase(records.begin());
    }
  }

  std::filesystem::path file() const { return folder_ / told_.files[0].name; }
  const std::filesystem::path& folder() const { return folder_; }
  const Manifest& told() const { return told_; }

  // Bytes of a cell by its column; the delimiter must not be part of a cell.
  std::string Cell(const std::string& record, const std::string& column) const {
    const auto [from, to] = Place(record, column);
    return record.substr(from, to - from);
  }
  void SetCell(std::string* record, const std::string& column, const std::string& bytes) const {
    const auto [from, to] = Place(*record, column);
    record->replace(from, to - from, bytes);
  }

  // Writes the file, and the manifest with bytes, rows and digest as they now are.
  void Save() {
    std::string bytes = header;
    for (const std::string& r : records) bytes += r;
    WriteBytes(file(), bytes);
    const std::string rows = std::to_string(records.size());
    manifest = Replaced(manifest, "\"bytes\":\\d+", "\"bytes\":" + std::to_string(bytes.size()));
    manifest = Replaced(manifest, "\"rows\":\\d+", "\"rows\":" + rows);
    manifest = Replaced(manifest, "\"rows_total\":\\d+", "\"rows_total\":" + rows);
    manifest = Replaced(manifest, "\"sm3\":\"[0-9a-f]*\"", "\"sm3\":\"" + Sm3Hex(bytes) + "\"");
    SaveManifest();
  }
  void SaveManifest() const { WriteBytes(folder_ / "manifest.json", manifest); }

  std::string header, manifest;
  std::vector<std::string> records;

 private:
  std::pair<size_t, size_t> Place(const std::string& record, const std::string& column) const {
    size_t from = 0;
    for (const std::string& name : told_.columns) {
      size_t to = record.find(told_.format.field, from);
      if (to == std::string::npos) to = record.find_last_not_of("\r\n") + 1;
      if (name == column) return {from, std::max(from, to)};
      from = to + told_.format.field.size();
    }
    ADD_FAILURE() << "no column " << column;
    return {0, 0};
  }

  std::filesystem::path folder_;
  Manifest told_;
};

class MadeSite {
 public:
  explicit MadeSite(synth::CityOptions city = {}) : MadeSite(Empty{}) { Copy(MadeOnce(city)); }

  // The city with its first night done; the night is run once a process.
  static MadeSite AfterFirstNight(synth::CityOptions city = {}) {
    static std::map<std::string, std::unique_ptr<MadeSite>> done;
    std::unique_ptr<MadeSite>& first = done[NameOf(Usual(city))];
    if (first == nullptr) {
      first = std::make_unique<MadeSite>(city);
      const auto report = first->Night(kNight1);
      EXPECT_TRUE(report.ok() && report->generation == 1) << report.status();
    }
    MadeSite copy(Empty{});
    copy.Copy(first->path_);
    return copy;
  }

  MadeSite(MadeSite&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~MadeSite() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::string config() const { return (path_ / "hearth.yaml").string(); }
  std::string store() const { return (path_ / "store").string(); }

  std::filesystem::path DeliveryFolder(const std::string& feed, int night) const {
    return path_ / "drop" / feed / ("2024030" + std::to_string(night) + "-01");
  }
  DeliveryEdit Edit(const std::string& feed, int night) const { return DeliveryEdit(DeliveryFolder(feed, night)); }
  std::vector<std::string> Feeds() const {
    std::vector<std::string> feeds;
    for (const auto& entry : std::filesystem::directory_iterator(path_ / "drop")) {
      feeds.push_back(entry.path().filename().string());
    }
    std::sort(feeds.begin(), feeds.end());
    return feeds;
  }

  StatusOr<NightReport> Night(CivilDay day, int threads = 2, bool pull = true) const {
    HEARTH_ASSIGN_OR_RETURN(const SiteConfig site, LoadSiteConfig(config()));
    return RunNight(site, day, {.threads = threads, .packs_dir = kPacksDir, .pull = pull, .show_progress = false});
  }
  std::unique_ptr<Generation> Open() const {
    auto g = Generation::OpenCurrent(store());
    EXPECT_TRUE(g.ok()) << g.status();
    return g.ok() ? *std::move(g) : nullptr;
  }

 private:
  struct Empty {};
  explicit MadeSite(Empty) {
    // Nights sync every file: in memory, where there is such a folder, they do not wait for the disk.
    const std::filesystem::path memory = "/dev/shm";
    const bool fast = access(memory.c_str(), W_OK) == 0;
    std::string pattern = ((fast ? memory : std::filesystem::temp_directory_path()) / "hearth-night-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  void Copy(const std::filesystem::path& from) {
    std::filesystem::copy(from, path_, std::filesystem::copy_options::recursive);
  }

  // What a test leaves open: 1,500 people, seed 7, two nights.
  static synth::CityOptions Usual(synth::CityOptions city) {
    const synth::CityOptions untouched;
    if (city.people == untouched.people) city.people = 1500;
    if (city.seed == untouched.seed) city.seed = 7;
    city.nights = 2;
    return city;
  }
  static std::string NameOf(const synth::CityOptions& c) {
    return std::to_string(c.people) + "-" + std::to_string(c.seed) + "-" + std::to_string(c.faults) +
           (c.delta ? "-delta" : "");
  }
  static std::filesystem::path MadeOnce(const synth::CityOptions& wanted) {
    static const MadeSite root(Empty{});
    synth::CityOptions city = Usual(wanted);
    city.out = (root.path_ / NameOf(city)).string();
    if (!std::filesystem::exists(city.out)) {
      const auto made = synth::MakeCity(city);
      EXPECT_TRUE(made.ok()) << made.status();
    }
    return city.out;
  }

  std::filesystem::path path_;
};

// Every value of a table, decoded.
template <class T>
std::vector<T> All(const Generation& g, Table table, StatusOr<T> (*decode)(std::string_view)) {
  std::vector<T> all;
  const Status scanned = g.Scan(table, "", [&](std::string_view, std::string_view value) {
    auto decoded = decode(value);
    EXPECT_TRUE(decoded.ok()) << decoded.status();
    if (decoded.ok()) all.push_back(*std::move(decoded));
    return decoded.ok();
  });
  EXPECT_TRUE(scanned.ok()) << scanned;
  return all;
}

// Keys of the rows held of a registry.
inline std::set<std::string> RowKeys(const Generation& g, std::string_view registry) {
  std::set<std::string> keys;
  const std::string prefix = RowKey(registry, "");
  EXPECT_TRUE(g.Scan(Table::kRows, prefix, [&](std::string_view key, std::string_view) {
                 keys.emplace(key.substr(prefix.size()));
                 return true;
               }).ok());
  return keys;
}

// Names and numbers of everybody in the household feed of the first night: no message may hold one.
inline std::set<std::string> SecretsOf(const MadeSite& site) {
  DeliveryEdit hukou = site.Edit("ga_hukou", 1);
  std::set<std::string> secrets;
  for (const std::string& record : hukou.records) {
    for (const char* column : {"XM", "CYM", "GMSFHM"}) {
      TextDecoder decoder(hukou.told().encoding);
      DecodedText text;
      EXPECT_TRUE(decoder.Decode(hukou.Cell(record, column), true, &text).ok());
      if (text.utf8.size() > 3) secrets.insert(text.utf8);  // shorter: a null word
    }
  }
  return secrets;
}

// The first secret that the text holds; empty when it holds none.
inline std::string LeakIn(std::string_view text, const std::set<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (text.find(secret) != std::string_view::npos) return secret;
  }
  return "";
}

}  // namespace hearth
