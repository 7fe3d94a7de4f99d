// What reading one delivery came to: counts, rows in quarantine with their reasons, verdicts by field. It holds no text
// of any cell, so it can be printed and logged.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/verdict.h"
#include "ingest/manifest.h"
#include "ingest/site_config.h"

namespace hearth {

// Stored by name; names never change.
enum class QuarantineReason : uint8_t {
  kBadEncoding,  // bytes that are no text
  kColumnCount,  // more or fewer cells than columns
  kUnclosedQuote,
  kNoKey,         // a key field is empty
  kErrorCell,     // #REF!, #VALUE! …
  kTotalRow,      // 合计, 总计, 小计
  kDuplicateKey,  // the same key with other content
  kLineBreak,     // a row broken in two by an unquoted line break
  kNotAPerson,    // a name cell that is no name, and nothing else that tells who it is
};
constexpr int kQuarantineReasons = 9;
std::string_view QuarantineReasonName(QuarantineReason r);  // "BAD_ENCODING" …
std::string_view WhatWouldBeRight(QuarantineReason r);      // one sentence

struct QuarantinedRow {
  static constexpr int64_t kUnknownOffset = -1;
  QuarantineReason reason = QuarantineReason::kBadEncoding;
  uint32_t file = 0;                     // index in Manifest::files
  uint32_t line = 0;                     // 1-based physical line in that file
  int32_t column = -1;                   // index in Manifest::columns; -1: the row as a whole
  int64_t byte_offset = kUnknownOffset;  // of the bad byte, or of the row where the file is UTF-8
  auto operator<=>(const QuarantinedRow&) const = default;
};

struct IngestReport {
  std::string feed, batch;
  uint64_t seq = 0;
  uint64_t rows_read = 0;                   // header not counted
  uint64_t rows_accepted = 0;               // rows of the table
  uint64_t rows_collapsed = 0;              // duplicates with equal content
  uint64_t rows_deleted = 0;                // deletion rows of a delta
  std::vector<QuarantinedRow> quarantined;  // by file and line
  // By field of the schema, then by Verdict; fields without a column stay zero.
  std::vector<std::array<uint64_t, 32>> verdicts;

  uint64_t Count(QuarantineReason reason) const;
};

// "ga_vehicles batch 20240301-01, vehicles_1.csv line 812, column HPHM: NO_KEY; every key column must be filled".
std::string Describe(const QuarantinedRow& row, const IngestReport& report, const Manifest& manifest);
// Up to per_reason lines a reason, in order of reason, file and line.
std::vector<std::string> QuarantineExamples(const IngestReport& report, const Manifest& manifest, int per_reason);

struct GuardInput {
  uint64_t rows = 0;  // read from this delivery
  uint64_t quarantined = 0;
  DeliveryMode mode = DeliveryMode::kFull;
  std::optional<uint64_t> rows_before;     // of the last accepted full delivery
  std::vector<double> quarantined_before;  // fraction of rows of the last accepted deliveries, newest last
};

// Why this delivery must wait for two signatures; empty when nothing speaks against it. Pure.
// Source: standards.md 12: rows below 70 % or above 150 % of the last full delivery, more than 1 % in quarantine or
// more than three times the median of the last eight. The figures are the feed's guards.
std::vector<std::string> CheckGuards(const GuardInput& input, const Guards& guards);

}  // namespace hearth
