#include "ingest/ingest_report.h"

#include <algorithm>
#include <cstdio>

namespace hearth {
namespace {

constexpr struct {
  std::string_view name, right;
} kReasons[kQuarantineReasons] = {
    {"BAD_ENCODING", "every byte must be text of the manifest's encoding, without control characters"},
    {"COLUMN_COUNT", "a row must have as many cells as the manifest has columns"},
    {"UNCLOSED_QUOTE", "a quoted cell must end with a quote before the next delimiter or line break"},
    {"NO_KEY", "every column of the row key must be filled"},
    {"ERROR_CELL", "a cell must hold a value, not a spreadsheet's error"},
    {"TOTAL_ROW", "a delivery holds records only, no totals"},
    {"DUPLICATE_KEY", "a key may stand for one content only"},
    {"LINE_BREAK", "a line break inside a cell must be quoted"},
    {"NOT_A_PERSON", "a row must tell who it is about: a name, a number or the registry's own number"},
};

constexpr size_t kMedianRuns = 8;

std::string Percent(double fraction) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f %%", fraction * 100);
  return text;
}

}  // namespace

std::string_view QuarantineReasonName(QuarantineReason r) { return kReasons[static_cast<size_t>(r)].name; }
std::string_view WhatWouldBeRight(QuarantineReason r) { return kReasons[static_cast<size_t>(r)].right; }

uint64_t IngestReport::Count(QuarantineReason reason) const {
  return static_cast<uint64_t>(std::count_if(quarantined.begin(), quarantined.end(),
                                             [reason](const QuarantinedRow& row) { return row.reason == reason; }));
}

std::string Describe(const QuarantinedRow& row, const IngestReport& report, const Manifest& manifest) {
  std::string text = report.feed + " batch " + report.batch + ", " + manifest.files[row.file].name + " line " +
                     std::to_string(row.line);
  if (row.byte_offset >= 0) text += ", byte " + std::to_string(row.byte_offset);
  if (row.column >= 0) text += ", column " + manifest.columns[static_cast<size_t>(row.column)];
  text += ": " + std::string(QuarantineReasonName(row.reason)) + "; " + std::string(WhatWouldBeRight(row.reason));
  return text;
}

std::vector<std::string> QuarantineExamples(const IngestReport& report, const Manifest& manifest, int per_reason) {
  std::vector<std::string> lines;
  for (int reason = 0; reason < kQuarantineReasons; ++reason) {
    int shown = 0;
    for (const QuarantinedRow& row : report.quarantined) {
      if (static_cast<int>(row.reason) != reason || shown == per_reason) continue;
      lines.push_back(Describe(row, report, manifest));
      ++shown;
    }
  }
  return lines;
}

std::vector<std::string> CheckGuards(const GuardInput& input, const Guards& guards) {
  std::vector<std::string> held;
  if (input.mode == DeliveryMode::kFull && input.rows_before && *input.rows_before > 0) {
    const double ratio = static_cast<double>(input.rows) / static_cast<double>(*input.rows_before);
    const std::string rows = std::to_string(input.rows) + " rows after " + std::to_string(*input.rows_before) +
                             " in the last full delivery (";
    if (ratio < guards.rows_min) held.push_back(rows + Percent(ratio) + ", at least " + Percent(guards.rows_min) + ")");
    if (ratio > guards.rows_max) held.push_back(rows + Percent(ratio) + ", at most " + Percent(guards.rows_max) + ")");
  }
  if (input.rows == 0 || input.quarantined == 0) return held;
  const double share = static_cast<double>(input.quarantined) / static_cast<double>(input.rows);
  const std::string rows = std::to_string(input.quarantined) + " of " + std::to_string(input.rows) + " rows (" +
                           Percent(share) + ") are in quarantine; at most ";
  if (share > guards.quarantine_max) held.push_back(rows + Percent(guards.quarantine_max));
  std::vector<double> runs = input.quarantined_before;
  if (runs.size() > kMedianRuns) runs.erase(runs.begin(), runs.end() - kMedianRuns);
  if (runs.size() < kMedianRuns) return held;  // too short a history for a median
  std::sort(runs.begin(), runs.end());
  const double median = (runs[kMedianRuns / 2 - 1] + runs[kMedianRuns / 2]) / 2;
  if (median > 0 && share > 3 * median) {
    held.push_back(rows + "three times the median of the last eight, " + Percent(3 * median));
  }
  return held;
}

}  // namespace hearth
