// Walks one file of a delivery: bytes -> decoded text -> records -> rows of the manifest's width, in one pass with a
// bounded buffer. Rows that cannot be read come with a reason instead of fields.
//
//   HEARTH_RETURN_IF_ERROR(ForEachRow(*stream, manifest, [&](const StreamRow& row) { … }, &totals));
//   HEARTH_RETURN_IF_ERROR(CheckTotals(totals, manifest.files[0], manifest));
//
// Pull uses it to check a delivery, ReadDelivery to read one, so both count alike.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/status.h"
#include "ingest/delivery_source.h"
#include "ingest/ingest_report.h"
#include "ingest/manifest.h"

namespace hearth {

struct StreamRow {
  std::optional<QuarantineReason> broken;    // BAD_ENCODING, COLUMN_COUNT, UNCLOSED_QUOTE or LINE_BREAK
  std::span<const std::string_view> fields;  // as many as the manifest has columns; empty when broken
  uint32_t line = 0;                         // physical line of its first byte
  int64_t byte_offset = 0;                   // see QuarantinedRow
};

struct FileTotals {
  uint64_t bytes = 0;
  uint64_t rows = 0;  // header not counted; a row broken in two counts once
  uint64_t bad_encoding = 0;
  std::string sm3;
};

// Calls on_row for each row in file order; views live during the call only. InvalidArgument when the header is not the
// manifest's columns or the start contradicts the encoding; the stream's own errors pass through.
Status ForEachRow(ByteStream& stream, const Manifest& manifest, const std::function<void(const StreamRow&)>& on_row,
                  FileTotals* totals);

// DataLoss when size, digest or row count is not the manifest's; InvalidArgument when so many rows are damaged that the
// encoding is plainly another one (more than one in a hundred, and ten or half of them).
Status CheckTotals(const FileTotals& totals, const ManifestFile& file, const Manifest& manifest);

}  // namespace hearth
