// hearth policy show: one rule beside its clause, with the facts and parameters that it rests on.
#include <fstream>
#include <functional>
#include <iostream>
#include <set>
#include <sstream>

#include "cli/common.h"
#include "cli/policy.h"
#include "policy/cases.h"
#include "policy/feel/compile.h"
#include "policy/pack_data.h"
#include "report/json_writer.h"
#include "report/table.h"

namespace hearth {
namespace {

// All that a rule reads, itself and through derived facts, in order of first use.
struct RestsOn {
  std::vector<int> derived, raw, registries, parameters;
};

class Walk {
 public:
  explicit Walk(const PackData& data) : data_(data) {}

  RestsOn Of(const CompiledRule& c) {
    for (const feel::Expression* e : {&c.when, &c.amount, &c.breach, &c.due}) Visit(*e);
    return std::move(out_);
  }

 private:
  static bool Add(std::vector<int>* to, int index) {
    if (std::find(to->begin(), to->end(), index) != to->end()) return false;
    to->push_back(index);
    return true;
  }

  void Visit(const feel::Expression& e) {
    if (e.root == nullptr) return;
    feel::ForEachNode(*e.root, [&](const feel::Node& n) {
      if (n.op == feel::Op::kParameter || n.op == feel::Op::kParameterOn) Add(&out_.parameters, n.index);
      if (n.op != feel::Op::kFact && n.op != feel::Op::kSubjectFact) return;
      const SlotUse& use = data_.slots[static_cast<int>(n.place)][static_cast<size_t>(n.index)];
      switch (use.kind) {
        case SlotUse::Kind::kRaw:
          Add(&out_.raw, use.index);
          break;
        case SlotUse::Kind::kRegistry:
          Add(&out_.registries, use.index);
          break;
        case SlotUse::Kind::kDerived:
          if (Add(&out_.derived, use.index)) Visit(data_.derived_expressions[static_cast<size_t>(use.index)]);
          break;
      }
    });
  }

