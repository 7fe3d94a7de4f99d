#include <sstream>

#include "nightly/link_report.h"
#include "nightly/night.h"
#include "report/json_writer.h"
#include "report/table.h"

namespace hearth {
namespace {

std::string Fixed(double value, int decimals) {
  std::ostringstream out;
  out.setf(std::ios::fixed);
  out.precision(decimals);
  out << value;
  return out.str();
}

uint64_t Sum(const std::map<std::string, uint64_t>& counts) {
  uint64_t n = 0;
  for (const auto& [name, count] : counts) n += count;
  return n;
}

void WriteCounts(JsonWriter& json, std::string_view key, const std::map<std::string, uint64_t>& counts) {
  json.Key(key).BeginObject();
  for (const auto& [name, n] : counts) json.Key(name).Count(n);
  json.EndObject();
}

void FeedsText(const NightReport& r, std::ostream& out) {
  TextTable feeds({{"feed"},
                   {"seq", Align::kRight},
                   {"rows read", Align::kRight},
                   {"accepted", Align::kRight},
                   {"quarantined", Align::kRight},
                   {"bad values", Align::kRight}});
  for (const FeedReport& f : r.feeds) {
    feeds.AddRow({f.feed, std::to_string(f.seq), Thousands(static_cast<int64_t>(f.rows_read)),
                  Thousands(static_cast<int64_t>(f.rows_accepted)), Thousands(static_cast<int64_t>(Sum(f.quarantined))),
                  Thousands(static_cast<int64_t>(Sum(f.verdicts)))});
  }
  if (feeds.size() > 0) out << feeds.ToString(2);
  std::map<std::string, uint64_t> reasons, verdicts;
  for (const FeedReport& f : r.feeds) {
    for (const auto& [name, n] : f.quarantined) reasons[name] += n;
    for (const auto& [name, n] : f.verdicts) verdicts[name] += n;
  }
  if (!reasons.empty()) {
    out << "\nquarantined rows by reason\n";
    for (const auto& [name, n] : reasons) out << "  " << name << " " << Thousands(static_cast<int64_t>(n)) << "\n";
    for (const std::string& line : r.quarantine_examples) out << "    " << line << "\n";
  }
  if (!verdicts.empty()) {
    out << "\nbad values by verdict (null, text kept, row goes on)\n ";
    for (const auto& [name, n] : verdicts) out << " " << name << " " << Thousands(static_cast<int64_t>(n));
    out << "\n";
  }
}

void HeldText(const NightReport& r, std::ostream& out) {
  out << "\nHELD: nothing was published; yesterday's generation goes on serving.\n";
  for (const HeldSubject& h : r.held) {
    out << "  " << h.subject << "\n";
    for (const std::string& reason : h.reasons) out << "    " << reason << "\n";
    if (!h.signed_by.empty()) {
      out << "    signed so far:";
      for (const std::string& name : h.signed_by) out << " " << name;
      out << "\n";
    }
    out << "    to let it through, two people";
    if (!h.approvers.empty()) {
      out << " among";
      for (const std::string& name : h.approvers) out << " " << name;
    }
    out << " each run:\n      hearth approve --config hearth.yaml --subject \"" << h.subject
        << "\" --by NAME --reason \"…\"\n    and the night is run again.\n";
  }
}

}  // namespace

std::string NightReportText(const NightReport& r) {
  std::ostringstream out;
  out << "night " << r.as_of.ToString() << "\n\n";
  FeedsText(r, out);
  for (const PulledDelivery& d : r.refused) {
    out << "refused: " << d.feed << " batch " << d.batch << ": " << d.reason << "\n";
  }
  for (const LateFeed& f : r.late) {
    out << "late: " << f.feed << (f.last_as_of ? ", last as of " + f.last_as_of->ToString() : ", never delivered")
        << "\n";
  }
  for (const std::string& line : r.silent) out << "no new delivery: " << line << "\n";
  for (const std::string& line : r.warnings) out << "warning: " << line << "\n";
  if (!r.held.empty()) {
    HeldText(r, out);
    return out.str();
  }
  const auto count = [](uint64_t n) { return Thousands(static_cast<int64_t>(n)); };
  out << "\n"
      << count(r.persons) << " persons (" << count(r.new_persons) << " new, " << count(r.merges) << " merged, "
      << count(r.splits) << " split" << (r.absorbed > 0 ? ", " + count(r.absorbed) + " took rows of another" : "")
      << ") from " << count(r.mentions) << " mentions in " << count(r.rows_held) << " rows\n";
  out << "  linked by:";
  for (const auto& [basis, n] : r.links_by_basis) out << " " << basis << " " << count(n);
  out << "; " << count(r.reviews) << " pairs to review\n";
  if (!r.events_by_reason.empty()) {
    out << "  merged, split or absorbed by:";
    for (const auto& [reason, n] : r.events_by_reason) out << " " << reason << " " << count(n);
    out << "\n";
  }
  out << count(r.households) << " households, " << count(r.units) << " family units, " << count(r.kin_edges)
      << " kin edges\n";
  if (!r.findings.empty()) {
    out << "  findings:";
    for (const auto& [kind, n] : r.findings) out << " " << kind << " " << count(n);
    out << "\n";
  }
  out << count(r.determinations) << " determinations\n";
  if (!r.alerts.empty()) {
    out << "\n";
    TextTable alerts({{"alerts"},
                      {"programme"},
                      {"new", Align::kRight},
                      {"continuing", Align::kRight},
                      {"withdrawn", Align::kRight}});
    for (const auto& [key, states] : r.alerts) {
      const auto of = [&](const char* state) {
        const auto it = states.find(state);
        return count(it == states.end() ? 0 : it->second);
      };
      const size_t space = key.find(' ');
      alerts.AddRow({key.substr(0, space), key.substr(space + 1), of("new"), of("continuing"), of("withdrawn")});
    }
    out << alerts.ToString(2);
    out << "  withheld: " << count(r.withheld_composition) << " until somebody says who lives together, "
        << count(r.withheld_review) << " until a review is answered\n";
  }
  LinkReportText(r, out);
  out << "\n";
  TextTable stages(
      {{"stage"}, {"items", Align::kRight}, {""}, {"seconds", Align::kRight}, {"per second", Align::kRight}});
  for (const StageReport& s : r.stages) {
    stages.AddRow({s.stage, count(s.items), s.unit, Fixed(s.seconds, 2),
                   s.seconds > 0.005 ? count(static_cast<uint64_t>(static_cast<double>(s.items) / s.seconds)) : "-"});
  }
  stages.AddRule();
  stages.AddRow({"night", count(r.rows_held), "rows", Fixed(r.seconds, 2),
                 count(r.seconds > 0 ? static_cast<uint64_t>(static_cast<double>(r.rows_held) / r.seconds) : 0)});
  out << stages.ToString(2);
  out << "\ngeneration " << r.generation << "  root digest " << r.root_digest << "  peak memory "
      << Fixed(static_cast<double>(r.peak_memory_bytes) / (1 << 30), 2) << " GiB\n";
  return out.str();
}

std::string NightReportJson(const NightReport& r) {
  std::ostringstream out;
  JsonWriter json(&out);
  json.BeginObject();
  json.Key("as_of").Day(r.as_of);
  json.Key("published").Bool(r.held.empty());
  json.Key("generation").Count(r.generation);
  json.Key("root_digest").Text(r.root_digest);
  json.Key("rows_read").Count(r.rows_read);
  json.Key("rows_held").Count(r.rows_held);
  json.Key("rows_quarantined").Count(r.rows_quarantined);
  json.Key("feeds").BeginArray();
  for (const FeedReport& f : r.feeds) {
    json.BeginObject();
    json.Key("feed").Text(f.feed);
    json.Key("registry").Text(f.registry);
    json.Key("batch").Text(f.batch);
    json.Key("seq").Count(f.seq);
    json.Key("rows_read").Count(f.rows_read);
    json.Key("rows_accepted").Count(f.rows_accepted);
    json.Key("rows_collapsed").Count(f.rows_collapsed);
    json.Key("rows_deleted").Count(f.rows_deleted);
    WriteCounts(json, "quarantined", f.quarantined);
    WriteCounts(json, "bad_values", f.verdicts);
    json.EndObject();
  }
  json.EndArray();
  json.Key("refused").BeginArray();
  for (const PulledDelivery& d : r.refused) {
    json.BeginObject();
    json.Key("feed").Text(d.feed);
    json.Key("batch").Text(d.batch);
    json.Key("reason").Text(d.reason);
    json.EndObject();
  }
  json.EndArray();
  json.Key("late").BeginArray();
  for (const LateFeed& f : r.late) json.Text(f.feed);
  json.EndArray();
  json.Key("silent").BeginArray();
  for (const std::string& s : r.silent) json.Text(s);
  json.EndArray();
  json.Key("warnings").BeginArray();
  for (const std::string& s : r.warnings) json.Text(s);
  json.EndArray();
  json.Key("held").BeginArray();
  for (const HeldSubject& h : r.held) {
    json.BeginObject();
    json.Key("subject").Text(h.subject);
    json.Key("reasons").BeginArray();
    for (const std::string& s : h.reasons) json.Text(s);
    json.EndArray();
    json.Key("signed_by").BeginArray();
    for (const std::string& s : h.signed_by) json.Text(s);
    json.EndArray();
    json.EndObject();
  }
  json.EndArray();
  json.Key("persons").Count(r.persons);
  json.Key("new_persons").Count(r.new_persons);
  json.Key("merges").Count(r.merges);
  json.Key("splits").Count(r.splits);
  json.Key("absorbed").Count(r.absorbed);
  WriteCounts(json, "person_events_by_reason", r.events_by_reason);
  json.Key("mentions").Count(r.mentions);
  WriteCounts(json, "links_by_basis", r.links_by_basis);
  json.Key("reviews").Count(r.reviews);
  LinkReportJson(r, json);
  json.Key("households").Count(r.households);
  json.Key("units").Count(r.units);
  json.Key("kin_edges").Count(r.kin_edges);
  WriteCounts(json, "findings", r.findings);
  json.Key("determinations").Count(r.determinations);
  json.Key("alerts").BeginObject();
  for (const auto& [key, states] : r.alerts) WriteCounts(json, key, states);
  json.EndObject();
  json.Key("withheld_composition").Count(r.withheld_composition);
  json.Key("withheld_review").Count(r.withheld_review);
  json.Key("stages").BeginArray();
  for (const StageReport& s : r.stages) {
    json.BeginObject();
    json.Key("stage").Text(s.stage);
    json.Key("items").Count(s.items);
    json.Key("unit").Text(s.unit);
    json.Key("seconds").Measure(s.seconds);
    json.EndObject();
  }
  json.EndArray();
  json.Key("seconds").Measure(r.seconds);
  json.Key("peak_memory_bytes").Count(r.peak_memory_bytes);
  json.EndObject();
  json.Finish();
  return out.str();
}

}  // namespace hearth
