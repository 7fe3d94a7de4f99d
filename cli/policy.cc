#include "cli/policy.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "cli/common.h"
#include "policy/cases.h"
#include "policy/pack.h"
#include "report/json_writer.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;

// A pack given as a folder, else by its id among the packs.
fs::path PackFolder(const std::string& given, const std::string& packs) {
  std::error_code error;
  if (fs::exists(fs::path(given) / "pack.yaml", error)) return given;
  return fs::path(packs) / given;
}

// Files as they are, of folders the YAML files in them by name.
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

StatusOr<SchemaList> Schemas(const std::string& packs) { return LoadRegistrySchemas({fs::path(packs) / "registries"}); }

std::string AmountText(const Rule& r) {
  if (r.amount.empty()) return "-";
  std::string text = r.amount;
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text + " a " + std::string(PeriodName(r.per));
}

}  // namespace

int PolicyCheck(const PolicyOptions& options) {
  const std::string packs = PacksDir(options.packs);
  const StatusOr<SchemaList> schemas = Schemas(packs);
  if (!schemas.ok()) return Fail(schemas.status());
  JsonWriter json(&std::cout);
  if (options.json) json.BeginArray();
  size_t problems = 0;
  for (const std::string& path : options.paths) {
    const fs::path folder = PackFolder(path, packs);
    const std::vector<Status> found = CheckPack(folder.string(), *schemas);
    problems += found.size();
    const StatusOr<Pack> pack = LoadPack(folder.string(), *schemas);
    if (options.json) {
      json.BeginObject();
      json.Key("pack").Text(path);
      if (pack.ok()) json.Key("digest").Text(pack->digest());
      json.Key("problems").BeginArray();
      for (const Status& s : found) json.Text(Message(s));
      json.EndArray();
      json.EndObject();
      continue;
    }
    for (const Status& s : found) std::cout << path << "/" << Message(s) << "\n";
    if (!pack.ok()) {
      std::cout << path << ": " << found.size() << (found.size() == 1 ? " problem\n" : " problems\n");
      continue;
    }
    std::cout << pack->id() << ": no problem; " << pack->rules().size() << " rules, " << pack->parameters().size()
              << " parameters, " << pack->raw_facts().size() << " facts read, " << pack->derived_facts().size()
              << " derived, in force " << pack->valid_from().ToString() << " to " << pack->valid_to().ToString()
              << ", digest " << pack->digest() << "\n";
  }
  if (options.json) {
    json.EndArray();
    json.Finish();
  }
  return problems == 0 ? kExitOk : kExitFailure;
}

int PolicyList(const PolicyOptions& options) {
  const std::string packs = PacksDir(options.packs);
  const StatusOr<SchemaList> schemas = Schemas(packs);
  if (!schemas.ok()) return Fail(schemas.status());
  JsonWriter json(&std::cout);
  if (options.json) json.BeginArray();
  for (const std::string& path : options.paths) {
    const StatusOr<Pack> pack = LoadPack(PackFolder(path, packs).string(), *schemas);
    if (!pack.ok()) return Fail(pack.status());
    if (!options.json) std::cout << pack->id() << "  " << pack->title().en << "  " << pack->document() << "\n";
    for (const Rule& r : pack->rules()) {
      if (options.json) {
        json.BeginObject();
        json.Key("pack").Text(pack->id());
        json.Key("rule").Text(r.id);
        json.Key("title_en").Text(r.title.en);
        json.Key("title_zh").Text(r.title.zh);
        json.Key("clause").Text(r.clause);
        json.Key("unit").Text(RuleUnitName(r.unit));
        json.Key("kind").Text(r.kind);
        json.Key("computable").Text(r.computable);
        json.Key("programme").Text(r.programme);
        json.Key("when").Text(r.when);
        json.Key("amount").Text(r.amount);
        json.Key("per").Text(PeriodName(r.per));
        json.EndObject();
      } else {
        std::cout << "  " << r.id << std::string(r.id.size() < 9 ? 9 - r.id.size() : 1, ' ') << r.title.en << "  "
                  << r.title.zh << "\n           " << RuleUnitName(r.unit) << ", " << r.kind << ", " << r.computable
                  << "; amount " << AmountText(r) << "; " << r.clause << "\n";
      }
    }
  }
  if (options.json) {
    json.EndArray();
    json.Finish();
  }
  return kExitOk;
}