  const PackData& data_;
  RestsOn out_;
};

std::string_view PlaceWord(FactPlace place) {
  static constexpr std::string_view kNames[kFactPlaces] = {"household", "member", "employer", "institution", "city"};
  return kNames[static_cast<int>(place)];
}

std::string TypeText(FactType type, const std::string& unit) {
  return std::string(FactTypeName(type)) + (unit.empty() ? "" : ", " + unit);
}

// The lines of a FEEL text under a heading of six columns.
void PrintFeel(const std::string& heading, const std::string& text, const std::string& behind, std::ostream& out) {
  if (text.empty()) return;
  std::istringstream lines(text);
  std::string line;
  bool first = true;
  while (std::getline(lines, line)) {
    out << (first ? "" : "\n") << "  "
        << (first ? heading + std::string(8 - std::min<size_t>(7, heading.size()), ' ') : std::string(8, ' ')) << line;
    first = false;
  }
  out << behind << "\n";
}

void PrintTable(const feel::DecisionTable& t, std::ostream& out) {
  std::vector<TableColumn> columns;
  for (const feel::TableInput& input : t.inputs) columns.push_back({OneLineOf(input.expression)});
  columns.push_back({"then"});
  columns.push_back({"note"});
  TextTable table(columns);
  for (const feel::TableRule& r : t.rules) {
    std::vector<std::string> cells;
    for (const std::string& test : r.tests) cells.push_back(OneLineOf(test));
    cells.push_back(OneLineOf(r.outputs[0]));
    cells.push_back(OneLineOf(r.note));
    table.AddRow(cells);
  }
  if (!t.outputs[0].otherwise.empty()) {
    std::vector<std::string> cells(t.inputs.size(), "else");
    cells.push_back(OneLineOf(t.outputs[0].otherwise));
    cells.emplace_back();
    table.AddRow(cells);
  }
  out << "        hit policy " << feel::HitPolicyText(t.policy, t.aggregator) << "\n" << table.ToString(8);
}

size_t CaseCount(const PolicyFolder& folder, const std::string& pack_folder, const Pack& pack,
                 const std::string& rule) {
  std::vector<CaseFileText> texts;
  for (const std::string& path : CaseFiles({pack_folder + "/cases"})) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (in) texts.push_back({path, text.str()});
  }
  const PackSource source = [&](std::string_view id) -> StatusOr<Pack> {
    if (id == pack.id()) return pack;
    return LoadPack((folder.root / id).string(), folder.schemas);
  };
  CaseOptions options;
  options.filter = rule;
  const auto results = RunCaseFiles(texts, source, options);
  size_t count = 0;
  if (!results.ok()) return 0;
  for (const CaseResult& r : *results)
    count += std::find(r.rules.begin(), r.rules.end(), rule) != r.rules.end() ? 1 : 0;
  return count;
}

void Print(const Pack& pack, const Rule& r, const RestsOn& on, size_t cases, CivilDay day, std::ostream& out) {
  const PackData& data = pack.data();
  out << r.id << "  " << r.title.en << "  " << r.title.zh << "\n"
      << "  " << r.clause << "  (" << pack.id() << ", " << pack.document() << ")\n"
      << "  " << RuleUnitName(r.unit) << ", " << r.kind << ", " << r.computable << "; led by " << r.lead.en << " "
      << r.lead.zh << (r.programme.empty() ? "" : "; programme " + r.programme) << "\n";
  for (const StackGroup& g : pack.stack_groups()) {
    if (g.id == r.stack_group)
      out << "  stack group " << g.id << ": " << StackModeName(g.mode) << "  [" << g.clause << "]\n";
  }
  if (!r.recognises.empty()) out << "  recognises " << r.recognises << "\n";
  if (!r.note.empty()) out << "  note: " << OneLineOf(r.note) << "\n";
  out << "\n";
  PrintFeel("when", r.when, "", out);
  PrintFeel("amount", r.amount, " a " + std::string(PeriodName(r.per)), out);
  PrintFeel("breach", r.breach, "", out);
  PrintFeel("due", r.due, "", out);
  if (!on.derived.empty()) out << "\n  derived facts\n";
  for (const int i : on.derived) {
    const DerivedFact& f = data.derived[static_cast<size_t>(i)];
    out << "    " << f.name << " (" << PlaceWord(f.place) << ", " << TypeText(f.type, f.unit) << ")  [" << f.clause
        << "]\n";
    if (const auto& table = data.derived_tables[static_cast<size_t>(i)]; table != nullptr) {
      PrintTable(table->table, out);
    } else {
      out << "        " << OneLineOf(f.expression) << "\n";
    }
    if (!f.note.empty()) out << "        note: " << OneLineOf(f.note) << "\n";
  }
  if (!on.raw.empty() || !on.registries.empty()) {
    out << "\n";
    TextTable table({{"facts read"}, {"of"}, {"type"}, {"from"}});
    for (const int i : on.raw) {
      const RawFact& f = data.raw[static_cast<size_t>(i)];
      table.AddRow({f.name, std::string(PlaceWord(f.place)), TypeText(f.type, f.unit), f.source});
    }
    for (const int i : on.registries)
      table.AddRow({data.registries[static_cast<size_t>(i)], "member", "rows", "registry"});
    out << table.ToString(2);
  }
  if (!on.parameters.empty()) {
    out << "\n";
    TextTable table({{"parameter"}, {day.ToString(), Align::kRight, 32}, {"unit"}, {"review"}, {"clause"}});
    for (const int i : on.parameters) {
      const Parameter& p = data.parameters[static_cast<size_t>(i)];
      table.AddRow({p.name, ParameterText(p, day), p.unit, p.review ? p.review->ToString() : "", p.clause});
    }
    out << table.ToString(2);
  }
  out << "\n  " << cases << (cases == 1 ? " case" : " cases") << "\n";
}

void Write(const Pack& pack, const Rule& r, const RestsOn& on, size_t cases, CivilDay day, std::ostream& out) {
  const PackData& data = pack.data();
  JsonWriter json(&out);
  json.BeginObject();
  const std::pair<const char*, std::string> texts[] = {
      {"pack", pack.id()},        {"rule", r.id},
      {"title_en", r.title.en},   {"title_zh", r.title.zh},
      {"clause", r.clause},       {"unit", std::string(RuleUnitName(r.unit))},
      {"kind", r.kind},           {"computable", r.computable},
      {"programme", r.programme}, {"stack_group", r.stack_group},
      {"note", r.note},           {"when", r.when},
      {"amount", r.amount},       {"per", std::string(PeriodName(r.per))},
      {"breach", r.breach},       {"due", r.due}};
  for (const auto& [key, text] : texts) json.Key(key).Text(text);
  json.Key("derived").BeginArray();
  for (const int i : on.derived) {
    const DerivedFact& f = data.derived[static_cast<size_t>(i)];
    json.BeginObject();
    json.Key("name").Text(f.name);
    json.Key("place").Text(PlaceWord(f.place));
    json.Key("type").Text(FactTypeName(f.type));
    json.Key("unit").Text(f.unit);
    json.Key("clause").Text(f.clause);
    json.Key("feel").Text(f.expression);
    json.Key("table").Bool(data.derived_tables[static_cast<size_t>(i)] != nullptr);
    json.Key("note").Text(f.note);
    json.EndObject();
  }
  json.EndArray();
  json.Key("facts").BeginArray();
  for (const int i : on.raw) {
    const RawFact& f = data.raw[static_cast<size_t>(i)];
    json.BeginObject();
    json.Key("name").Text(f.name);
    json.Key("place").Text(PlaceWord(f.place));
    json.Key("type").Text(FactTypeName(f.type));
    json.Key("unit").Text(f.unit);
    json.Key("source").Text(f.source);
    json.EndObject();
  }
  json.EndArray();
  json.Key("registries").BeginArray();
  for (const int i : on.registries) json.Text(data.registries[static_cast<size_t>(i)]);
  json.EndArray();
  json.Key("as_of").Day(day);
  json.Key("parameters").BeginArray();
  for (const int i : on.parameters) {
    const Parameter& p = data.parameters[static_cast<size_t>(i)];
    const Value* v = ValueInForce(p.values, day);
    json.BeginObject();
    json.Key("name").Text(p.name);
    json.Key("value");
    v != nullptr ? json.Text(v->ToString()) : json.Null();
    json.Key("unit").Text(p.unit);
    json.Key("clause").Text(p.clause);
    json.Key("review").Day(p.review);
    json.EndObject();
  }
  json.EndArray();
  json.Key("cases").Count(cases);
  json.EndObject();
  json.Finish();
}

}  // namespace

