// hearth policy test: runs worked cases and says what differs, for a reader of the clause.
#include "cli/policy.h"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "cli/common.h"
#include "policy/cases.h"
#include "report/json_writer.h"
#include "report/table.h"

namespace hearth {
namespace {

constexpr size_t kStepsMax = 60;  // steps of one difference on a terminal; --json has all

// Colours for a terminal, nothing for a file.
struct Colours {
  bool on = isatty(STDOUT_FILENO) != 0;
  std::string Red(const std::string& s) const { return on ? "\033[31m" + s + "\033[0m" : s; }
  std::string Green(const std::string& s) const { return on ? "\033[32m" + s + "\033[0m" : s; }
  std::string Bold(const std::string& s) const { return on ? "\033[1m" + s + "\033[0m" : s; }
};

void PrintFailure(const CaseResult& r, const Colours& colours, std::ostream& out) {
  out << colours.Red("FAILED") << "  " << colours.Bold(r.name) << "  (" << r.where << ")\n";
  if (r.differences.empty()) {
    for (const std::string& f : r.failures) out << "  " << f << "\n";
    return;
  }
  for (const CaseDifference& d : r.differences) {
    out << "  " << d.what;
    if (!d.title.en.empty()) out << "  " << d.title.en << "  " << d.title.zh;
    if (!d.clause.empty()) out << "  [" << d.clause << "]";
    out << "\n    expected  " << colours.Green(d.expected) << "\n    came out  " << colours.Red(d.found) << "\n";
    if (d.steps.empty()) continue;
    out << "    because\n";
    const size_t first = d.steps.size() > kStepsMax ? d.steps.size() - kStepsMax : 0;
    if (first > 0) out << "      (" << first << " steps before; --json has them)\n";
    for (size_t i = first; i < d.steps.size(); ++i) out << "      " << d.steps[i] << "\n";
  }
  // What could not be compared at all.
  for (size_t i = r.differences.size(); i < r.failures.size(); ++i) out << "  " << r.failures[i] << "\n";
}

struct PackTotals {
  size_t passed = 0, failed = 0;
  std::map<std::string, size_t> rules;                                 // cases by rule
  std::map<std::pair<std::string, std::string>, std::set<int>> sides;  // by rule and comparison
};

// Comparisons that no case meets on one of the three sides of their threshold.
std::vector<std::vector<std::string>> ThinThresholds(const PackTotals& t) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, sides] : t.sides) {
    if (sides.size() >= 3) continue;
    std::string missing;
    for (const auto& [side, word] : {std::pair(-1, "below"), std::pair(0, "equal"), std::pair(1, "above")}) {
      if (!sides.contains(side)) missing += (missing.empty() ? "" : ", ") + std::string(word);
    }
    rows.push_back({key.first, key.second, missing});
  }
  return rows;
}

std::vector<std::string> RulesWithoutCase(const PackTotals& t, const Pack& pack) {
  std::vector<std::string> ids;
  for (const Rule& r : pack.rules()) {
    if (!t.rules.contains(r.id)) ids.push_back(r.id);
  }
  return ids;
}

void PrintCoverage(const std::string& id, const PackTotals& t, const StatusOr<Pack>& pack, std::ostream& out) {
  if (!pack.ok()) return;
  const std::vector<std::string> without = RulesWithoutCase(t, *pack);
  out << "\n"
      << id << ": " << pack->rules().size() - without.size() << " of " << pack->rules().size()
      << " rules have a case\n";
  for (const std::string& rule : without) out << "  no case: " << rule << "\n";
  TextTable table({{"rule"}, {"comparison", Align::kLeft, 60}, {"no case"}});
  for (const auto& row : ThinThresholds(t)) table.AddRow(row);
  if (table.size() > 0) out << "  comparisons seen, with a side that no case meets\n" << table.ToString(4);
}

