// hearth policy list: counts by computability, kind and unit; the rules, those left out, switches and parameters.
#include <iostream>
#include <map>

#include "cli/common.h"
#include "cli/policy.h"
#include "report/json_writer.h"
#include "report/table.h"

namespace hearth {
namespace {

constexpr int kTextColumns = 60;  // a note or a reason is cut here; --json has it whole

std::string AmountText(const Rule& r) {
  return r.amount.empty() ? "-" : OneLineOf(r.amount) + " a " + std::string(PeriodName(r.per));
}

// Rules evaluated and left out, by a word of theirs.
struct Tally {
  std::map<std::string, std::pair<size_t, size_t>> counts;
  void Print(const std::string& title, bool left_out, std::ostream& out) const {
    std::vector<TableColumn> columns = {{title}, {"rules", Align::kRight}};
    if (left_out) {
      columns.push_back({"left out", Align::kRight});
      columns.push_back({"all", Align::kRight});
    }
    TextTable table(columns);
    std::pair<size_t, size_t> sum;
    const auto row = [&](const std::string& name, std::pair<size_t, size_t> n) {
      std::vector<std::string> cells = {name, std::to_string(n.first)};
      if (left_out) {
        cells.push_back(std::to_string(n.second));
        cells.push_back(std::to_string(n.first + n.second));
      }
      table.AddRow(cells);
    };
    for (const auto& [name, n] : counts) {
      row(name, n);
      sum.first += n.first;
      sum.second += n.second;
    }
    table.AddRule();
    row("", sum);
    out << table.ToString(2) << "\n";
  }
};

void PrintCounts(const Pack& pack, std::ostream& out) {
  Tally computable, kind, unit;
  for (const Rule& r : pack.rules()) {
    ++computable.counts[r.computable].first;
    ++kind.counts[r.kind].first;
    ++unit.counts[std::string(RuleUnitName(r.unit))].first;
  }
  for (const LeftOutRule& r : pack.left_out()) ++computable.counts[r.computable].second;
  computable.Print("computable", true, out);
  kind.Print("kind", false, out);
  unit.Print("unit", false, out);
}

void PrintRules(const Pack& pack, std::ostream& out) {
  TextTable table(
      {{"rule"}, {"title"}, {"名称"}, {"unit"}, {"kind"}, {"computable"}, {"amount", Align::kLeft, 48}, {"clause"}});
  for (const Rule& r : pack.rules()) {
    table.AddRow({r.id, r.title.en, r.title.zh, std::string(RuleUnitName(r.unit)), r.kind, r.computable, AmountText(r),
                  r.clause});
  }
  out << table.ToString(2) << "\n";
}

void PrintLeftOut(const Pack& pack, std::ostream& out) {
  TextTable table({{"left out"}, {"title"}, {"名称"}, {"computable"}, {"clause"}, {"reason"}});
  for (const LeftOutRule& r : pack.left_out()) {
    table.AddRow({r.id, r.title.en, r.title.zh, r.computable, r.clause, OneLineOf(r.reason)});
  }
  out << table.ToString(2) << "\n";
}

void PrintSwitches(const Pack& pack, CivilDay day, std::ostream& out) {
  TextTable table({{"ambiguity"},
                   {"switch"},
                   {"default", Align::kLeft, 28},
                   {"choices", Align::kLeft, kTextColumns},
                   {"clause"},
                   {"why", Align::kLeft, kTextColumns}});
  for (const Parameter& p : pack.parameters()) {
    if (p.ambiguity.empty()) continue;
    std::string choices;
    for (const std::string& c : p.choices) choices += (choices.empty() ? "" : " | ") + c;
    table.AddRow({p.ambiguity, p.name, ParameterText(p, day), choices, p.clause, OneLineOf(p.note)});
  }
  out << table.ToString(2) << "\n";
}

void PrintParameters(const Pack& pack, CivilDay day, std::ostream& out) {
  TextTable table(
      {{"parameter"}, {"value", Align::kRight, 32}, {"unit"}, {"since"}, {"better"}, {"review"}, {"clause"}});
  for (const Parameter& p : pack.parameters()) {
    std::string since;
    for (const DatedValue& d : p.values) {
      if (d.from <= day) since = d.from.ToString();
    }
    table.AddRow({p.name, ParameterText(p, day), p.unit, since, BetterName(p.better),
                  p.review ? p.review->ToString() + (*p.review < day ? " (past)" : "") : "", p.clause});
  }
  out << table.ToString(2) << "\n";
}

void PrintOverlays(const Pack& pack, std::ostream& out) {
  if (pack.overlays().empty()) return;
  TextTable table({{"overlay"}, {"parameters", Align::kRight}, {"amounts", Align::kRight}, {"clause"}});
  for (const Overlay& o : pack.overlays()) {
    table.AddRow({o.division, std::to_string(o.values.size()), std::to_string(o.local_amount.size()), o.clause});
  }
  out << table.ToString(2) << "\n";
}

size_t SwitchCount(const Pack& pack) {
  size_t n = 0;
  for (const Parameter& p : pack.parameters()) n += p.ambiguity.empty() ? 0 : 1;
  return n;
}

void Print(const Pack& pack, const PolicyOptions& options, CivilDay day, std::ostream& out) {
  out << pack.id() << "  " << pack.title().en << "  " << pack.title().zh << "  " << pack.document() << "\n"
      << "  in force " << pack.valid_from().ToString() << " to " << pack.valid_to().ToString() << ", digest "
      << pack.digest() << "\n  " << pack.parameters().size() << " parameters, " << SwitchCount(pack)
      << " of them switches; " << pack.raw_facts().size() << " facts read, " << pack.derived_facts().size()
      << " derived; " << pack.stack_groups().size() << " stack groups; " << pack.overlays().size() << " overlays\n\n";
  const bool counts = !options.rules && !options.left_out && !options.switches && !options.parameters;
  if (counts) PrintCounts(pack, out);
  if (counts) PrintOverlays(pack, out);
  if (options.rules) PrintRules(pack, out);
  if (options.left_out) PrintLeftOut(pack, out);
  if (options.switches) PrintSwitches(pack, day, out);
  if (options.parameters) PrintParameters(pack, day, out);
}

void WriteBilingual(JsonWriter& json, const Bilingual& title) {
  json.Key("title_en").Text(title.en);
  json.Key("title_zh").Text(title.zh);
}

void WriteDated(JsonWriter& json, const DatedValues& all) {
  json.BeginObject();
  for (const auto& [name, dated] : all) {
    json.Key(name).BeginArray();
    for (const DatedValue& d : dated) {
      json.BeginObject();
      json.Key("from").Day(d.from);
      json.Key("value").Text(d.value.ToString());
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
}

void WriteRule(JsonWriter& json, const Rule& r) {
  json.BeginObject();
  json.Key("rule").Text(r.id);
  WriteBilingual(json, r.title);
  json.Key("clause").Text(r.clause);
  json.Key("unit").Text(RuleUnitName(r.unit));
  json.Key("kind").Text(r.kind);
  json.Key("computable").Text(r.computable);
  json.Key("lead_en").Text(r.lead.en);
  json.Key("lead_zh").Text(r.lead.zh);
  json.Key("programme").Text(r.programme);
  json.Key("stack_group").Text(r.stack_group);
  json.Key("when").Text(r.when);
  json.Key("amount").Text(r.amount);
  json.Key("per").Text(PeriodName(r.per));
  json.Key("breach").Text(r.breach);
  json.Key("due").Text(r.due);
  json.Key("note").Text(r.note);
  json.EndObject();
}

void Write(JsonWriter& json, const Pack& pack, CivilDay day) {
  json.BeginObject();
  json.Key("pack").Text(pack.id());
  WriteBilingual(json, pack.title());
  json.Key("document").Text(pack.document());
  json.Key("valid_from").Day(pack.valid_from());
  json.Key("valid_to").Day(pack.valid_to());
  json.Key("digest").Text(pack.digest());
  json.Key("rules").BeginArray();
  for (const Rule& r : pack.rules()) WriteRule(json, r);
  json.EndArray();
  json.Key("left_out").BeginArray();
  for (const LeftOutRule& r : pack.left_out()) {
    json.BeginObject();
    json.Key("rule").Text(r.id);
    WriteBilingual(json, r.title);
    json.Key("clause").Text(r.clause);
    json.Key("computable").Text(r.computable);
    json.Key("reason").Text(r.reason);
    json.EndObject();
  }
  json.EndArray();
  json.Key("parameters").BeginArray();
  for (const Parameter& p : pack.parameters()) {
    json.BeginObject();
    json.Key("name").Text(p.name);
    json.Key("type").Text(FactTypeName(p.type));
    json.Key("unit").Text(p.unit);
    json.Key("clause").Text(p.clause);
    json.Key("set_by").Text(p.locality ? "locality" : "text");
    json.Key("better").Text(BetterName(p.better));
    json.Key("review").Day(p.review);
    const Value* v = ValueInForce(p.values, day);
    json.Key("value");
    v != nullptr ? json.Text(v->ToString()) : json.Null();
    json.Key("values");
    json.BeginArray();
    for (const DatedValue& d : p.values) {
      json.BeginObject();
      json.Key("from").Day(d.from);
      json.Key("value").Text(d.value.ToString());
      json.EndObject();
    }
    json.EndArray();
    json.Key("ambiguity").Text(p.ambiguity);
    json.Key("choices").BeginArray();
    for (const std::string& c : p.choices) json.Text(c);
    json.EndArray();
    json.Key("note").Text(p.note);
    json.EndObject();
  }
  json.EndArray();
  json.Key("stack_groups").BeginArray();
  for (const StackGroup& g : pack.stack_groups()) {
    json.BeginObject();
    json.Key("id").Text(g.id);
    json.Key("mode").Text(StackModeName(g.mode));
    json.Key("clause").Text(g.clause);
    json.EndObject();
  }
  json.EndArray();
  json.Key("overlays").BeginArray();
  for (const Overlay& o : pack.overlays()) {
    json.BeginObject();
    json.Key("division").Text(o.division);
    json.Key("clause").Text(o.clause);
    json.Key("parameters");
    WriteDated(json, o.values);
    json.Key("local_amount");
    WriteDated(json, o.local_amount);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

}  // namespace

int PolicyList(const PolicyOptions& options) {
  const StatusOr<PolicyFolder> folder = OpenPolicyFolder(options);
  if (!folder.ok()) return Fail(folder.status());
  JsonWriter json(&std::cout);
  if (options.json) json.BeginArray();
  for (const std::string& path : PacksAsked(options, folder->root)) {
    const StatusOr<Pack> pack = LoadPack(PackFolder(path, folder->root).string(), folder->schemas);
    if (!pack.ok()) return Fail(Annotate(pack.status(), path));
    if (options.json) {
      Write(json, *pack, folder->as_of);
    } else {
      Print(*pack, options, folder->as_of, std::cout);
    }
  }
  if (options.json) {
    json.EndArray();
    json.Finish();
  }
  return kExitOk;
}

}  // namespace hearth
