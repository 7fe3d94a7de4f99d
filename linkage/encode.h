// EncodeTable turns a CSV file into keyed Bloom filters: what a bank may hand over in place of names and numbers.
//
//   HEARTH_ASSIGN_OR_RETURN(const EncodingKey key, ReadKeyFile("shared.key", &warnings));
//   EncodeJob job{.model = model, .table = "customers.csv", .threads = 2};
//   HEARTH_ASSIGN_OR_RETURN(const EncodeResult result, EncodeTable(job, key, nullptr));
//   HEARTH_RETURN_IF_ERROR(WriteEncodedFile(result.file, "clk.bin"));
//
// The result does not depend on threads or on the order of rows. No cell, key or id is part of a message.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/status.h"
#include "linkage/encoded_file.h"
#include "linkage/read_table.h"
#include "matchers/private/encoding_model.h"
#include "matchers/private/keyed_hash.h"

namespace hearth::linkage {

// NotFound for a file that is not there, InvalidArgument for one that is no good key (EncodingKey::FromFileBytes).
// A file that others on this machine may read is taken, with a warning.
StatusOr<EncodingKey> ReadKeyFile(const std::string& path, std::vector<std::string>* warnings);

struct EncodeJob {
  EncodingModel model;
  std::string table;
  std::map<std::string, std::string> headings;  // heading in the model -> in this table, where it is another
  ReadOptions read;
  int threads = 1;
};

struct FieldFacts {
  std::string name;
  uint64_t empty = 0;  // rows without a value after normalising
  uint64_t cut = 0;    // rows whose cell was too long and was cut
};

struct EncodeResult {
  EncodedFile file;
  std::vector<std::pair<std::string, std::string>> ids;  // outgoing id, own id; in order of file.ids. Stays here
  TableFacts table;
  std::vector<FieldFacts> fields;
  uint64_t rows_without_values = 0;  // encoded as empty filters, which link to nothing
  // Ones a filter before hardening, over rows with a value: the fuller, the less a bit says. Half of bits is too full.
  uint32_t ones_least = 0, ones_median = 0, ones_most = 0;
  std::vector<std::string> warnings;
};

// own_key: see Encoder::Make. InvalidArgument also for a heading that the table lacks, an empty or double id, an
// other heading for one that the model does not have.
StatusOr<EncodeResult> EncodeTable(const EncodeJob& job, const EncodingKey& key, const EncodingKey* own_key);

// Lines "outgoing_id,id" under a heading: how this side finds its own rows again.
Status WriteIdTable(const EncodeResult& result, const std::string& path);

// A cell of CSV, in quotes when it must be.
std::string CsvCell(std::string_view cell);

}  // namespace hearth::linkage
