#include "linkage/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "core/parallel.h"
#include "core/yaml.h"
#include "matchers/fellegi_sunter/table.h"
#include "matchers/private/elements.h"
#include "matchers/private/encoder.h"

namespace hearth::linkage {
namespace {

constexpr uint64_t kKeyFileBytesMax = 1 << 16;
constexpr size_t kChunkRowsMin = 512;
constexpr size_t kChunksAThread = 8;

// The table's columns as the readers of linkage know them: one a field, cells as they are. Steps are the encoder's.
StatusOr<Model> TableModel(const EncodeJob& job) {
  std::vector<std::string> known;
  const auto heading_of = [&](const std::string& heading) {
    known.push_back(heading);
    const auto given = job.headings.find(heading);
    return given != job.headings.end() ? given->second : heading;
  };
  Model model;
  model.name = job.model.name;
  model.id_column = heading_of(job.model.id_column);
  for (const EncodedField& field : job.model.fields) {
    const std::string heading = heading_of(field.heading);
    model.columns.push_back({.name = field.name, .from = {std::vector{heading}, std::vector{heading}}, .steps = {}});
  }
  for (const auto& [heading, own] : job.headings) {
    if (std::ranges::find(known, heading) != known.end()) continue;
    const std::string nearest = NearestName(heading, known);
    return InvalidArgument(fmt::format("the model reads no column \"{}\"{}", heading,
                                       nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest)));
  }
  return model;
}

uint8_t HardeningBits(const Hardening& h) {
  return static_cast<uint8_t>((h.fold ? kFolded : 0) | (h.balance ? kBalanced : 0) | (h.permute ? kPermuted : 0) |
                              (h.flip > 0 ? kFlipped : 0));
}

void CountFullness(std::vector<uint32_t> ones, EncodeResult* result) {
  result->rows_without_values = static_cast<uint64_t>(std::erase(ones, 0u));
  if (ones.empty()) return;
  std::ranges::sort(ones);
  result->ones_least = ones.front();
  result->ones_median = ones[ones.size() / 2];
  result->ones_most = ones.back();
}

void AddWarnings(const EncodeJob& job, EncodeResult* result) {
  const uint64_t rows = result->file.ids.size();
  auto& warnings = result->warnings;
  if (rows == 0) warnings.push_back("the table has no rows");
  for (const FieldFacts& f : result->fields) {
    if (rows > 0 && f.empty == rows) warnings.push_back(fmt::format("field {} is empty in every row", f.name));
    if (f.cut > 0) {
      warnings.push_back(fmt::format("field {}: {} rows have more than {} characters, which were cut", f.name, f.cut,
                                     kValueCharactersMax));
    }
  }
  if (result->rows_without_values > 0) {
    warnings.push_back(
        fmt::format("{} rows have no value in any field and will link to nothing", result->rows_without_values));
  }
  if (result->ones_median > job.model.bits / 2) {
    warnings.push_back(
        fmt::format("filters are {} of {} bits full: unlike rows look alike; give more bits or fewer hashes",
                    result->ones_median, job.model.bits));
  }
}

}  // namespace

StatusOr<EncodingKey> ReadKeyFile(const std::string& path, std::vector<std::string>* warnings) {
  HEARTH_ASSIGN_OR_RETURN(std::string bytes, ReadWholeFile(path, kKeyFileBytesMax));
  StatusOr<EncodingKey> key = EncodingKey::FromFileBytes(bytes);
  // The key's own copy is wiped by its destructor; this one goes now.
  volatile char* wiped = bytes.data();
  for (size_t i = 0; i < bytes.size(); ++i) wiped[i] = 0;
  if (!key.ok()) return Annotate(key.status(), path);
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::perms perms = fs::status(path, error).permissions();
  if (!error && (perms & (fs::perms::group_read | fs::perms::others_read)) != fs::perms::none) {
    warnings->push_back(fmt::format("{}: others on this machine may read the key; chmod 600 keeps it to you", path));
  }
  return key;
}