void WriteCase(JsonWriter& json, const CaseResult& r) {
  json.BeginObject();
  json.Key("case").Text(r.name);
  json.Key("where").Text(r.where);
  json.Key("pack").Text(r.pack);
  json.Key("passed").Bool(r.passed());
  json.Key("rules").BeginArray();
  for (const std::string& rule : r.rules) json.Text(rule);
  json.EndArray();
  json.Key("failures").BeginArray();
  for (const std::string& f : r.failures) json.Text(f);
  json.EndArray();
  json.Key("differences").BeginArray();
  for (const CaseDifference& d : r.differences) {
    json.BeginObject();
    json.Key("what").Text(d.what);
    json.Key("clause").Text(d.clause);
    json.Key("title_en").Text(d.title.en);
    json.Key("title_zh").Text(d.title.zh);
    json.Key("expected").Text(d.expected);
    json.Key("found").Text(d.found);
    json.Key("steps").BeginArray();
    for (const std::string& s : d.steps) json.Text(s);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

StatusOr<std::vector<CaseFileText>> ReadAll(const std::vector<std::string>& paths) {
  std::vector<CaseFileText> texts;
  for (const std::string& path : CaseFiles(paths)) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return NotFound("no file of cases at " + path);
    texts.push_back({path, text.str()});
  }
  return texts;
}

}  // namespace

int PolicyTest(const PolicyOptions& options) {
  const StatusOr<PolicyFolder> folder = OpenPolicyFolder(options);
  if (!folder.ok()) return Fail(folder.status());
  std::vector<std::string> paths = options.paths;
  if (paths.empty()) {
    for (const std::string& id : PacksAsked(options, folder->root))
      paths.push_back((folder->root / id / "cases").string());
  }
  const auto texts = ReadAll(paths);
  if (!texts.ok()) return Fail(texts.status());
  std::map<std::string, StatusOr<Pack>> loaded;
  const PackSource source = [&](std::string_view id) -> StatusOr<Pack> {
    const std::string name(id);
    auto it = loaded.find(name);
    if (it == loaded.end()) it = loaded.emplace(name, LoadPack((folder->root / name).string(), folder->schemas)).first;
    return it->second;
  };
  CaseOptions run;
  run.threads =
      options.threads > 0 ? options.threads : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  run.filter = options.filter;
  run.comparisons = options.coverage;
  const auto results = RunCaseFiles(*texts, source, run);
  if (!results.ok()) return Fail(results.status());
  if (results->empty())
    return Fail(
        NotFound(std::string("no case ") + (options.filter.empty() ? "there" : "matches \"" + options.filter + "\"")));

  std::map<std::string, PackTotals> packs;
  size_t passed = 0;
  for (const CaseResult& r : *results) {
    PackTotals& t = packs[r.pack];
    ++(r.passed() ? t.passed : t.failed);
    passed += r.passed() ? 1 : 0;
    for (const std::string& rule : r.rules) ++t.rules[rule];
    for (const CaseComparison& c : r.comparisons) t.sides[{c.rule, c.text}].insert(c.side);
  }
  const size_t failed = results->size() - passed;
  if (options.json) {
    JsonWriter json(&std::cout);
    json.BeginArray();
    for (const CaseResult& r : *results) WriteCase(json, r);
    json.EndArray();
    json.Finish();
    return failed == 0 ? kExitOk : kExitFailure;
  }
  const Colours colours;
  for (const CaseResult& r : *results) {
    if (!r.passed()) PrintFailure(r, colours, std::cout);
  }
  TextTable table({{"pack"}, {"passed", Align::kRight}, {"failed", Align::kRight}, {"rules", Align::kRight}});
  for (const auto& [id, t] : packs) {
    table.AddRow({id.empty() ? "(none)" : id, Thousands(static_cast<int64_t>(t.passed)),
                  Thousands(static_cast<int64_t>(t.failed)), std::to_string(t.rules.size())});
  }
  std::cout << table.ToString();
  if (options.coverage) {
    for (const auto& [id, t] : packs) PrintCoverage(id, t, source(id), std::cout);
    std::cout << "\n";
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? kExitOk : kExitFailure;
}

}  // namespace hearth
