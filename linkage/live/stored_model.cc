#include "linkage/live/stored_model.h"

#include "matchers/fellegi_sunter/model_reader.h"
#include "store/codec.h"

namespace hearth::linkage {
namespace {

constexpr std::string_view kModel = "model", kGiven = "given", kSources = "sources", kTerms = "terms",
                           kStopped = "stopped";

StatusOr<std::string> GetMeta(const LiveStore& store, std::string_view key) {
  HEARTH_ASSIGN_OR_RETURN(std::optional<std::string> value, store.Get(LiveTableName::kMeta, key));
  if (!value) return DataLoss(store.dir() + ": meta entry " + std::string(key) + " is missing");
  return *std::move(value);
}

StatusOr<Model> GetStoredModel(const LiveStore& store, std::string_view key) {
  HEARTH_ASSIGN_OR_RETURN(const std::string text, GetMeta(store, key));
  StatusOr<Model> model = ReadModel(text, store.dir() + " meta " + std::string(key));
  if (!model.ok()) return DataLoss(Message(model.status()));
  return model;
}

std::string EncodeTerms(const TermCounts& terms) {
  std::string out;
  Encoder e(&out);
  e.Unsigned(terms.columns.size());
  for (const TermCounts::OfColumn& column : terms.columns) {
    e.Unsigned(column.column);
    e.Unsigned(column.filled);
    e.Unsigned(column.values.size());
    for (uint32_t v = 0; v < column.values.size(); ++v) {
      e.Text(column.values[v]);
      e.Unsigned(column.counts[v]);
    }
  }
  return out;
}

StatusOr<TermCounts> DecodeTerms(std::string_view bytes, size_t columns) {
  Decoder d(bytes);
  TermCounts terms;
  const uint64_t count = d.Unsigned();
  for (uint64_t c = 0; c < count && d.ok(); ++c) {
    TermCounts::OfColumn& column = terms.columns.emplace_back();
    const uint64_t number = d.Unsigned();
    if (number >= columns) return DataLoss("terms: a column that the model does not have");
    column.column = static_cast<ColumnIndex>(number);
    column.filled = d.Unsigned();
    const uint64_t values = d.Unsigned();
    for (uint64_t v = 0; v < values && d.ok(); ++v) {
      column.values.Intern(d.Text());
      column.counts.push_back(static_cast<uint32_t>(d.Unsigned()));
    }
    if (d.ok() && column.values.size() != column.counts.size()) return DataLoss("terms: a value twice");
  }
  HEARTH_RETURN_IF_ERROR(d.Finish("terms"));
  return terms;
}

}  // namespace

void PutModel(const FrozenModel& frozen, const Model& given, StoreBatch* batch) {
  batch->Put(LiveTableName::kMeta, kModel, WriteModel(frozen.model));
  batch->Put(LiveTableName::kMeta, kGiven, WriteModel(given));
  std::string sources, stopped;
  Encoder s(&sources), b(&stopped);
  s.Unsigned(frozen.sources.size());
  for (const std::string& source : frozen.sources) s.Text(source);
  batch->Put(LiveTableName::kMeta, kSources, sources);
  batch->Put(LiveTableName::kMeta, kTerms, EncodeTerms(frozen.terms));
  b.Unsigned(frozen.stopped.size());
  for (const std::vector<uint64_t>& keys : frozen.stopped) {
    b.Unsigned(keys.size());
    for (const uint64_t key : keys) b.Fixed64(key);
  }
  batch->Put(LiveTableName::kMeta, kStopped, stopped);
}

StatusOr<FrozenModel> GetModel(const LiveStore& store) {
  FrozenModel frozen;
  HEARTH_ASSIGN_OR_RETURN(frozen.model, GetStoredModel(store, kModel));
  HEARTH_ASSIGN_OR_RETURN(const std::string sources, GetMeta(store, kSources));
  Decoder s(sources);
  const uint64_t source_count = s.Unsigned();
  for (uint64_t i = 0; i < source_count && s.ok(); ++i) frozen.sources.emplace_back(s.Text());
  HEARTH_RETURN_IF_ERROR(s.Finish("sources"));
  if (frozen.sources.empty() || frozen.sources.size() > 2) return DataLoss(store.dir() + ": not one or two sources");
  HEARTH_ASSIGN_OR_RETURN(const std::string terms, GetMeta(store, kTerms));
  HEARTH_ASSIGN_OR_RETURN(frozen.terms, DecodeTerms(terms, frozen.model.columns.size()));
  HEARTH_ASSIGN_OR_RETURN(const std::string stopped, GetMeta(store, kStopped));
  Decoder b(stopped);
  const uint64_t rules = b.Unsigned();
  for (uint64_t r = 0; r < rules && b.ok(); ++r) {
    std::vector<uint64_t>& keys = frozen.stopped.emplace_back();
    const uint64_t count = b.Unsigned();
    for (uint64_t k = 0; k < count && b.ok(); ++k) keys.push_back(b.Fixed64());
  }
  HEARTH_RETURN_IF_ERROR(b.Finish("stopped blocks"));
  return frozen;
}

StatusOr<Model> GetGivenModel(const LiveStore& store) { return GetStoredModel(store, kGiven); }

}  // namespace hearth::linkage
