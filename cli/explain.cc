// hearth explain: one alert from its clause down to the lines of the feeds.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "cli/common.h"
#include "cli/explain_all.h"
#include "cli/explain_link.h"
#include "cli/explain_outlook.h"
#include "nightly/case_file.h"
#include "report/json_writer.h"
#include "report/table.h"
#include "store/codec.h"

namespace hearth {
namespace {

// An alert with the case behind it and the steps of the rule that decided it.
struct Explanation {
  Alert alert;
  const ActivePack* pack = nullptr;
  CaseFile file;
  std::optional<Trace> trace;  // none for people who are in no family unit
  std::optional<Outlook> outlook;
};

StatusOr<Explanation> Explain(const OpenStore& store, std::string_view id_text) {
  const auto id = AlertId::Parse(id_text);
  if (!id) return InvalidArgument("an alert id is a- and sixteen hexadecimal digits, as hearth alerts prints it");
  auto bytes = store.generation->Get(Table::kAlerts, IdKey(id->value));
  if (!bytes.ok()) return NotFound("no alert has that id in this generation");
  Explanation e;
  HEARTH_ASSIGN_OR_RETURN(e.alert, DecodeAlert(*bytes));
  for (const ActivePack& pack : store.packs.active) {
    if (pack.pack.id() == e.alert.pack) e.pack = &pack;
  }
  if (e.pack == nullptr)
    return FailedPrecondition("the alert's pack " + e.alert.pack + " is not among the site's packs");
  if (e.alert.unit.value == 0) {
    HEARTH_ASSIGN_OR_RETURN(const StoredHousehold household, FindHousehold(*store.generation, e.alert.household_no));
    HEARTH_ASSIGN_OR_RETURN(e.file, OpenAbsentCase(*store.generation, store.schemas, household.id));
    return e;
  }
  HEARTH_ASSIGN_OR_RETURN(e.file, OpenUnitCase(*store.generation, store.schemas, e.alert.unit));
  const CivilDay as_of = store.generation->meta().as_of;
  const UnitFacts facts = FactsOf(e.file, store.schemas, store.packs.profile, e.pack->pack,
                                  AnsweredOf(*store.generation, store.schemas), as_of);
  int member = -1;
  for (size_t i = 0; i < e.file.members.size(); ++i) {
    if (e.alert.person.value != 0 && e.file.members[i].stored.person.id == e.alert.person) member = static_cast<int>(i);
  }
  const int rule = e.pack->pack.FindRule(e.alert.rule);
  if (rule < 0) return FailedPrecondition("rule " + e.alert.rule + " is not in the pack any more");
  HEARTH_ASSIGN_OR_RETURN(const SiteParameters site, SiteAt(*e.pack, e.file.household.region));
  HEARTH_ASSIGN_OR_RETURN(e.trace, ExplainRule(e.pack->pack, site, facts, as_of, static_cast<uint32_t>(rule), member));
  HEARTH_ASSIGN_OR_RETURN(e.outlook, LookAhead(e.pack->pack, site, facts, as_of, static_cast<uint32_t>(rule), member));
  return e;
}

std::string_view KindName(TraceStep::Kind kind) {
  switch (kind) {
    case TraceStep::Kind::kFact:
      return "fact";
    case TraceStep::Kind::kDerived:
      return "derived";
    case TraceStep::Kind::kParameter:
      return "parameter";
    case TraceStep::Kind::kComparison:
      return "comparison";
    case TraceStep::Kind::kRule:
      return "rule";
  }
  return "";
}

std::string_view RoundingTitle(Rounding r) {
  switch (r) {
    case Rounding::kDown:
      return "exact, then down to the fen (舍去)";
    case Rounding::kHalfUp:
      return "exact, then half up to the fen (四舍五入到分)";
    case Rounding::kUp:
      return "exact, then up to the fen (进一)";
  }
  return "";
}

// A pack's expression may run over lines.
std::string OneLine(std::string_view text) {
  std::string line;
  for (char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t';
    if (!space) line += c;
    if (space && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

constexpr int kLineLevels = 4;  // the condition's own tests and those of its asset test

// Prints the steps from the conclusion down to what led to it. A step's rows are named where they first decide
// something, as ranges of lines.
class StepPrinter {
 public:
  StepPrinter(const Generation& g, const Trace& trace) : g_(g), steps_(trace.steps), children_(steps_.size()) {
    // Steps of depth d + 1 stand before the step of depth d that they led to.
    std::vector<size_t> open;
    for (size_t i = 0; i < steps_.size(); ++i) {
      while (!open.empty() && steps_[open.back()].depth > steps_[i].depth) {
        children_[i].push_back(open.back());
        open.pop_back();
      }
      std::reverse(children_[i].begin(), children_[i].end());
      open.push_back(i);
    }
    roots_ = std::move(open);
  }
  void Print() {
    for (size_t root : roots_) PrintTree(root, 1);
  }

 private:
  void PrintTree(size_t i, int level) {
    const TraceStep& step = steps_[i];
    const std::string indent(2 * static_cast<size_t>(level), ' ');
    std::cout << indent;
    if (!step.subject.empty() && step.subject != "household") std::cout << step.subject << ": ";
    if (step.kind == TraceStep::Kind::kComparison) {
      std::cout << OneLine(step.name) << "  (" << step.expression << ")  ->  " << step.value.ToString();
    } else {
      std::cout << step.name << " = " << step.value.ToString();
      if (!step.expression.empty()) std::cout << "   := " << OneLine(step.expression);
    }
    // Inner comparisons are switches, not lines.
    if (step.distance && level <= kLineLevels) std::cout << "   distance to the line " << step.distance->ToString();
    if (!step.clause.empty() && step.clause != clause_) std::cout << "   [" << step.clause << "]";
    if (level == 1) clause_ = step.clause;
    std::cout << "\n";
    for (size_t child : children_[i]) PrintTree(child, level + 1);
    PrintRows(step, indent + "    ");
  }

  void PrintRows(const TraceStep& step, const std::string& indent) {
    std::map<std::string, std::vector<uint32_t>> lines;  // "feed seq N (registry)" -> lines
    for (const RowRef& row : step.rows) {
      if (!shown_.insert({row.table, row.row}).second) continue;
      const RowOrigin& origin = row.table->Origin(row.row);
      const std::string feed = origin.feed < g_.meta().feeds.size() ? g_.meta().feeds[origin.feed].feed : "?";
      lines[feed + " seq " + std::to_string(origin.batch_seq)].push_back(origin.line);
    }
    for (auto& [feed, numbers] : lines) {
      std::sort(numbers.begin(), numbers.end());
      std::cout << indent << "from " << feed << (numbers.size() == 1 ? " line " : " lines ");
      for (size_t k = 0; k < numbers.size();) {
        size_t end = k;
        while (end + 1 < numbers.size() && numbers[end + 1] == numbers[end] + 1) ++end;
        std::cout << (k > 0 ? ", " : "") << numbers[k];
        if (end > k) std::cout << "-" << numbers[end];
        k = end + 1;
      }
      std::cout << "\n";
    }
  }

  const Generation& g_;
  const std::vector<TraceStep>& steps_;
  std::vector<std::vector<size_t>> children_;
  std::vector<size_t> roots_;
  std::string clause_;
  std::set<std::pair<const RecordTable*, uint32_t>> shown_;
};

// The rows that say who a member is: those of the household register; for people in no unit, all that count.
std::vector<std::string> RowsOf(const Generation& g, const Explanation& e, const CaseMember& member) {
  std::vector<std::string> rows;
  for (const CaseRow& row : member.rows) {
    const RecordTable& t = e.file.tables[row.at.table];
    if (row.listed && (!e.trace || t.schema().household.person >= 0)) rows.push_back(DescribeRow(g, t, row.at.row));
  }
  return rows;
}

void PrintAbsent(const OpenStore& store, const Explanation& e) {
  std::cout << "\nNobody of this household who is on the register lives in it any more. Rows that say so:\n";
  for (const CaseMember& m : e.file.members) {
    if (e.alert.person.value != 0 && m.stored.person.id != e.alert.person) continue;
    std::cout << "  p-" << m.stored.person.id.value
              << (m.stored.person.death_date ? ", died " + m.stored.person.death_date->ToString() : "") << "\n";
    for (const CaseRow& row : m.rows) {
      if (!row.listed) continue;
      const RecordTable& t = e.file.tables[row.at.table];
      std::cout << "    " << DescribeRow(*store.generation, t, row.at.row) << "  linked by "
                << LinkBasisName(row.link.basis);
      if (t.schema().household.status >= 0) {
        std::cout << "  status " << t.CodeAt(t.schema().household.status, row.at.row);
      }
      std::cout << "\n";
    }
  }
}

void PrintText(const OpenStore& store, const Explanation& e) {
  const Alert& a = e.alert;
  const Rule& rule = e.pack->pack.rules()[static_cast<size_t>(e.pack->pack.FindRule(a.rule))];
  std::cout << AlertKindTitle(a.kind) << " (" << AlertKindName(a.kind) << ")  " << a.id.ToString() << "  "
            << AlertStateName(a.state) << "\n";
  std::cout << "programme " << a.programme << "   rule " << rule.id << " " << rule.title.zh << " (" << rule.title.en
            << ")\n";
  std::cout << "clause    " << a.clause << "   pack " << a.pack << " " << e.pack->pack.digest() << "\n";
  std::cout << "household " << a.household_no << "   region " << a.region << "   lead " << a.lead << "\n";
  std::cout << "raised    " << a.raised_on.ToString() << "   seen " << a.seen_on.ToString() << "   evidence "
            << EvidenceGradeName(a.evidence) << "   cause " << a.cause << "\n";
  if (a.money) std::cout << "money     " << Yuan(*a.money) << " yuan a month\n";
  if (a.distance) std::cout << "distance  " << Yuan(*a.distance) << " yuan a month and head to the line\n";
  if (!e.trace) {
    PrintAbsent(store, e);
    return;
  }
  std::cout << "\nmembers\n";
  for (size_t i = 0; i < e.file.members.size(); ++i) {
    std::cout << "  member " << i + 1 << "  p-" << e.file.members[i].stored.person.id.value << "  "
              << MembershipReasonName(e.file.members[i].reason) << "\n";
    for (const std::string& row : RowsOf(*store.generation, e, e.file.members[i])) std::cout << "    " << row << "\n";
  }
  std::cout << "\nsteps, as of " << store.generation->meta().as_of.ToString() << "\n";
  StepPrinter(*store.generation, *e.trace).Print();
  std::cout << "\n" << OutlookText(*e.outlook) << "rounding: " << RoundingTitle(rule.rounding) << "\n";
}

void PrintJson(const OpenStore& store, const Explanation& e) {
  JsonWriter json(&std::cout);
  json.BeginObject();
  const Rule& rule = e.pack->pack.rules()[static_cast<size_t>(e.pack->pack.FindRule(e.alert.rule))];
  json.Key("format").Text("hearth-explanation");
  json.Key("version").Int(1);
  json.Key("alert").Text(e.alert.id.ToString());
  json.Key("kind").Text(AlertKindName(e.alert.kind));
  json.Key("programme").Text(e.alert.programme);
  json.Key("rule").Text(e.alert.rule);
  json.Key("title_zh").Text(rule.title.zh);
  json.Key("title_en").Text(rule.title.en);
  json.Key("clause").Text(e.alert.clause);
  json.Key("rounding").Text(RoundingTitle(rule.rounding));
  json.Key("pack").Text(e.alert.pack);
  json.Key("pack_digest").Text(e.pack->pack.digest());
  json.Key("as_of").Day(store.generation->meta().as_of);
  json.Key("cause").Text(e.alert.cause);
  json.Key("money_month").Yuan(e.alert.money);
  json.Key("distance").Yuan(e.alert.distance);
  json.Key("members").BeginArray();
  for (const CaseMember& m : e.file.members) {
    json.BeginObject();
    json.Key("person").Text("p-" + std::to_string(m.stored.person.id.value));
    json.Key("counts_as");
    e.trace ? json.Text(MembershipReasonName(m.reason)) : json.Null();
    json.Key("rows").BeginArray();
    for (const std::string& row : RowsOf(*store.generation, e, m)) json.Text(row);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.Key("steps").BeginArray();
  if (e.trace) {
    for (const TraceStep& step : e.trace->steps) {
      json.BeginObject();
      json.Key("kind").Text(KindName(step.kind));
      json.Key("depth").Int(step.depth);
      json.Key("subject").Text(step.subject);
      json.Key("name").Text(step.name);
      json.Key("expression").Text(step.expression);
      json.Key("value").Text(step.value.ToString());
      json.Key("clause").Text(step.clause);
      json.Key("distance");
      step.distance ? json.Text(step.distance->ToString()) : json.Null();
      json.Key("rows").BeginArray();
      for (const RowRef& row : step.rows) json.Text(DescribeRow(*store.generation, *row.table, row.row));
      json.EndArray();
      json.EndObject();
    }
  }
  json.EndArray();
  json.Key("outlook");
  e.outlook ? WriteOutlook(*e.outlook, json) : json.Null();
  json.EndObject();
  json.Finish();
}

}  // namespace

void AddExplainCommand(CLI::App& app) {
  struct Options {
    std::string config, packs, id, link;
    bool json = false, all = false;
    ExplainAllOptions stream;
  };
  auto o = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("explain", "an alert: its clause, its rows, each step of the arithmetic; or a link");
  command->footer(
      "Examples:\n  hearth explain --config city/hearth.yaml a-0123456789abcdef\n"
      "  hearth explain --config city/hearth.yaml --link \"vehicles:02|浙Z12345:owner\"\n"
      "  hearth explain --config city/hearth.yaml --all --out night.jsonl");
  AddSiteOptions(command, &o->config, &o->packs);
  CLI::Option* alert = command->add_option("alert", o->id, "alert id, as hearth alerts prints it");
  CLI::Option* link =
      command->add_option("--link", o->link, "instead: why a row belongs to its person, as REGISTRY:ROWKEY[:ROLE]");
  link->excludes(alert);
  CLI::Option* all = command->add_flag("--all", o->all, "everything: a record a family unit, for tools/recheck");
  all->excludes(alert)->excludes(link);
  CLI::Option* out = command->add_option("--out", o->stream.out, "with --all: where to, - for standard output");
  all->needs(out);
  out->needs(all);
  command->add_option("--pack", o->stream.pack, "with --all: this pack alone")->needs(all);
  command->add_option("--as-of", o->stream.as_of, "with --all: another day, the rows as they are")->needs(all);
  command->add_option("--threads", o->stream.threads, "with --all: default all cores")->needs(all);
  command->add_flag("--json", o->json, "as JSON");
  OnRun(command, [o] {
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    if (o->all) return ExplainAllCommand(*store, o->packs, o->stream);
    if (!o->link.empty()) return ExplainLinkCommand(*store, o->link, o->json);
    if (o->id.empty()) {
      std::cerr << "hearth explain: an alert id, --link or --all is needed\n";
      return kExitUsage;
    }
    const auto explanation = Explain(*store, o->id);
    if (!explanation.ok()) return Fail(explanation.status());
    o->json ? PrintJson(*store, *explanation) : PrintText(*store, *explanation);
    return kExitOk;
  });
}

}  // namespace hearth
