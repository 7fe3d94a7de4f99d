#include "linkage/explain_pair.h"

#include <fmt/format.h>

#include "core/citizen_number.h"
#include "core/text.h"
#include "linkage/link_files.h"
#include "report/json_writer.h"

namespace hearth::linkage {
namespace {

StatusOr<uint32_t> FindRecord(const RecordSet& records, const std::string& name) {
  for (size_t s = 0; s < records.sources.size(); ++s) {
    std::string_view id = name;
    if (records.sources.size() > 1) {
      if (!id.starts_with(records.sources[s] + ":")) continue;
      id.remove_prefix(records.sources[s].size() + 1);
    }
    const uint32_t record = records.Find(static_cast<int>(s), id);
    if (record != kNullCode) return record;
  }
  return absl::NotFoundError(records.sources.size() > 1
                                 ? "no such record; with two tables a record is TABLE:ID, the table by its file's stem"
                                 : "no such record; a record is named by its id");
}

std::string ValuesOf(const RecordSet& records, const std::vector<ColumnIndex>& columns, uint32_t record) {
  std::string text;
  for (ColumnIndex index : columns) {
    text += (index == columns.front() ? "" : ", ") + ShownCell(records.columns[index], record);
  }
  return text;
}

}  // namespace

std::string ShownCell(const Column& column, uint32_t record) {
  std::string cell;
  if (column.many()) {
    for (uint32_t code : column.Items(record)) cell += (cell.empty() ? "" : "; ") + std::string(column.values[code]);
  } else if (!column.IsNull(record)) {
    cell = column.values[column.codes[record]];
  }
  return MaskLongNumbers(cell);
}

StatusOr<PairEvidence> ExplainPair(const LinkResult& result, const std::string& left, const std::string& right) {
  const RecordSet& records = *result.records;
  const Model& model = result.trained.model;
  const StatusOr<uint32_t> a = FindRecord(records, left), b = FindRecord(records, right);
  if (!a.ok()) return Annotate(a.status(), "first of --explain");
  if (!b.ok()) return Annotate(b.status(), "second of --explain");
  const Pair pair{std::min(*a, *b), std::max(*a, *b)};
  return EvidenceOf(Comparer(model, records), Weights(model, records), pair, RecordName(records, pair.left),
                    RecordName(records, pair.right));
}

PairEvidence EvidenceOf(const Comparer& comparer, const Weights& weights, Pair pair, std::string left,
                        std::string right) {
  const RecordSet& records = comparer.records();
  const Model& model = comparer.model();
  Comparer::Scratch scratch(comparer);
  Pattern pattern = 0;
  comparer.Compare(std::span(&pair, 1), &scratch, &pattern);
  PairEvidence evidence{.left = std::move(left),
                        .right = std::move(right),
                        .prior_bits = weights.prior_bits(),
                        .total_bits = weights.Bits(pattern, pair),
                        .link_probability = model.link_probability,
                        .review_probability = model.review_probability};
  evidence.probability = ProbabilityOfBits(evidence.total_bits);
  for (const WeightStep& step : weights.Steps(pattern, pair)) {
    const Comparison& comparison = model.comparisons[static_cast<size_t>(step.comparison)];
    const std::vector<ColumnIndex>& columns = comparer.ColumnsOf(step.comparison);
    evidence.steps.push_back({comparison.name, comparison.levels[static_cast<size_t>(step.level)].label,
                              ValuesOf(records, columns, pair.left), ValuesOf(records, columns, pair.right), step.bits,
                              step.tf_bits});
  }
  return evidence;
}

void PrintEvidence(const PairEvidence& e, std::ostream* out) {
  *out << e.left << " and " << e.right << "\n";
  constexpr int kName = 18, kLevel = 26, kValue = 22;
  const auto row = [&](std::string_view name, std::string_view level, std::string_view left, std::string_view right,
                       double bits, double sum) {
    *out << "  " << FitToWidth(name, kName) << " " << FitToWidth(level, kLevel) << " " << FitToWidth(left, kValue)
         << " " << FitToWidth(right, kValue) << fmt::format(" {:>+8.2f} {:>+9.2f}\n", bits, sum);
  };
  *out << "  " << FitToWidth("comparison", kName) << " " << FitToWidth("level", kLevel) << " "
       << FitToWidth(e.left, kValue) << " " << FitToWidth(e.right, kValue) << "     bits       sum\n";
  double sum = e.prior_bits;
  row("prior", "two random records", "", "", e.prior_bits, sum);
  for (const EvidenceStep& step : e.steps) {
    sum += step.bits;
    row(step.comparison, step.level, step.left, step.right, step.bits, sum);
    if (step.tf_bits == 0) continue;
    sum += step.tf_bits;
    row("", "how rare the value is", "", "", step.tf_bits, sum);
  }
  const char* decision = e.probability >= e.link_probability     ? "link"
                         : e.probability >= e.review_probability ? "review"
                                                                 : "no link";
  *out << fmt::format("  match weight {:+.2f} bits, probability {:.6f}: {} (link from {}, review from {})\n",
                      e.total_bits, e.probability, decision, e.link_probability, e.review_probability);
}

void PrintEvidenceJson(const PairEvidence& e, std::ostream* out) {
  JsonWriter json(out);
  json.BeginObject();
  json.Key("left").Text(e.left);
  json.Key("right").Text(e.right);
  json.Key("prior_bits").Measure(e.prior_bits);
  json.Key("steps").BeginArray();
  for (const EvidenceStep& step : e.steps) {
    json.BeginObject();
    json.Key("comparison").Text(step.comparison);
    json.Key("level").Text(step.level);
    json.Key("left").Text(step.left);
    json.Key("right").Text(step.right);
    json.Key("bits").Measure(step.bits);
    json.Key("tf_bits").Measure(step.tf_bits);
    json.EndObject();
  }
  json.EndArray();
  json.Key("match_weight").Measure(e.total_bits);
  json.Key("match_probability").Measure(e.probability);
  json.EndObject();
  json.Finish();
}

}  // namespace hearth::linkage