int PolicyShow(const PolicyOptions& options) {
  const StatusOr<PolicyFolder> folder = OpenPolicyFolder(options);
  if (!folder.ok()) return Fail(folder.status());
  std::vector<std::string> ids;
  for (const std::string& path : PacksAsked(options, folder->root)) {
    const std::string at = PackFolder(path, folder->root).string();
    const StatusOr<Pack> pack = LoadPack(at, folder->schemas);
    if (!pack.ok()) return Fail(Annotate(pack.status(), path));
    const int rule = pack->FindRule(options.rule);
    if (rule < 0) {
      for (const Rule& r : pack->rules()) ids.push_back(r.id);
      for (const LeftOutRule& r : pack->left_out()) {
        if (r.id != options.rule) continue;
        std::cout << r.id << "  " << r.title.en << "  " << r.title.zh << "\n  " << r.clause << "  (" << pack->id()
                  << ")\n  left out of the pack: " << OneLineOf(r.reason) << "\n";
        return kExitOk;
      }
      continue;
    }
    const Rule& r = pack->rules()[static_cast<size_t>(rule)];
    const RestsOn on = Walk(pack->data()).Of(pack->data().compiled[static_cast<size_t>(rule)]);
    const size_t cases = CaseCount(*folder, at, *pack, r.id);
    options.json ? Write(*pack, r, on, cases, folder->as_of, std::cout)
                 : Print(*pack, r, on, cases, folder->as_of, std::cout);
    return kExitOk;
  }
  const std::string near = NearestName(options.rule, ids);
  return Fail(NotFound("no pack has a rule " + options.rule + (near.empty() ? "" : "; did you mean " + near + "?")));
}

}  // namespace hearth
