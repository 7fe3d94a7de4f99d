#include "cli/policy.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <iostream>
#include <memory>

#include "cli/common.h"
#include "report/json_writer.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

std::string TodayText() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &local);
  return text;
}

std::string Counted(size_t n, const std::string& what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

}  // namespace

StatusOr<PolicyFolder> OpenPolicyFolder(const PolicyOptions& options) {
  PolicyFolder folder;
  folder.root = PacksDir(options.packs);
  HEARTH_ASSIGN_OR_RETURN(folder.as_of, ParseIsoDay(options.as_of.empty() ? TodayText() : options.as_of));
  HEARTH_ASSIGN_OR_RETURN(folder.schemas, LoadRegistrySchemas({folder.root / "registries"}));
  return folder;
}

fs::path PackFolder(const std::string& given, const fs::path& packs) {
  std::error_code error;
  if (fs::exists(fs::path(given) / "pack.yaml", error)) return given;
  return packs / given;
}

std::vector<std::string> PacksAsked(const PolicyOptions& options, const fs::path& packs) {
  if (!options.paths.empty()) return options.paths;
  std::vector<std::string> ids;
  std::error_code error;
  for (const fs::directory_entry& e : fs::directory_iterator(packs, error)) {
    if (fs::exists(e.path() / "pack.yaml", error)) ids.push_back(e.path().filename().string());
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<std::string> CaseFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    const size_t first = files.size();
    if (fs::is_directory(path, error)) {
      for (const fs::directory_entry& e : fs::recursive_directory_iterator(path, error)) {
        if (e.path().extension() == ".yaml") files.push_back(e.path().string());
      }
      std::sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end());
    } else {
      files.push_back(path);
    }
  }
  return files;
}

std::string OneLineOf(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    if (!space) line += c;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string ParameterText(const Parameter& p, CivilDay day) {
  const Value* v = ValueInForce(p.values, day);
  if (v == nullptr) return p.locality ? "(set by the locality)" : "(none on this day)";
  return v->kind() == Value::Kind::kText ? v->text() : v->ToString();
}

std::string BetterName(Better better) {
  return better == Better::kHigher ? "higher" : better == Better::kLower ? "lower" : "";
}

int PolicyCheck(const PolicyOptions& options) {
  const StatusOr<PolicyFolder> folder = OpenPolicyFolder(options);
  if (!folder.ok()) return Fail(folder.status());
  JsonWriter json(&std::cout);
  if (options.json) json.BeginArray();
  size_t problems = 0;
  for (const std::string& path : PacksAsked(options, folder->root)) {
    const std::string at = PackFolder(path, folder->root).string();
    const std::vector<Status> found = CheckPack(at, folder->schemas);
    problems += found.size();
    const StatusOr<Pack> pack = LoadPack(at, folder->schemas);
    std::vector<std::string> warnings;
    if (pack.ok()) warnings = PackWarnings(*pack, folder->as_of);
    if (options.json) {
      json.BeginObject();
      json.Key("pack").Text(path);
      json.Key("loads").Bool(pack.ok());
      if (pack.ok()) json.Key("digest").Text(pack->digest());
      json.Key("problems").BeginArray();
      for (const Status& s : found) json.Text(Message(s));
      json.EndArray();
      json.Key("warnings").BeginArray();
      for (const std::string& w : warnings) json.Text(w);
      json.EndArray();
      json.EndObject();
      continue;
    }
    for (const Status& s : found) std::cout << path << "/" << Message(s) << "\n";
    if (!pack.ok()) {
      std::cout << path << ": " << Counted(found.size(), "problem") << "\n";
      continue;
    }
    for (const std::string& w : warnings) std::cout << path << "/" << w << " (warning)\n";
    std::cout << pack->id() << ": no problem" << (warnings.empty() ? "" : ", " + Counted(warnings.size(), "warning"))
              << "; " << pack->rules().size() << " rules, " << pack->parameters().size() << " parameters, "
              << pack->raw_facts().size() << " facts read, " << pack->derived_facts().size() << " derived, in force "
              << pack->valid_from().ToString() << " to " << pack->valid_to().ToString() << ", digest " << pack->digest()
              << "\n";
  }
  if (options.json) {
    json.EndArray();
    json.Finish();
  }
  return problems == 0 ? kExitOk : kExitFailure;
}

void AddPolicyCommand(CLI::App& app) {
  CLI::App* policy = app.add_subcommand("policy", "check, list, show and test policy packs");
  policy->require_subcommand(1);
  policy->footer(
      "Examples:\n  hearth policy check wenzhou-2022\n  hearth policy list wenzhou-2022 --left-out\n"
      "  hearth policy show WZ-5.6\n  hearth policy test packs/wenzhou-2022/cases --coverage");
  const auto add = [policy](const char* name, const char* what, const char* example, int (*run)(const PolicyOptions&)) {
    auto options = std::make_shared<PolicyOptions>();
    CLI::App* command = policy->add_subcommand(name, what);
    command->footer(std::string("Example:\n  ") + example);
    command->add_option("--packs", options->packs,
                        "folder of built-in packs (default: HEARTH_PACKS, or beside the program)");
    command->add_flag("--json", options->json, "as JSON");
    OnRun(command, [options, run] { return run(*options); });
    return std::pair(command, options);
  };
  constexpr char kPackHelp[] = "a pack's folder, or its id among the packs (default: all of them)";
  constexpr char kDayHelp[] = "the day for values and review dates, YYYY-MM-DD (default: today)";

  auto [check, check_options] =
      add("check", "name every problem of a pack", "hearth policy check packs/wenzhou-2022", PolicyCheck);
  check->add_option("PACK", check_options->paths, kPackHelp);
  check->add_option("--as-of", check_options->as_of, kDayHelp);

  auto [list, list_options] =
      add("list", "what a pack holds, counted and in full", "hearth policy list wenzhou-2022 --switches", PolicyList);
  list->add_option("PACK", list_options->paths, kPackHelp);
  list->add_option("--as-of", list_options->as_of, kDayHelp);
  list->add_flag("--rules", list_options->rules, "each rule, with clause and amount");
  list->add_flag("--left-out", list_options->left_out, "each rule of the catalogue left out, with the reason");
  list->add_flag("--switches", list_options->switches, "each open question of the text and how it is settled");
  list->add_flag("--parameters", list_options->parameters, "each parameter, with value, clause and review date");

  auto [show, show_options] =
      add("show", "one rule beside its clause, and what it rests on", "hearth policy show WZ-5.6", PolicyShow);
  show->add_option("RULE", show_options->rule, "id of the rule")->required();
  show->add_option("--pack", show_options->paths, "look in this pack alone");
  show->add_option("--as-of", show_options->as_of, kDayHelp);

  auto [test, test_options] =
      add("test", "run worked cases", "hearth policy test packs/wenzhou-2022/cases --filter WZ-5", PolicyTest);
  test->add_option("CASES", test_options->paths, "files or folders of cases (default: those of all packs)");
  test->add_option("--filter", test_options->filter, "only cases whose name, pack or rules contain this text");
  test->add_flag("--coverage", test_options->coverage,
                 "rules without a case, and comparisons not met below, at and above their threshold");
  test->add_option("--threads", test_options->threads, "default all cores")->check(CLI::Range(0, 256));
}

}  // namespace hearth
