// Mentions are matched by a 64-bit hash of (registry, key, role): among 12 million the odds of any clash are one in
// 250,000. One array of rows is sorted three times: by mention, to find the engine's; by engine's person, to size the
// clusters and name their true person; by true person and engine's person, whose runs are the cells of the contingency
// table. Pair and B-cubed counts follow from the cells' sizes.
// B-cubed: Bagga and Baldwin 1998. Tests: tests/cli/score_test.cc.
#include "cli/score.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <tuple>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "ingest/csv_scanner.h"

namespace hearth {
namespace {

constexpr uint64_t kNotGiven = UINT64_MAX;  // no engine's person
constexpr size_t kReadBytes = 1 << 20;
constexpr size_t kRowBytesMin = 20;  // no line of mentions.csv is shorter in practice; sizes the first allocation

uint64_t HashText(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

// The parts with a byte between them that no part holds.
class PartsHash {
 public:
  uint64_t operator()(std::initializer_list<std::string_view> parts) {
    buffer_.clear();
    for (std::string_view part : parts) {
      buffer_ += part;
      buffer_ += '\0';
    }
    return HashText(buffer_);
  }

 private:
  std::string buffer_;
};

// Calls use(cells) for each row; the header must be `columns`.
Status ReadCsv(const std::string& path, const std::vector<std::string_view>& columns,
               const std::function<Status(const std::vector<std::string_view>&)>& use) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound(path + " cannot be read; synth writes it");
  const auto where = [&](uint64_t line) { return path + " line " + std::to_string(line); };

  CsvScanner scanner({.delimiter = ",", .quote = '"'});
  CsvRecord record;
  std::string block(kReadBytes, '\0');
  bool header = true;
  for (bool last = false; !last;) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    const auto size = static_cast<size_t>(file.gcount());
    last = size < block.size();
    scanner.Feed(std::string_view(block).substr(0, size), last);
    while (scanner.Next(&record)) {
      if (header) {
        std::string wanted;
        for (std::string_view column : columns) wanted += (wanted.empty() ? "" : ",") + std::string(column);
        if (record.fields != columns) return InvalidArgument(where(record.line) + ": the header should be " + wanted);
        header = false;
        continue;
      }
      if (record.fields.size() != columns.size()) {
        return InvalidArgument(where(record.line) + ": " + std::to_string(record.fields.size()) + " cells, should be " +
                               std::to_string(columns.size()));
      }
      if (Status used = use(record.fields); !used.ok()) return Annotate(used, where(record.line));
    }
  }
  return header ? InvalidArgument(path + " is empty, not even a header") : OkStatus();
}

StatusOr<int> ReadNight(std::string_view text) {
  int night = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), night);
  if (error != std::errc() || end != text.data() + text.size()) return InvalidArgument("night is no whole number");
  return night;
}

// ---- mentions -------------------------------------------------------------------------------------------------------

struct MentionRow {
  uint64_t mention;             // hash of (registry, key, role)
  uint64_t person;              // hash of the true person
  uint64_t engine = kNotGiven;  // engine's person
  uint32_t faults = 0;          // index in MentionTable::fault_sets
};

struct MentionTable {
  std::vector<MentionRow> rows;
  std::vector<std::vector<std::string>> fault_sets = {{}};  // the first is no fault
};

