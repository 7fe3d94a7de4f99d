#include "linkage/link_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "linkage/explain_pair.h"
#include "linkage/link_files.h"
#include "matchers/fellegi_sunter/condition.h"
#include "report/html_page.h"

namespace hearth::linkage {
namespace {

constexpr double kThresholds[] = {0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999};
constexpr size_t kPairsShown = 3;  // of each kind
constexpr size_t kBlocksShown = 5;

// 1,234,567
std::string Grouped(uint64_t n) {
  std::string digits = std::to_string(n);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}
std::string Percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

double MiddleOfBin(size_t bin) { return static_cast<double>(bin) - 63.5; }

void AddSummary(const LinkResult& r, HtmlPage* page) {
  std::vector<std::vector<std::string>> rows;
  for (const TableFacts& table : r.tables) {
    rows.push_back({TableName(table.path), Grouped(table.rows), std::string(EncodingName(table.encoding))});
  }
  page->Table({"table", "rows", "encoding"}, rows, {false, true, false});
  const Model& model = r.trained.model;
  const double link_bits = BitsOfProbability(model.link_probability);
  const auto links = static_cast<uint64_t>(
      std::count_if(r.links.begin(), r.links.end(), [&](const Link& l) { return l.weight >= link_bits; }));
  page->Paragraph(fmt::format(
      "{} candidate pairs were scored; {} are links at probability {} or above, {} wait for review. Two random records "
      "are one with probability {:.3g}. This page shows values of the tables (long numbers masked): keep it as secret "
      "as "
      "they are.",
      Grouped(r.pairs), Grouped(links), model.link_probability, Grouped(r.links.size() - links),
      model.prior.value_or(0)));
  for (const auto* list : {&r.warnings, &r.trained.warnings}) {
    for (const std::string& warning : *list) page->Paragraph("Warning: " + warning);
  }
}

void AddWeights(const Model& model, HtmlPage* page) {
  page->Heading("Match weights");
  page->Paragraph(
      "What each outcome of a comparison adds to the evidence, in bits: log2(m / u). One bit more doubles the odds "
      "that "
      "two records are one.");
  std::vector<Bar> bars{{"prior", "two random records", BitsOfProbability(model.prior.value_or(0.5)), ""}};
  std::vector<TwinBar> twins;
  for (const Comparison& comparison : model.comparisons) {
    for (const Level& level : comparison.levels) {
      if (level.is_null) continue;
      const double m = level.m.value_or(1), u = level.u.value_or(1);
      bars.push_back(
          {comparison.name, level.label, std::log2(m / u), level.tf_column ? "and how rare the value is" : ""});
      twins.push_back({comparison.name, level.label, m, u});
    }
  }
  page->Add(DivergingBars(bars));
  page->Heading("m and u");
  page->Paragraph(
      "m: how often the outcome occurs when two records are one; u: when they are not. A small m on exact agreement "
      "says "
      "how often the column errs.");
  page->Add(TwinBars(twins, "m", "u"));
}

void AddHistogram(const LinkResult& r, HtmlPage* page) {
  const Model& model = r.trained.model;
  const double link_bits = BitsOfProbability(model.link_probability),
               review_bits = BitsOfProbability(std::min(model.review_probability, model.link_probability));
  size_t first = r.histogram.size(), last = 0;
  for (size_t bin = 0; bin < r.histogram.size(); ++bin) {
    if (r.histogram[bin] == 0) continue;
    first = std::min(first, bin);
    last = bin;
  }
  page->Heading("Scores");
  page->Paragraph(
      "Candidate pairs by match weight, on a square-root scale: links green, pairs for review amber, the rest grey. A "
      "good "
      "model leaves a valley at the threshold.");
  std::vector<hearth::Column> columns;
  for (size_t bin = first; bin <= last && bin < r.histogram.size(); ++bin) {
    const double bits = MiddleOfBin(bin) - 0.5;
    columns.push_back({std::fmod(bits, 5) == 0 ? fmt::format("{:.0f}", bits) : "",
                       static_cast<double>(r.histogram[bin]),
                       bits >= link_bits        ? 2
                       : bits + 1 > review_bits ? 1
                                                : 0,
                       fmt::format("{:.0f} to {:.0f} bits: {} pairs", bits, bits + 1, Grouped(r.histogram[bin]))});
  }
  page->Add(hearth::Columns(columns, "match weight, bits"));
}

void AddThresholds(const LinkResult& r, HtmlPage* page) {
  page->Heading("Other thresholds");
  page->Paragraph(
      "What the model itself expects, if its probabilities are right: wrong links among the links, and matches found "
      "among the candidate pairs. Matches that no blocking rule makes are not in it.");
  double all_matches = 0;
  for (size_t bin = 0; bin < r.histogram.size(); ++bin) {
    all_matches += static_cast<double>(r.histogram[bin]) * ProbabilityOfBits(MiddleOfBin(bin));
  }
  std::vector<std::vector<std::string>> rows;
  for (double threshold : kThresholds) {
    double links = 0, matches = 0;
    for (size_t bin = 0; bin < r.histogram.size(); ++bin) {
      if (MiddleOfBin(bin) < BitsOfProbability(threshold)) continue;
      links += static_cast<double>(r.histogram[bin]);
      matches += static_cast<double>(r.histogram[bin]) * ProbabilityOfBits(MiddleOfBin(bin));
    }
    std::string clusters;
    for (const ThresholdClusters& c : r.clusters) {
      if (c.probability == threshold) clusters = Grouped(c.clustering.clusters);
    }
    rows.push_back({fmt::format("{}", threshold), fmt::format("{:.2f}", BitsOfProbability(threshold)),
                    Grouped(static_cast<uint64_t>(links)), links > 0 ? Percent(1 - matches / links) : "",
                    all_matches > 0 ? Percent(matches / all_matches) : "", clusters});
  }
  page->Table({"probability", "bits", "links (whole bits)", "expected wrong", "expected found", "clusters"}, rows,
              {true, true, true, true, true, true});
}

// A row compared with its own twin: what it can reach at most.
void AddUnlinkable(const LinkResult& r, HtmlPage* page) {
  const Model& model = r.trained.model;
  const Comparer comparer(model, *r.records);
  const Weights weights(model, *r.records);
  Comparer::Scratch scratch(comparer);
  std::vector<Pair> twins(Blocking::kBatch);
  std::vector<Pattern> patterns(Blocking::kBatch);
  std::vector<uint64_t> below(std::size(kThresholds), 0);
  std::map<std::string, uint64_t> missing;  // columns that the unlinkable lack
  const auto count = static_cast<uint32_t>(r.records->size());
  for (uint32_t begin = 0; begin < count; begin += Blocking::kBatch) {
    const uint32_t size = std::min<uint32_t>(Blocking::kBatch, count - begin);
    for (uint32_t i = 0; i < size; ++i) twins[i] = {begin + i, begin + i};
    comparer.Compare(std::span(twins.data(), size), &scratch, patterns.data());
    for (uint32_t i = 0; i < size; ++i) {
      const double bits = weights.Bits(patterns[i], twins[i]);
      for (size_t t = 0; t < std::size(kThresholds); ++t) below[t] += bits < BitsOfProbability(kThresholds[t]);
      if (bits >= BitsOfProbability(model.link_probability)) continue;
      for (size_t c = 0; c < model.comparisons.size(); ++c) {
        const Comparison& comparison = model.comparisons[c];
        if (comparison.levels[static_cast<size_t>(LevelOf(patterns[i], static_cast<int>(c)))].is_null) {
          ++missing[comparison.name];
        }
      }
    }
  }
  page->Heading("Rows that cannot be linked");
  page->Paragraph(
      "Rows that would not reach the threshold even beside a perfect copy of themselves: they say too little.");
  std::vector<std::vector<std::string>> rows;
  for (size_t t = 0; t < std::size(kThresholds); ++t) {
    rows.push_back({fmt::format("{}", kThresholds[t]), Grouped(below[t]),
                    Percent(count == 0 ? 0 : static_cast<double>(below[t]) / count)});
  }
  page->Table({"probability", "rows", "share"}, rows, {true, true, true});
  std::string lacking;
  for (const auto& [name, n] : missing)
    lacking += fmt::format("{}{} {}", lacking.empty() ? "" : ", ", name, Grouped(n));
  if (!lacking.empty()) page->Paragraph("Missing in rows below the link threshold: " + lacking + ".");
}

void AddBlocks(const LinkResult& r, HtmlPage* page) {
  page->Heading("Blocking rules");
  std::vector<std::vector<std::string>> rows, largest;
  for (const RuleBlocks& rule : r.blocks) {
    rows.push_back({rule.rule, Grouped(rule.blocks), Grouped(rule.records), Grouped(rule.pairs),
                    Grouped(rule.skipped_blocks), Grouped(rule.skipped_pairs)});
    for (size_t i = 0; i < std::min(kBlocksShown, rule.largest.size()); ++i) {
      const Block& block = rule.largest[i];
      largest.push_back({rule.rule, block.key, Grouped(block.records), Grouped(block.pairs)});
    }
  }
  page->Table({"rule", "blocks", "rows in them", "pairs", "blocks over the bound", "pairs left out"}, rows,
              {false, true, true, true, true, true});
  page->Paragraph("The largest blocks of each rule:");
  page->Table({"rule", "key", "rows", "pairs"}, largest, {false, false, true, true});
}

void AddPair(const LinkResult& r, const Weights& weights, const Link& link, HtmlPage* page) {
  const Model& model = r.trained.model;
  const RecordSet& records = *r.records;
  page->Paragraph(fmt::format("{} and {}: probability {:.4f}", RecordName(records, link.left),
                              RecordName(records, link.right), ProbabilityOfBits(link.weight)));
  std::vector<ColumnIndex> shown;  // those that comparisons read; keys of blocking rules alone say nothing here
  for (const Comparison& comparison : model.comparisons) {
    for (const Level& level : comparison.levels) AddColumns(level.when, &shown);
  }
  std::vector<std::vector<std::string>> rows;
  for (uint32_t record : {link.left, link.right}) {
    rows.push_back({RecordName(records, record)});
    for (ColumnIndex c : shown) {
      rows.back().push_back(ShownCell(records.columns[c], record));
    }
  }
  std::vector<std::string> headings{"record"};
  for (ColumnIndex c : shown) headings.push_back(model.columns[c].name);
  page->Table(headings, rows, {});
  std::vector<WaterfallStep> steps{{"prior", "", weights.prior_bits()}};
  for (const WeightStep& step : weights.Steps(link.pattern, {link.left, link.right})) {
    const Comparison& comparison = model.comparisons[static_cast<size_t>(step.comparison)];
    steps.push_back({comparison.name, comparison.levels[static_cast<size_t>(step.level)].label, step.bits});
    if (step.tf_bits != 0) steps.push_back({comparison.name, "how rare the value is", step.tf_bits});
  }
  page->Add(Waterfall(steps));
}

void AddPairs(const LinkResult& r, HtmlPage* page) {
  if (r.links.empty()) return;
  const Weights weights(r.trained.model, *r.records);
  const double link_bits = BitsOfProbability(r.trained.model.link_probability);
  std::vector<const Link*> by_weight;
  for (const Link& link : r.links) by_weight.push_back(&link);
  std::stable_sort(by_weight.begin(), by_weight.end(),
                   [](const Link* a, const Link* b) { return a->weight < b->weight; });
  const size_t border = static_cast<size_t>(
      std::partition_point(by_weight.begin(), by_weight.end(), [&](const Link* l) { return l->weight < link_bits; }) -
      by_weight.begin());
  const auto show = [&](const char* heading, size_t begin, size_t end) {
    if (begin >= end) return;
    page->Heading(heading);
    for (size_t i = begin; i < end; ++i) AddPair(r, weights, *by_weight[i], page);
  };
  show("Pairs just below the link threshold", border - std::min(border, kPairsShown), border);
  show("Links just above it", border, std::min(by_weight.size(), border + kPairsShown));
  const size_t middle = border + (by_weight.size() - border) / 2;
  show("Links of middling weight", std::max(middle, border + kPairsShown),
       std::min(by_weight.size(), std::max(middle, border + kPairsShown) + kPairsShown));
}

}  // namespace

std::string LinkReport(const LinkResult& r) {
  HtmlPage page("Linkage: " + r.trained.model.name);
  AddSummary(r, &page);
  AddWeights(r.trained.model, &page);
  AddHistogram(r, &page);
  AddThresholds(r, &page);
  AddUnlinkable(r, &page);
  AddBlocks(r, &page);
  AddPairs(r, &page);
  return std::move(page).Finish();
}

}  // namespace hearth::linkage