int PolicyTest(const PolicyOptions& options) {
  const std::string packs = PacksDir(options.packs);
  const StatusOr<SchemaList> schemas = Schemas(packs);
  if (!schemas.ok()) return Fail(schemas.status());
  std::map<std::string, StatusOr<Pack>> loaded;
  const PackSource source = [&](std::string_view id) -> StatusOr<Pack> {
    const std::string name(id);
    auto it = loaded.find(name);
    if (it == loaded.end()) it = loaded.emplace(name, LoadPack((fs::path(packs) / name).string(), *schemas)).first;
    return it->second;
  };
  JsonWriter json(&std::cout);
  if (options.json) json.BeginArray();
  size_t passed = 0, failed = 0;
  for (const std::string& path : CaseFiles(options.paths)) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return Fail(NotFound("no file of cases at " + path));
    const auto results = RunCases(text.str(), path, source);
    if (!results.ok()) return Fail(results.status());
    for (const CaseResult& r : *results) {
      ++(r.passed() ? passed : failed);
      if (options.json) {
        json.BeginObject();
        json.Key("case").Text(r.name);
        json.Key("where").Text(r.where);
        json.Key("passed").Bool(r.passed());
        json.Key("failures").BeginArray();
        for (const std::string& f : r.failures) json.Text(f);
        json.EndArray();
        json.EndObject();
      } else if (!r.passed()) {
        std::cout << "FAILED " << r.name << " (" << r.where << ")\n";
        for (const std::string& f : r.failures) std::cout << "  " << f << "\n";
      }
    }
  }
  if (options.json) {
    json.EndArray();
    json.Finish();
  } else {
    std::cout << passed << " passed, " << failed << " failed\n";
  }
  return failed == 0 ? kExitOk : kExitFailure;
}

void AddPolicyCommand(CLI::App& app) {
  CLI::App* policy = app.add_subcommand("policy", "check, list and test policy packs");
  policy->require_subcommand(1);
  policy->footer(
      "Examples:\n  hearth policy check wenzhou-2022\n  hearth policy list wenzhou-2022\n"
      "  hearth policy test packs/wenzhou-2022/cases/article-1.yaml");
  const struct {
    const char *name, *what, *argument, *example;
    int (*run)(const PolicyOptions&);
  } kCommands[] = {
      {"check", "name every problem of a pack", "PACK", "hearth policy check packs/wenzhou-2022", PolicyCheck},
      {"list", "the rules of a pack, with clause and amount", "PACK", "hearth policy list wenzhou-2022 --json",
       PolicyList},
      {"test", "run worked cases", "CASES", "hearth policy test packs/wenzhou-2022/cases/article-1.yaml", PolicyTest},
  };
  for (const auto& c : kCommands) {
    auto options = std::make_shared<PolicyOptions>();
    CLI::App* command = policy->add_subcommand(c.name, c.what);
    command->footer(std::string("Example:\n  ") + c.example);
    command
        ->add_option(
            c.argument, options->paths,
            c.argument == std::string("PACK") ? "a pack's folder, or its id among the packs" : "files of cases")
        ->required();
    command->add_option("--packs", options->packs,
                        "folder of built-in packs (default: HEARTH_PACKS, or beside the program)");
    command->add_flag("--json", options->json, "as JSON");
    OnRun(command, [options, run = c.run] { return run(*options); });
  }
}

}  // namespace hearth