StatusOr<EncodeResult> EncodeTable(const EncodeJob& job, const EncodingKey& key, const EncodingKey* own_key) {
  HEARTH_ASSIGN_OR_RETURN(const Encoder encoder, Encoder::Make(job.model, key, own_key));
  HEARTH_ASSIGN_OR_RETURN(const Model model, TableModel(job));
  EncodeResult result;
  RecordSetBuilder builder(model, {TableName(job.table)});
  HEARTH_RETURN_IF_ERROR(ReadTable(job.table, 0, job.read, model, &builder, &result.table));
  StatusOr<RecordSet> read = std::move(builder).Finish(job.threads);
  if (!read.ok()) return Annotate(read.status(), job.table);
  const RecordSet& records = *read;

  // Rows leave in order of their outgoing ids, so that keyed ids do not tell the order of the real ones.
  // Chunks are few: each learns the places of common elements anew.
  const size_t chunk_rows =
      std::max(kChunkRowsMin, records.size() / (kChunksAThread * static_cast<size_t>(std::max(1, job.threads))) + 1);
  std::vector<std::string> outgoing(records.size());
  ParallelChunks(records.size(), chunk_rows, job.threads, [&](size_t begin, size_t end) {
    for (size_t r = begin; r < end; ++r) outgoing[r] = encoder.OutgoingId(records.Id(static_cast<uint32_t>(r)));
  });
  std::vector<uint32_t> order(records.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, [&](uint32_t a, uint32_t b) { return outgoing[a] < outgoing[b]; });

  const size_t fields = job.model.fields.size();
  EncodedFile& file = result.file;
  file.rows.bits = job.model.RowBits();
  file.rows.words.resize(records.size() * file.rows.row_words());
  std::vector<uint32_t> ones(records.size());
  const size_t chunks = (records.size() + chunk_rows - 1) / chunk_rows;
  std::vector<std::vector<Encoder::FieldCounts>> counts(chunks, std::vector<Encoder::FieldCounts>(fields));
  ParallelFor(chunks, job.threads, [&](size_t chunk) {
    Encoder::Memory memory;
    std::vector<std::string_view> cells(fields);
    for (size_t i = chunk * chunk_rows; i < std::min(records.size(), (chunk + 1) * chunk_rows); ++i) {
      const uint32_t record = order[i];
      for (size_t f = 0; f < fields; ++f) {
        const Column& column = records.columns[f];
        cells[f] = column.IsNull(record) ? std::string_view() : column.values[column.codes[record]];
      }
      ones[i] = encoder.Encode(cells, records.Id(record), &memory, file.rows.Row(i), counts[chunk]);
    }
  });
  for (size_t f = 0; f < fields; ++f) {
    FieldFacts facts{job.model.fields[f].name};
    for (const auto& of_chunk : counts) {
      facts.empty += of_chunk[f].empty;
      facts.cut += of_chunk[f].cut;
    }
    result.fields.push_back(std::move(facts));
  }
  file.model_name = job.model.name;
  file.hash = job.model.hash;
  file.hardening = HardeningBits(job.model.hardening);
  file.ids_kind = job.model.ids;
  file.key_check = KeyCheckValue(job.model.hash, key);
  file.model_digest = ModelDigest(job.model);
  for (const uint32_t record : order) {
    result.ids.emplace_back(outgoing[record], records.Id(record));
    file.ids.push_back(std::move(outgoing[record]));
  }
  CountFullness(std::move(ones), &result);
  AddWarnings(job, &result);
  return result;
}

Status WriteIdTable(const EncodeResult& result, const std::string& path) {
  std::string text = "outgoing_id,id\n";
  for (const auto& [outgoing, own] : result.ids) text += CsvCell(outgoing) + "," + CsvCell(own) + "\n";
  return ReplaceFile(path, text);
}

std::string CsvCell(std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(cell);
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace hearth::linkage
