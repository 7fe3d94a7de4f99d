// hearth review: the pairs that linking leaves to a person, and what a person says about them.
#include "nightly/review.h"

#include <CLI/CLI.hpp>
#include <ctime>
#include <iostream>
#include <memory>

#include "cli/common.h"
#include "core/citizen_number.h"
#include "core/text.h"
#include "nightly/case_file.h"
#include "nightly/link_case.h"
#include "report/json_writer.h"
#include "report/table.h"

namespace hearth {
namespace {

struct ReviewOptions {
  std::string config, packs, decide, undo, by, why, on;
  int limit = 20;
  bool json = false, same = false, different = false, unsure = false, decided = false;
};

// The first character, and a * for each further one.
std::string MaskName(std::string_view name) {
  if (name.empty()) return "";
  size_t at = 0;
  NextCodePoint(name, &at);
  return std::string(name.substr(0, at)) + std::string(CountCodePoints(name.substr(at)), '*');
}

std::string Fixed(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

// One side of a pair as a reviewer may see it.
struct Side {
  std::string row, role, name, number, born, person;
  uint32_t rows = 0;
};

Side SideOf(const Generation& g, const LinkCase& file, Mention m) {
  const RecordTable& t = file.tables[m.table];
  const PersonReference& ref = t.schema().persons[m.role];
  Side side{DescribeRow(g, t, m.row), ref.role};
  if (t.Has(ref.name, m.row)) side.name = MaskName(t.Text(ref.name, m.row));
  if (ref.number >= 0) {
    side.number = MaskNumber(t.Has(ref.number, m.row) ? t.Text(ref.number, m.row) : t.Raw(ref.number, m.row));
  }
  // The year alone: a whole birth date is half a number.
  if (t.Has(ref.birth_date, m.row)) side.born = t.DayAt(ref.birth_date, m.row).ToString().substr(0, 4);
  side.person = "p-" + std::to_string(file.PersonOf(m).id.value);
  side.rows = file.PersonOf(m).mention_count;
  return side;
}

std::string_view ReasonText(const ReviewItem& item) {
  return item.reason == ReviewPair::Reason::kNumberConflict ? "names clash on one number" : "linking could not tell";
}

struct Shown {
  Side left, right;
  std::vector<std::pair<std::string, std::string>> levels;  // comparison, level; the missing ones left out
};

StatusOr<Shown> Show(const OpenStore& store, const LinkRecord& record, const ReviewItem& item) {
  HEARTH_ASSIGN_OR_RETURN(const LinkCase file,
                          OpenLinkCase(*store.generation, store.schemas, {item.left_mention, item.right_mention}));
  Shown shown{SideOf(*store.generation, file, file.asked[0]), SideOf(*store.generation, file, file.asked[1]), {}};
  const LinkWaterfall w =
      ExplainPair(file.TablePointers(), file.linked, record.trained, record.names, file.asked[0], file.asked[1]);
  for (const LinkWaterfall::Step& step : w.steps) {
    if (step.level != "missing") shown.levels.emplace_back(step.comparison, step.level);
  }
  return shown;
}

void PrintSide(std::string_view label, const Side& side) {
  std::cout << "    " << label << side.row << " " << side.role << "  " << side.name;
  if (!side.number.empty()) std::cout << "  " << side.number;
  if (!side.born.empty()) std::cout << "  born " << side.born;
  std::cout << "  " << side.person << ", " << side.rows << (side.rows == 1 ? " row\n" : " rows\n");
}

void PrintItem(const ReviewItem& item, const Shown& shown) {
  std::cout << item.id << "  value " << Fixed(item.value) << "  " << ReasonText(item) << ", " << Fixed(item.bits)
            << " bits, p " << Fixed(item.probability) << "\n    uncertainty " << Fixed(item.uncertainty)
            << "; of the two " << item.enrolled << " on an enrolment register, " << item.alerted
            << " with a standing alert\n";
  PrintSide("", shown.left);
  PrintSide("", shown.right);
  std::cout << "   ";
  for (const auto& [comparison, level] : shown.levels) std::cout << " " << comparison << " " << level << ";";
  if (item.decision) {
    std::cout << "\n    " << item.decision->by << " was unsure on " << item.decision->on.ToString() << ": "
              << item.decision->why;
  }
  std::cout << "\n\n";
}

void SideJson(std::string_view key, const Side& side, JsonWriter& json) {
  json.Key(key).BeginObject();
  json.Key("row").Text(side.row);
  json.Key("role").Text(side.role);
  json.Key("name_masked").Text(side.name);
  json.Key("number_masked").Text(side.number);
  json.Key("birth_year").Text(side.born);
  json.Key("person").Text(side.person);
  json.Key("rows_of_person").Count(side.rows);
  json.EndObject();
}

void ItemJson(const ReviewItem& item, const Shown& shown, JsonWriter& json) {
  json.BeginObject();
  json.Key("pair").Text(item.id);
  json.Key("reason").Text(item.reason == ReviewPair::Reason::kNumberConflict ? "number_conflict"
                                                                             : "between_thresholds");
  json.Key("value").Measure(item.value);
  json.Key("uncertainty").Measure(item.uncertainty);
  json.Key("match_weight").Measure(item.bits);
  json.Key("probability").Measure(item.probability);
  json.Key("enrolled").Int(item.enrolled);
  json.Key("alerted").Int(item.alerted);
  SideJson("left", shown.left, json);
  SideJson("right", shown.right, json);
  json.Key("levels").BeginObject();
  for (const auto& [comparison, level] : shown.levels) json.Key(comparison).Text(level);
  json.EndObject();
  json.Key("unsure_by");
  item.decision ? json.Text(item.decision->by) : json.Null();
  json.EndObject();
}

int List(const OpenStore& store, const ReviewOptions& o, const std::vector<LinkDecision>& decisions) {
  const auto record = ReadLinkRecord(*store.generation);
  if (!record.ok()) return Fail(record.status());
  const auto items =
      ListReviews(*store.generation, store.schemas, decisions, record->trained.common.thresholds.upper_bits);
  if (!items.ok()) return Fail(items.status());
  const size_t count = std::min(items->size(), static_cast<size_t>(o.limit));
  JsonWriter json(&std::cout);
  if (o.json) {
    json.BeginObject();
    json.Key("pairs").Count(items->size());
    json.Key("shown").BeginArray();
  }
  for (size_t i = 0; i < count; ++i) {
    const auto shown = Show(store, *record, (*items)[i]);
    if (!shown.ok()) return Fail(shown.status());
    o.json ? ItemJson((*items)[i], *shown, json) : PrintItem((*items)[i], *shown);
  }
  if (o.json) {
    json.EndArray();
    json.EndObject();
    json.Finish();
  } else {
    std::cout
        << Thousands(static_cast<int64_t>(count)) << " of " << Thousands(static_cast<int64_t>(items->size()))
        << " pairs, most valuable first: uncertainty times 1 + 2 for each person enrolled + 3 for each with an alert\n"
           "answer with: hearth review --config … --decide PAIR --same|--different|--unsure --by NAME --why TEXT\n";
  }
  return kExitOk;
}

int ListDecided(const ReviewOptions& o, const std::vector<LinkDecision>& decisions) {
  const std::vector<LinkDecision> standing = StandingDecisions(decisions);
  if (o.json) {
    JsonWriter json(&std::cout);
    json.BeginArray();
    for (const LinkDecision& d : standing) {
      json.BeginObject();
      json.Key("pair").Text(PairId(d.left, d.right));
      json.Key("verdict").Text(LinkVerdictName(d.verdict));
      json.Key("registries").Text(d.left.registry + ", " + d.right.registry);
      json.Key("by").Text(d.by);
      json.Key("on").Day(d.on);
      json.Key("why").Text(d.why);
      json.EndObject();
    }
    json.EndArray();
    json.Finish();
    return kExitOk;
  }
  TextTable table({{"pair"}, {"verdict"}, {"registries"}, {"by"}, {"on"}, {"why", Align::kLeft, 60}});
  for (const LinkDecision& d : standing) {
    table.AddRow({PairId(d.left, d.right), std::string(LinkVerdictName(d.verdict)),
                  d.left.registry + ", " + d.right.registry, d.by, d.on.ToString(), d.why});
  }
  std::cout << (standing.empty() ? "no decision stands\n" : table.ToString());
  return kExitOk;
}

StatusOr<CivilDay> DayOf(const ReviewOptions& o) {
  if (!o.on.empty()) return ParseIsoDay(o.on);
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &local);
  return ParseIsoDay(text);
}

int Decide(const OpenStore& store, const ReviewOptions& o, const std::vector<LinkDecision>& decisions) {
  const bool undo = !o.undo.empty();
  const std::string& id = undo ? o.undo : o.decide;
  const auto day = DayOf(o);
  if (!day.ok()) return Fail(Annotate(day.status(), "--on"));
  const auto pair = FindPair(*store.generation, store.schemas, decisions, id);
  if (!pair.ok()) return Fail(pair.status());
  const std::vector<LinkDecision> standing = StandingDecisions(decisions);
  const bool stands = std::any_of(standing.begin(), standing.end(),
                                  [&](const LinkDecision& d) { return PairId(d.left, d.right) == id; });
  if (undo && !stands) return Fail(NotFound("no decision stands on that pair; there is nothing to take back"));
  const LinkVerdict verdict = undo          ? LinkVerdict::kWithdrawn
                              : o.same      ? LinkVerdict::kSame
                              : o.different ? LinkVerdict::kDifferent
                                            : LinkVerdict::kUnsure;
  const Status s =
      Desk(store.site.store.string()).AddLinkDecision({pair->first, pair->second, verdict, o.by, *day, o.why});
  if (!s.ok()) return Fail(s);
  std::cout << id << ": " << LinkVerdictName(verdict) << ", by " << o.by << " on " << day->ToString()
            << "; the next night follows it\n";
  return kExitOk;
}

// Flags that do not go together; empty when they do.
std::string Misuse(const ReviewOptions& o) {
  const int verdicts = o.same + o.different + o.unsure;
  const bool answers = !o.decide.empty() || !o.undo.empty();
  if (!o.decide.empty() && verdicts != 1) return "--decide needs one of --same, --different, --unsure";
  if (o.decide.empty() && verdicts > 0) return "--same, --different and --unsure need --decide PAIR";
  if (answers && (o.by.empty() || o.why.empty())) return "--by NAME and --why TEXT are needed";
  if (!answers && !(o.by.empty() && o.why.empty() && o.on.empty()))
    return "--by, --why and --on need --decide or --undo";
  return o.limit < 0 ? "--limit is 0 or more" : "";
}

}  // namespace

void AddReviewCommand(CLI::App& app) {
  auto o = std::make_shared<ReviewOptions>();
  CLI::App* command =
      app.add_subcommand("review", "pairs of rows that a person should decide about, and the decisions");
  command->footer(
      "Examples:\n  hearth review --config city/hearth.yaml --limit 5\n"
      "  hearth review --config city/hearth.yaml --decide r-0123456789abcdef --different \\\n"
      "                --by li.wei --why \"two cousins, both papers seen\"\n"
      "  hearth review --config city/hearth.yaml --undo r-0123456789abcdef --by li.wei --why \"mixed up\"\n\n"
      "A pair's value is its uncertainty, 4 p (1 - p), times 1 + 2 for each of the two persons on an enrolment "
      "register\n"
      "and 3 for each with a standing alert. A decision is kept on the desk and holds for every later night; a pair "
      "may\n"
      "also be one of hearth person --history. Names and numbers are masked.");
  AddSiteOptions(command, &o->config, &o->packs);
  command->add_option("--limit", o->limit, "pairs to show (20)");
  command->add_flag("--json", o->json, "as JSON");
  command->add_flag("--decided", o->decided, "the decisions that stand, instead");
  CLI::Option* decide = command->add_option("--decide", o->decide, "the pair that you decide about");
  CLI::Option* undo = command->add_option("--undo", o->undo, "the pair whose decision you take back");
  undo->excludes(decide);
  command->add_flag("--same", o->same, "the two rows name one person");
  command->add_flag("--different", o->different, "they name two");
  command->add_flag("--unsure", o->unsure, "it cannot be told; the pair goes to the end of the list");
  command->add_option("--by", o->by, "your account");
  command->add_option("--why", o->why, "what you saw");
  command->add_option("--on", o->on, "the day of the decision, YYYY-MM-DD (default: today)");
  OnRun(command, [o] {
    if (const std::string misuse = Misuse(*o); !misuse.empty()) {
      std::cerr << "hearth review: " << misuse << "\n";
      return kExitUsage;
    }
    const auto store = OpenSite(o->config, o->packs);
    if (!store.ok()) return Fail(store.status());
    const auto decisions = Desk(store->site.store.string()).LinkDecisions();
    if (!decisions.ok()) return Fail(decisions.status());
    if (o->decided) return ListDecided(*o, *decisions);
    if (!o->decide.empty() || !o->undo.empty()) return Decide(*store, *o, *decisions);
    return List(*store, *o, *decisions);
  });
}

}  // namespace hearth
