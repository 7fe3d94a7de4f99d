// Manifest says what one delivery holds: files with sizes, rows and SM3 digests, the columns, the encoding, and its
// place in the feed's sequence. It is the producer's word; CheckManifest holds it against the feed's contract and
// the last delivery taken, before a byte of data is read.
//
//   HEARTH_ASSIGN_OR_RETURN(Manifest m, ParseManifest(text, "drop/ga_vehicles/20240301/manifest.json"));
//   HEARTH_RETURN_IF_ERROR(CheckManifest(m, site, feed, last, night));
//
// Pure functions; safe from many threads. Source: standards.md 12, docs/formats.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "ingest/encoding.h"
#include "ingest/site_config.h"

namespace hearth {

enum class DeliveryMode : uint8_t { kFull, kDelta };

struct DelimitedFormat {
  std::string field = ",";    // one byte, or two such as "||"
  std::string record = "\n";  // "\n" or "\r\n"; both are read
  std::optional<char> quote;  // nullopt: the format has no quoting
  std::string null;           // a further null word; empty cells are always null
  bool header = true;
};

struct ManifestFile {
  std::string name;
  uint64_t bytes = 0;
  uint64_t rows = 0;  // records, header not counted
  std::string sm3;    // 64 lower-case hexadecimal digits
};

struct Manifest {
  std::string feed, contract, batch;
  uint64_t seq = 0;
  std::optional<uint64_t> prev_seq;
  DeliveryMode mode = DeliveryMode::kFull;
  CivilDay as_of;
  std::string produced_at;
  Encoding encoding = Encoding::kUtf8;
  DelimitedFormat format;
  std::vector<ManifestFile> files;
  uint64_t rows_total = 0;
  std::vector<std::string> columns;
  std::vector<std::pair<std::string, std::string>> units;  // column -> 元, 万元, 分 …, by column
  std::string delete_semantics;
  bool correction = false;
  std::optional<std::string> delete_column;
};

// The place of the last delivery taken of a feed.
struct LastTaken {
  uint64_t seq = 0;
  CivilDay as_of;
};

// InvalidArgument, naming file and the path of the key ("files[1].sm3"), for bad JSON, an unknown, duplicate or missing
// key, a wrong type, a value that cannot be. where: the file's name for messages.
StatusOr<Manifest> ParseManifest(std::string_view json, std::string_view where);

// Everything that can be refused without the data: feed and contract, columns against the contract, units, sequence,
// as_of. InvalidArgument or FailedPrecondition; Unavailable when as_of lies after `night` (right, but not yet).
Status CheckManifest(const Manifest& manifest, const SiteConfig& site, const FeedConfig& feed,
                     const std::optional<LastTaken>& last, CivilDay night);

// The headings of a delivery against the feed's contract: unknown, duplicate, missing, another registry's.
// InvalidArgument saying which and what would be right.
Status CheckColumns(const std::vector<std::string>& columns, const SiteConfig& site, const FeedConfig& feed,
                    const std::optional<std::string>& delete_column);

}  // namespace hearth
