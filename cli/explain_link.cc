#include "cli/explain_link.h"

#include <cstdio>
#include <iostream>

#include "core/citizen_number.h"
#include "nightly/case_file.h"
#include "nightly/link_case.h"
#include "report/json_writer.h"
#include "report/table.h"
#include "store/desk.h"

namespace hearth {
namespace {

std::string Bits(double bits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", bits);
  return std::string_view(text) == "-0.00" ? "0.00" : text;
}

// Never shown as 0 or 1, which no evidence reaches.
std::string Probability(double p) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", p);
  if (p > 0.9999) return "above 0.9999";
  return p < 0.0001 ? "below 0.0001" : text;
}

// The level of a comparison in the waterfall; empty when it is not there.
std::string LevelOf(const LinkWaterfall& w, std::string_view comparison) {
  for (const LinkWaterfall::Step& step : w.steps) {
    if (step.comparison == comparison) return step.level;
  }
  return "";
}

struct Explained {
  LinkCase file;
  LinkWaterfall waterfall;
  std::vector<LinkDecision> decisions;  // that stand about this mention
};

bool IsPersonsNumber(const Explained& e) {
  const Mention m = e.file.asked[0];
  const RecordTable& t = e.file.tables[m.table];
  const int column = t.schema().persons[m.role].number;
  if (!t.Has(column, m.row)) return false;
  std::string text(t.Text(column, m.row));
  if (text.size() == 15) text = UpgradeOld15(text);
  return text.substr(0, 18) == e.file.PersonOf(m).number;
}

// What made the link, in one sentence.
std::string BasisSentence(const Explained& e) {
  const std::string name = LevelOf(e.waterfall, "name");
  switch (e.waterfall.basis) {
    case LinkBasis::kSingle:
      return "nothing else is held to be the same person";
    case LinkBasis::kNumber:
      if (IsPersonsNumber(e))
        return "its citizen number is usable, the person's other rows have it too, and the names agree (" + name + ")";
      return "it bears another number of the person (an old or corrected one, or another document's): name, birth "
             "date, "
             "sex and a second key agree, or it is the other document's holder";
    case LinkBasis::kSubjectKey:
      return "the registry's own number of the person stands in other rows of this person too, and the names agree (" +
             name + ")";
    case LinkBasis::kProbabilistic:
      return "the evidence of several fields together is above the threshold, and nobody else comes near";
    case LinkBasis::kNameOnly:
      return "above the threshold on the name's evidence alone; no adverse alert rests on it";
    case LinkBasis::kDesk: {
      for (const LinkDecision& d : e.decisions) {
        if (d.verdict == LinkVerdict::kSame) {
          return "decided by " + d.by + " on " + d.on.ToString() + ": the same person; " + d.why;
        }
      }
      return "decided by a person; the decision has been withdrawn since, and the next night goes without it";
    }
  }
  return "";
}

StatusOr<Explained> Explain(const OpenStore& store, const std::string& text) {
  const Generation& g = *store.generation;
  HEARTH_ASSIGN_OR_RETURN(const PersonMention mention, ParseMention(g, store.schemas, text));
  HEARTH_ASSIGN_OR_RETURN(const LinkRecord record, ReadLinkRecord(g));
  Explained e;
  HEARTH_ASSIGN_OR_RETURN(e.file, OpenLinkCase(g, store.schemas, {mention}));
  e.waterfall = ExplainLink(e.file.TablePointers(), e.file.linked, record.trained, record.names, e.file.asked[0]);
  const RegistrySchema& schema = *store.schemas[mention.registry];
  const MentionName name{schema.id, mention.key, schema.persons[mention.role].role};
  HEARTH_ASSIGN_OR_RETURN(const auto decisions, Desk(store.site.store.string()).LinkDecisions());
  for (LinkDecision& d : StandingDecisions(decisions)) {
    if (d.left == name || d.right == name) e.decisions.push_back(std::move(d));
  }
  return e;
}

void PrintText(const OpenStore& store, const Explained& e) {
  const LinkWaterfall& w = e.waterfall;
  const Mention m = e.file.asked[0];
  const RecordTable& t = e.file.tables[m.table];
  std::cout << DescribeRow(*store.generation, t, m.row) << " " << t.schema().persons[m.role].role << "\n";
  std::cout << "person    p-" << e.file.PersonOf(m).id.value << ", " << e.file.PersonOf(m).mention_count << " rows\n";
  std::cout << "linked by " << LinkBasisName(w.basis) << ": " << BasisSentence(e) << "\n";
  if (w.steps.empty()) return;
  std::cout << "weighed with ";
  if (w.registries.empty()) std::cout << "the common model";
  for (size_t i = 0; i < w.registries.size(); ++i) std::cout << (i == 0 ? "the model of " : ", ") << w.registries[i];
  std::cout << "; links from " << Bits(w.thresholds.upper_bits) << " bits, review from "
            << Bits(w.thresholds.lower_bits) << "\n\n";
  TextTable table({{"comparison"},
                   {"level"},
                   {"bits", Align::kRight},
                   {"of them for a rare name", Align::kRight},
                   {"running total", Align::kRight}});
  table.AddRow({"prior", "", Bits(w.prior_bits), "", Bits(w.prior_bits)});
  for (const LinkWaterfall::Step& s : w.steps) {
    const bool missing = s.level == "missing";
    table.AddRow({s.comparison, s.level, missing ? "" : Bits(s.bits),
                  s.frequency_bits == 0 ? "" : Bits(s.frequency_bits), missing ? "" : Bits(s.running_bits)});
  }
  table.AddRule();
  table.AddRow({"total", "", Bits(w.total_bits), "", "p " + Probability(w.probability)});
  std::cout << table.ToString(2);
  if (w.basis == LinkBasis::kProbabilistic || w.basis == LinkBasis::kNameOnly) {
    std::cout << "\nwhen the night made the link it weighed " << Bits(w.night_bits)
              << " bits, with what was known of the person in that round\n";
  } else if (w.basis != LinkBasis::kSingle) {
    std::cout << "\nthe link does not rest on these weights; they show how well the rows fit\n";
  }
}

void PrintJson(const OpenStore& store, const Explained& e) {
  const LinkWaterfall& w = e.waterfall;
  const Mention m = e.file.asked[0];
  const RecordTable& t = e.file.tables[m.table];
  JsonWriter json(&std::cout);
  json.BeginObject();
  json.Key("row").Text(DescribeRow(*store.generation, t, m.row));
  json.Key("role").Text(t.schema().persons[m.role].role);
  json.Key("person").Text("p-" + std::to_string(e.file.PersonOf(m).id.value));
  json.Key("rows_of_person").Count(e.file.PersonOf(m).mention_count);
  json.Key("linked_by").Text(LinkBasisName(w.basis));
  json.Key("why").Text(BasisSentence(e));
  json.Key("models").BeginArray();
  for (const std::string& registry : w.registries) json.Text(registry);
  json.EndArray();
  json.Key("upper_bits").Measure(w.thresholds.upper_bits);
  json.Key("lower_bits").Measure(w.thresholds.lower_bits);
  json.Key("prior_bits").Measure(w.prior_bits);
  json.Key("steps").BeginArray();
  for (const LinkWaterfall::Step& s : w.steps) {
    json.BeginObject();
    json.Key("comparison").Text(s.comparison);
    json.Key("level").Text(s.level);
    json.Key("bits").Measure(s.bits);
    json.Key("frequency_bits").Measure(s.frequency_bits);
    json.Key("running_bits").Measure(s.running_bits);
    json.EndObject();
  }
  json.EndArray();
  json.Key("total_bits").Measure(w.total_bits);
  json.Key("probability").Measure(w.probability);
  json.Key("night_bits").Measure(w.night_bits);
  json.EndObject();
  json.Finish();
}

}  // namespace

int ExplainLinkCommand(const OpenStore& store, const std::string& mention, bool json) {
  const auto explained = Explain(store, mention);
  if (!explained.ok()) return Fail(explained.status());
  json ? PrintJson(store, *explained) : PrintText(store, *explained);
  return kExitOk;
}

}  // namespace hearth