StatusOr<MentionTable> ReadMentions(const std::string& path) {
  MentionTable table;
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  if (!error) table.rows.reserve(bytes / kRowBytesMin);
  std::map<std::string, uint32_t, std::less<>> sets = {{"", 0}};
  PartsHash hash;
  HEARTH_RETURN_IF_ERROR(ReadCsv(path, {"registry", "key", "role", "person", "faults"}, [&](const auto& cells) {
    auto set = sets.find(cells[4]);
    if (set == sets.end()) {
      set = sets.emplace(std::string(cells[4]), static_cast<uint32_t>(table.fault_sets.size())).first;
      std::set<std::string> classes;
      for (std::string_view rest = cells[4]; !rest.empty();) {
        const size_t end = std::min(rest.find(';'), rest.size());
        if (end > 0) classes.emplace(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      table.fault_sets.emplace_back(classes.begin(), classes.end());
    }
    table.rows.push_back(
        {.mention = hash({cells[0], cells[1], cells[2]}), .person = HashText(cells[3]), .faults = set->second});
    return OkStatus();
  }));
  std::sort(table.rows.begin(), table.rows.end(),
            [](const MentionRow& a, const MentionRow& b) { return a.mention < b.mention; });
  for (size_t i = 1; i < table.rows.size(); ++i) {
    if (table.rows[i].mention == table.rows[i - 1].mention) {
      return InvalidArgument(path + ": a registry, key and role stands there twice");
    }
  }
  return table;
}

// Fills in the engine's persons; rows are sorted by mention.
Status JoinEngine(const ScoreInput& input, MentionTable* table, Score* score) {
  auto& rows = table->rows;
  PartsHash hash;
  HEARTH_RETURN_IF_ERROR(input.mentions([&](const ScoredMention& m) {
    HEARTH_CHECK(m.person.value != kNotGiven, "no person has this id");
    const uint64_t key = hash({m.registry, m.key, m.role});
    const auto row =
        std::lower_bound(rows.begin(), rows.end(), key, [](const MentionRow& a, uint64_t k) { return a.mention < k; });
    if (row == rows.end() || row->mention != key) {
      ++score->mentions_unknown;
    } else if (row->engine != kNotGiven) {
      ++score->mentions_repeated;
    } else {
      row->engine = m.person.value;
    }
  }));
  for (const MentionRow& row : rows) score->mentions_missing += row.engine == kNotGiven ? 1 : 0;
  return OkStatus();
}

// An engine's person: its mentions, and the true person with whom it shares most of them.
struct Cluster {
  uint64_t engine, person;
  uint64_t size;
};

// The end of the run that starts at `begin` and over which `same` holds.
template <class Same>
size_t RunEnd(const std::vector<MentionRow>& rows, size_t begin, size_t limit, Same same) {
  size_t end = begin + 1;
  while (end < limit && same(rows[begin], rows[end])) ++end;
  return end;
}
constexpr auto kSameEngine = [](const MentionRow& a, const MentionRow& b) { return a.engine == b.engine; };
constexpr auto kSamePerson = [](const MentionRow& a, const MentionRow& b) { return a.person == b.person; };

// Sorted by engine's person. Reorders the rows.
std::vector<Cluster> MakeClusters(std::vector<MentionRow>* rows) {
  std::sort(rows->begin(), rows->end(), [](const MentionRow& a, const MentionRow& b) {
    return std::tie(a.engine, a.person) < std::tie(b.engine, b.person);
  });
  std::vector<Cluster> clusters;
  for (size_t begin = 0; begin < rows->size() && (*rows)[begin].engine != kNotGiven;) {
    const size_t end = RunEnd(*rows, begin, rows->size(), kSameEngine);
    Cluster cluster{(*rows)[begin].engine, 0, end - begin};
    size_t most = 0;
    for (size_t i = begin; i < end;) {
      const size_t run = RunEnd(*rows, i, end, kSamePerson);
      // Between equals the smaller hash: the same for any order of rows.
      if (run - i > most) {
        most = run - i;
        cluster.person = (*rows)[i].person;
      }
      i = run;
    }
    clusters.push_back(cluster);
    begin = end;
  }
  return clusters;
}

const Cluster* FindCluster(const std::vector<Cluster>& clusters, uint64_t engine) {
  const auto at = std::lower_bound(clusters.begin(), clusters.end(), engine,
                                   [](const Cluster& c, uint64_t e) { return c.engine < e; });
  return at != clusters.end() && at->engine == engine ? &*at : nullptr;
}

void AddTo(const LinkScore& part, LinkScore* sum) {
  sum->mentions += part.mentions;
  sum->pairs.right += part.pairs.right;
  sum->pairs.given += part.pairs.given;
  sum->pairs.wanted += part.pairs.wanted;
  sum->bcubed_precision += part.bcubed_precision;  // sums here, averages at the end
  sum->bcubed_recall += part.bcubed_recall;
}

// Reorders the rows; `persons` gets the true persons that have mentions, sorted.
std::vector<LinkScore> ScoreLinks(MentionTable* table, const std::vector<Cluster>& clusters,
                                  std::vector<uint64_t>* persons) {
  auto& rows = table->rows;
  std::sort(rows.begin(), rows.end(), [](const MentionRow& a, const MentionRow& b) {
    return std::tie(a.person, a.engine, a.faults, a.mention) < std::tie(b.person, b.engine, b.faults, b.mention);
  });
  std::vector<LinkScore> by_set(table->fault_sets.size());
  for (size_t begin = 0; begin < rows.size();) {
    const size_t person_end = RunEnd(rows, begin, rows.size(), kSamePerson);
    const uint64_t person_size = person_end - begin;
    persons->push_back(rows[begin].person);
    for (size_t i = begin; i < person_end;) {
      // A cell: mentions of one true person in one engine's person. A mention that was not given is a cell of its own.
      const bool given = rows[i].engine != kNotGiven;
      const size_t cell_end = given ? RunEnd(rows, i, person_end, kSameEngine) : i + 1;
      const uint64_t cell = cell_end - i;
      const uint64_t engine_size = given ? FindCluster(clusters, rows[i].engine)->size : 1;
      for (; i < cell_end; ++i) {
        LinkScore& set = by_set[rows[i].faults];
        ++set.mentions;
        set.pairs.right += cell - 1;
        set.pairs.given += engine_size - 1;
        set.pairs.wanted += person_size - 1;
        set.bcubed_precision += static_cast<double>(cell) / static_cast<double>(engine_size);
        set.bcubed_recall += static_cast<double>(cell) / static_cast<double>(person_size);
      }
    }
    begin = person_end;
  }

  LinkScore all{.rows = "all"}, clean{.rows = "clean"}, faulty{.rows = "faulty"};
  std::map<std::string, LinkScore> classes;
  for (size_t s = 0; s < by_set.size(); ++s) {
    AddTo(by_set[s], &all);
    AddTo(by_set[s], table->fault_sets[s].empty() ? &clean : &faulty);
    for (const std::string& name : table->fault_sets[s]) AddTo(by_set[s], &classes[name]);
  }
  std::vector<LinkScore> links = {all, clean, faulty};
  for (auto& [name, score] : classes) {
    score.rows = name;
    links.push_back(score);
  }
  for (LinkScore& score : links) {
    if (score.mentions == 0) continue;
    score.bcubed_precision /= static_cast<double>(score.mentions);
    score.bcubed_recall /= static_cast<double>(score.mentions);
  }
  return links;
}

// ---- kin ------------------------------------------------------------------------------------------------------------

struct Edge {
  KinKind kind;
  uint64_t from, to;  // hashes of true persons; spouses: the smaller first
  auto operator<=>(const Edge&) const = default;
};

Edge MakeEdge(KinKind kind, uint64_t from, uint64_t to) {
  if (kind == KinKind::kSpouse && to < from) std::swap(from, to);
  return {kind, from, to};
}

void SortUnique(std::vector<Edge>* edges) {
  std::sort(edges->begin(), edges->end());
  edges->erase(std::unique(edges->begin(), edges->end()), edges->end());
}

StatusOr<std::vector<KinScore>> ScoreKin(const std::string& path, const ScoreInput& input,
                                         const std::vector<Cluster>& clusters, const std::vector<uint64_t>& persons) {
  std::vector<Edge> truth, given;
  HEARTH_RETURN_IF_ERROR(ReadCsv(path, {"kind", "from", "to"}, [&](const auto& cells) {
    if (cells[0] != "spouse" && cells[0] != "parent_child") {
      return InvalidArgument("kind should be spouse or parent_child");
    }
    const KinKind kind = cells[0] == "spouse" ? KinKind::kSpouse : KinKind::kParentChild;
    const uint64_t from = HashText(cells[1]), to = HashText(cells[2]);
    const auto is_named = [&](uint64_t p) { return std::binary_search(persons.begin(), persons.end(), p); };
    if (is_named(from) && is_named(to)) truth.push_back(MakeEdge(kind, from, to));
    return OkStatus();
  }));
  SortUnique(&truth);

  KinScore spouse{"spouse", {}}, parent_child{"parent_child", {}};
  const auto of = [&](KinKind kind) -> Agreement& {
    return kind == KinKind::kSpouse ? spouse.edges : parent_child.edges;
  };
  HEARTH_RETURN_IF_ERROR(input.kin([&](const ScoredKin& edge) {
    if (edge.kind == KinKind::kGuardian) return;
    const Cluster *from = FindCluster(clusters, edge.from.value), *to = FindCluster(clusters, edge.to.value);
    if (from == nullptr || to == nullptr) {
      ++of(edge.kind).given;  // nobody of the truth stands behind it
    } else {
      given.push_back(MakeEdge(edge.kind, from->person, to->person));
    }
  }));
  SortUnique(&given);
  for (const Edge& edge : truth) ++of(edge.kind).wanted;
  for (const Edge& edge : given) {
    ++of(edge.kind).given;
    if (std::binary_search(truth.begin(), truth.end(), edge)) ++of(edge.kind).right;
  }
  KinScore all{"all", spouse.edges};
  all.edges.right += parent_child.edges.right;
  all.edges.given += parent_child.edges.given;
  all.edges.wanted += parent_child.edges.wanted;
  return std::vector<KinScore>{all, spouse, parent_child};
}

// ---- family units ---------------------------------------------------------------------------------------------------

// Worst to best: of several units in a household the best counts.
enum class UnitMatch : uint8_t { kAbsent, kOtherHead, kMixed, kExtra, kMissing, kExact };

struct TrueUnit {
  std::vector<uint64_t> members;  // hashes, sorted
  uint64_t head = 0;
  UnitMatch match = UnitMatch::kAbsent;
};

UnitMatch CompareUnits(const TrueUnit& truth, const std::vector<uint64_t>& given) {
  if (given == truth.members) return UnitMatch::kExact;
  if (!std::binary_search(given.begin(), given.end(), truth.head)) return UnitMatch::kOtherHead;
  // As multisets: a person who was split in two makes the unit too large.
  const bool none_extra = std::includes(truth.members.begin(), truth.members.end(), given.begin(), given.end());
  const bool none_missing = std::includes(given.begin(), given.end(), truth.members.begin(), truth.members.end());
  return none_extra ? UnitMatch::kMissing : none_missing ? UnitMatch::kExtra : UnitMatch::kMixed;
}

StatusOr<UnitScore> ScoreUnits(const std::string& path, int night, const ScoreInput& input,
                               const std::vector<Cluster>& clusters) {
  std::map<std::string, TrueUnit, std::less<>> truth;  // by household number
  HEARTH_RETURN_IF_ERROR(ReadCsv(path, {"night", "household_no", "members"}, [&](const auto& cells) -> Status {
    HEARTH_ASSIGN_OR_RETURN(const int row_night, ReadNight(cells[0]));
    if (row_night != night) return OkStatus();
    TrueUnit unit;
    for (std::string_view rest = cells[2]; !rest.empty();) {
      const size_t end = std::min(rest.find(' '), rest.size());
      if (end > 0) unit.members.push_back(HashText(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (unit.members.empty()) return InvalidArgument("a unit needs a member");
    unit.head = unit.members.front();
    std::sort(unit.members.begin(), unit.members.end());
    const bool added = truth.emplace(std::string(cells[1]), std::move(unit)).second;
    return added ? OkStatus() : InvalidArgument("the household has a unit on this night already");
  }));

  std::vector<uint64_t> members;
  HEARTH_RETURN_IF_ERROR(input.units([&](const ScoredUnit& unit) {
    const auto at = truth.find(unit.household_no);
    if (at == truth.end()) return;
    members.clear();
    for (PersonId person : unit.members) {
      const Cluster* cluster = FindCluster(clusters, person.value);
      members.push_back(cluster != nullptr ? cluster->person : 0);  // 0: nobody of the truth
    }
    std::sort(members.begin(), members.end());
    at->second.match = std::max(at->second.match, CompareUnits(at->second, members));
  }));

  UnitScore score;
  for (const auto& [household, unit] : truth) {
    switch (unit.match) {
      case UnitMatch::kAbsent:
        ++score.absent;
        break;
      case UnitMatch::kOtherHead:
        ++score.other_head;
        break;
      case UnitMatch::kMixed:
        ++score.mixed;
        break;
      case UnitMatch::kExtra:
        ++score.extra;
        break;
      case UnitMatch::kMissing:
        ++score.missing;
        break;
      case UnitMatch::kExact:
        ++score.exact;
        break;
    }
  }
  return score;
}

// ---- alerts ---------------------------------------------------------------------------------------------------------

struct AlertKey {
  std::string kind, programme, household_no, record_no;
  auto operator<=>(const AlertKey&) const = default;
};

Status ScoreAlerts(const std::string& path, int night, const ScoreInput& input, size_t examples_max, Score* score) {
  struct Wanted {
    std::string cause;
    bool found = false;
  };
  std::map<AlertKey, Wanted> truth;
  HEARTH_RETURN_IF_ERROR(ReadCsv(
      path, {"night", "kind", "programme", "household_no", "record_no", "cause"}, [&](const auto& cells) -> Status {
        HEARTH_ASSIGN_OR_RETURN(const int row_night, ReadNight(cells[0]));
        if (row_night != night) return OkStatus();
        AlertKey key{std::string(cells[1]), std::string(cells[2]), std::string(cells[3]), std::string(cells[4])};
        const bool added = truth.emplace(std::move(key), Wanted{std::string(cells[5])}).second;
        return added ? OkStatus() : InvalidArgument("this alert stands there already for the night");
      }));

  std::map<std::pair<std::string, std::string>, Agreement> by_programme;
  std::set<AlertKey> given;
  HEARTH_RETURN_IF_ERROR(input.alerts([&](const ScoredAlert& alert) {
    if (alert.state == AlertState::kWithdrawn) return;
    given.insert({std::string(AlertKindName(alert.kind)), std::string(alert.programme), std::string(alert.household_no),
                  std::string(alert.record_no)});
  }));
  for (const AlertKey& key : given) {
    Agreement& agreement = by_programme[{key.kind, key.programme}];
    ++agreement.given;
    const auto at = truth.find(key);
    if (at != truth.end()) {
      ++agreement.right;
      at->second.found = true;
    } else if (score->false_alerts.size() < examples_max) {
      score->false_alerts.push_back({key.kind, key.programme, key.household_no, key.record_no, ""});
    }
  }

  std::map<std::tuple<std::string, std::string, std::string>, CauseScore> causes;
  for (const auto& [key, wanted] : truth) {
    ++by_programme[{key.kind, key.programme}].wanted;
    CauseScore& cause = causes[{key.kind, key.programme, wanted.cause}];
    ++cause.wanted;
    if (wanted.found) {
      ++cause.found;
    } else if (score->missed.size() < examples_max) {
      score->missed.push_back({key.kind, key.programme, key.household_no, key.record_no, wanted.cause});
    }
  }
  for (const auto& [key, agreement] : by_programme) score->alerts.push_back({key.first, key.second, agreement});
  for (auto& [key, cause] : causes) {
    std::tie(cause.kind, cause.programme, cause.cause) = key;
    score->causes.push_back(cause);
  }
  return OkStatus();
}

// The night asked for, or the last one of units.csv.
StatusOr<int> ChooseNight(const std::string& units_path, std::optional<int> asked) {
  std::set<int> nights;
  HEARTH_RETURN_IF_ERROR(ReadCsv(units_path, {"night", "household_no", "members"}, [&](const auto& cells) -> Status {
    HEARTH_ASSIGN_OR_RETURN(const int night, ReadNight(cells[0]));
    nights.insert(night);
    return OkStatus();
  }));
  if (nights.empty()) return NotFound(units_path + " has no night");
  if (!asked) return *nights.rbegin();
  if (!nights.contains(*asked)) {
    return NotFound(units_path + " has no night " + std::to_string(*asked) + "; its last is " +
                    std::to_string(*nights.rbegin()));
  }
  return *asked;
}

std::optional<double> Share(uint64_t part, uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::optional<double> Agreement::Precision() const { return Share(right, given); }
std::optional<double> Agreement::Recall() const { return Share(right, wanted); }
std::optional<double> Agreement::F1() const { return Share(2 * right, given + wanted); }

double LinkScore::BcubedF1() const {
  const double sum = bcubed_precision + bcubed_recall;
  return sum > 0 ? 2 * bcubed_precision * bcubed_recall / sum : 0;
}

StatusOr<Score> ScoreNight(std::string_view truth_dir, const ScoreInput& input, const ScoreOptions& options) {
  const std::string dir = std::string(truth_dir) + "/";
  Score score;
  HEARTH_ASSIGN_OR_RETURN(score.night, ChooseNight(dir + "units.csv", options.night));
  std::vector<Cluster> clusters;
  std::vector<uint64_t> persons;
  {
    HEARTH_ASSIGN_OR_RETURN(MentionTable table, ReadMentions(dir + "mentions.csv"));
    HEARTH_RETURN_IF_ERROR(JoinEngine(input, &table, &score));
    clusters = MakeClusters(&table.rows);
    score.links = ScoreLinks(&table, clusters, &persons);
  }
  HEARTH_ASSIGN_OR_RETURN(score.kin, ScoreKin(dir + "kin.csv", input, clusters, persons));
  HEARTH_ASSIGN_OR_RETURN(score.units, ScoreUnits(dir + "units.csv", score.night, input, clusters));
  HEARTH_RETURN_IF_ERROR(ScoreAlerts(dir + "alerts.csv", score.night, input, options.examples_max, &score));
  return score;
}

}  // namespace hearth
