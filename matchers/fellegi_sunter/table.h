// RecordSet: the records of one or two tables as the engine holds them, each distinct value once.
//
//   RecordSetBuilder builder(model);
//   builder.AddRows(source, columns of cells ...);
//   HEARTH_ASSIGN_OR_RETURN(RecordSet records, std::move(builder).Finish(threads));
//
// Records are in order of (source, id), and values are numbered in an order that the texts alone decide, so nothing
// depends on the order of rows.
// Immutable once made; reading is safe from many threads. Memory: 4 bytes a record and column, plus the distinct
// values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"
#include "matchers/fellegi_sunter/model.h"

namespace hearth::linkage {

constexpr uint32_t kNullCode = UINT32_MAX;

// Distinct texts, numbered.
class Texts {
 public:
  // Returns the number of the text; a new one is copied.
  uint32_t Intern(std::string_view text);
  uint32_t Find(std::string_view text) const;  // kNullCode when absent
  std::string_view operator[](uint32_t code) const {
    return std::string_view(bytes_).substr(starts_[code], starts_[code + 1] - starts_[code]);
  }
  size_t size() const { return starts_.size() - 1; }
  // Renumbers in order of text; returns the new number of each old one.
  std::vector<uint32_t> Sort();
  // Takes back the texts from number `size` on. Only texts that came after the last Sort may be taken back.
  void Truncate(size_t size);

 private:
  void Grow();
  void Rehash(size_t slots);
  std::string bytes_;
  std::vector<uint64_t> starts_{0};
  std::vector<uint64_t> slots_;  // open addressing: high half of the hash, number; all ones: free
};

struct Column {
  Texts values;
  std::vector<uint32_t> codes;   // by record; kNullCode. Empty for a column of many values
  std::vector<uint32_t> starts;  // many: records + 1, into items
  std::vector<uint32_t> items;   // many: codes, ascending and distinct in a record
  std::vector<uint32_t> counts;  // by value: records that have it
  uint64_t filled = 0;           // records with a value

  bool many() const { return !starts.empty(); }
  bool IsNull(uint32_t record) const {
    return many() ? starts[record] == starts[record + 1] : codes[record] == kNullCode;
  }
  std::span<const uint32_t> Items(uint32_t record) const {
    return std::span(items).subspan(starts[record], starts[record + 1] - starts[record]);
  }
  // How often a record with a value has this one: Splink's tf.
  double Frequency(uint32_t code) const { return static_cast<double>(counts[code]) / static_cast<double>(filled); }
};

struct RecordSet {
  std::vector<std::string> sources;    // file stems; one or two
  std::vector<uint32_t> source_begin;  // sources + 1: records of source s are [begin[s], begin[s + 1])
  Texts ids_text;
  std::vector<uint32_t> ids;    // by record, into ids_text
  std::vector<Column> columns;  // as Model::columns

  size_t size() const { return ids.size(); }
  std::string_view Id(uint32_t record) const { return ids_text[ids[record]]; }
  int SourceOf(uint32_t record) const { return source_begin.size() > 2 && record >= source_begin[1] ? 1 : 0; }
  // The record of an id, or kNullCode. O(log n).
  uint32_t Find(int source, std::string_view id) const;
};

// Headings of the table `source` that a model reads: the id column first, then those of its columns, each once.
std::vector<std::string> TableHeadings(const Model& model, int source);

// Takes rows in blocks, column-wise, so that columns are numbered in parallel.
class RecordSetBuilder {
 public:
  // `sources` are names of the tables, one or two. model must outlive the builder.
  RecordSetBuilder(const Model& model, std::vector<std::string> sources);

  // Headings that rows of this source must bring, in the order of the cells: the id column first.
  const std::vector<std::string>& Headings(int source) const { return headings_[source]; }
  // cells[h][row] for each heading; views need live only during the call. lines[row] names the row in errors.
  void AddRows(int source, std::span<const std::vector<std::string_view>> cells, std::span<const uint64_t> lines,
               int threads);
  // InvalidArgument for an empty id, or an id that occurs twice in one source (both lines named).
  StatusOr<RecordSet> Finish(int threads) &&;

 private:
  struct RawColumn {
    Texts values;
    std::vector<uint32_t> codes;  // by row of its source
  };
  Column MakeColumn(const ColumnSpec& spec, const std::vector<uint32_t>& source_begin) const;

  const Model& model_;
  std::vector<std::string> sources_;
  std::vector<std::vector<std::string>> headings_;  // by source
  std::vector<std::vector<RawColumn>> raw_;         // by source, heading
  std::vector<std::vector<uint64_t>> lines_;        // by source, row
};

// The values that one cell gives under the steps, at most `steps` many; empty: null. Texts are appended to *out.
void ApplySteps(std::string_view cell, const std::vector<Step>& steps, std::vector<std::string>* out);

}  // namespace hearth::linkage
