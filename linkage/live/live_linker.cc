#include "linkage/live/live_linker.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <filesystem>

#include "linkage/live/stored_model.h"
#include "matchers/fellegi_sunter/candidates.h"
#include "matchers/fellegi_sunter/model_reader.h"
#include "matchers/fellegi_sunter/training.h"
#include "store/codec.h"

namespace hearth::linkage {
namespace {

constexpr size_t kRowsAtOnce = 1 << 16;
constexpr size_t kFillBytes = 8 << 20;
constexpr uint64_t kUndoPairsMax = 100'000;  // decisions of one undo
constexpr std::string_view kState = "state";
// First bytes of keys in `persons`.
constexpr char kPerson = 'p', kFormer = 'f', kRetired = 'x';

std::string KeyOf64(uint64_t n) {
  std::string key;
  Encoder(&key).Fixed64(n);
  return key;
}

std::string PersonKey(char kind, uint64_t n) { return kind + KeyOf64(n); }
std::string LinkKey(uint32_t left, uint32_t right) { return KeyOf64(uint64_t{left} << 32 | right); }

std::string RowKey(uint8_t source, std::string_view id) {
  std::string key(1, static_cast<char>(source));
  return key.append(id);
}

std::string RowValue(uint32_t number, std::span<const std::string_view> cells) {
  std::string value;
  Encoder e(&value);
  e.Unsigned(number);
  e.Unsigned(cells.size());
  for (const std::string_view cell : cells) e.Text(cell);
  return value;
}

Status DecodeRow(std::string_view value, uint32_t* number, std::vector<std::string_view>* cells) {
  Decoder d(value);
  *number = static_cast<uint32_t>(d.Unsigned());
  cells->clear();
  const uint64_t count = d.Unsigned();
  for (uint64_t i = 0; i < count && d.ok(); ++i) cells->push_back(d.Text());
  return d.Finish("row");
}

StatusOr<uint64_t> Number64(std::string_view bytes, std::string_view what) {
  Decoder d(bytes);
  const uint64_t n = d.Fixed64();
  HEARTH_RETURN_IF_ERROR(d.Finish(what));
  return n;
}

struct State {
  uint64_t next_number = 0, next_event = 1, next_decision = 1;
};
std::string EncodeState(const State& state) {
  std::string out;
  Encoder e(&out);
  e.Unsigned(state.next_number);
  e.Unsigned(state.next_event);
  e.Unsigned(state.next_decision);
  return out;
}
StatusOr<State> GetState(const LiveStore& store) {
  HEARTH_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, store.Get(LiveTableName::kMeta, kState));
  if (!bytes) return DataLoss(store.dir() + ": meta entry state is missing");
  Decoder d(*bytes);
  State state;
  state.next_number = d.Unsigned();
  state.next_event = d.Unsigned();
  state.next_decision = d.Unsigned();
  HEARTH_RETURN_IF_ERROR(d.Finish("state"));
  return state;
}

// The records of a store and the number of each.
struct StoredRows {
  RecordSet records;
  std::vector<uint32_t> numbers;
};
StatusOr<StoredRows> LoadRows(const LiveStore& store, const FrozenModel& frozen, int threads) {
  StoredRows out;
  RecordSetBuilder builder(frozen.model, frozen.sources);
  std::deque<std::string> texts;  // of the rows at hand
  std::vector<std::vector<std::string_view>> cells;
  std::vector<uint64_t> lines;
  int source = 0;
  const auto hand_over = [&] {
    if (!lines.empty()) builder.AddRows(source, cells, lines, threads);
    texts.clear();
    lines.clear();
    for (auto& column : cells) column.clear();
  };
  std::vector<std::string_view> row;
  HEARTH_RETURN_IF_ERROR(store.ForEach(LiveTableName::kRows, {}, [&](std::string_view key, std::string_view value) {
    if (key.size() < 2 || static_cast<size_t>(key[0]) >= frozen.sources.size()) return DataLoss("a row without id");
    if (key[0] != source || lines.size() == kRowsAtOnce) {
      hand_over();
      source = key[0];
    }
    cells.resize(builder.Headings(source).size());
    uint32_t number = 0;
    HEARTH_RETURN_IF_ERROR(DecodeRow(texts.emplace_back(value), &number, &row));
    if (row.size() + 1 != cells.size()) return DataLoss("a row of another width than the model's");
    cells[0].push_back(texts.emplace_back(key.substr(1)));
    for (size_t c = 0; c < row.size(); ++c) cells[c + 1].push_back(row[c]);
    lines.push_back(lines.size() + 1);
    out.numbers.push_back(number);
    return OkStatus();
  }));
  hand_over();
  HEARTH_ASSIGN_OR_RETURN(out.records, std::move(builder).Finish(threads));
  if (out.records.size() != out.numbers.size()) return DataLoss(store.dir() + ": rows do not read as they stand");
  return out;
}

Status LoadPersons(const LiveStore& store, const std::vector<uint32_t>& record_of, LiveTable* table) {
  return store.ForEach(LiveTableName::kPersons, {}, [&](std::string_view key, std::string_view value) -> Status {
    if (key.empty()) return DataLoss("a person without key");
    HEARTH_ASSIGN_OR_RETURN(const uint64_t number, Number64(key.substr(1), "person key"));
    if (key[0] == kRetired) {
      table->SetRetired(number);
      return OkStatus();
    }
    HEARTH_ASSIGN_OR_RETURN(const uint64_t person, Number64(value, "person"));
    if (number >= record_of.size() || record_of[number] == kNullCode) return DataLoss("a person of a row not there");
    if (key[0] == kFormer) {
      table->SetFormer(static_cast<uint32_t>(number), person);
    } else {
      table->SetPerson(record_of[number], person);
    }
    return OkStatus();
  });
}

Status LoadLinks(const LiveStore& store, const std::vector<uint32_t>& record_of, LiveTable* table) {
  return store.ForEach(LiveTableName::kLinks, {}, [&](std::string_view key, std::string_view value) -> Status {
    HEARTH_ASSIGN_OR_RETURN(const uint64_t pair, Number64(key, "link key"));
    HEARTH_ASSIGN_OR_RETURN(const uint64_t bits, Number64(value, "link"));
    const uint64_t left = pair >> 32, right = pair & UINT32_MAX;
    if (left >= right || right >= record_of.size() || record_of[left] == kNullCode || record_of[right] == kNullCode) {
      return DataLoss("a link of a row not there");
    }
    table->AddLink(record_of[left], record_of[right], std::bit_cast<double>(bits));
    return OkStatus();
  });
}

std::vector<uint32_t> RecordByNumber(const LiveTable& table) {
  std::vector<uint32_t> record_of(table.next_number(), kNullCode);
  for (uint32_t r = 0; r < table.records().size(); ++r) record_of[table.NumberOf(r)] = r;
  return record_of;
}

StatusOr<std::vector<LiveDecision>> LoadDecisions(const LiveStore& store) {
  std::vector<LiveDecision> decisions;
  HEARTH_RETURN_IF_ERROR(store.ForEach(LiveTableName::kDecisions, {}, [&](std::string_view, std::string_view value) {
    StatusOr<LiveDecision> decision = DecodeDecision(value);
    if (decision.ok()) decisions.push_back(*std::move(decision));
    return decision.status();
  }));
  return decisions;
}

enum class WithLinks : uint8_t { kNo, kYes };
StatusOr<std::unique_ptr<LiveTable>> LoadTable(const LiveStore& store, FrozenModel frozen, StoredRows rows,
                                               const State& state, WithLinks links, int threads) {
  for (const uint32_t number : rows.numbers) {
    if (number >= state.next_number) return DataLoss(store.dir() + ": a row's number is beyond the last");
  }
  auto table = std::make_unique<LiveTable>(std::move(frozen), std::move(rows.records), std::move(rows.numbers),
                                           static_cast<uint32_t>(state.next_number), threads);
  table->SetNextEvent(state.next_event);
  const std::vector<uint32_t> record_of = RecordByNumber(*table);
  HEARTH_RETURN_IF_ERROR(Annotate(LoadPersons(store, record_of, table.get()), store.dir()));
  if (links == WithLinks::kYes) HEARTH_RETURN_IF_ERROR(Annotate(LoadLinks(store, record_of, table.get()), store.dir()));
  HEARTH_ASSIGN_OR_RETURN(const std::vector<LiveDecision> decisions, LoadDecisions(store));
  for (const LiveDecision& decision : decisions) table->AddDecision(decision);
  return table;
}

StatusOr<FrozenModel> Freeze(const Model& given, const RecordSet& records, int threads,
                             std::vector<std::string>* warnings) {
  HEARTH_ASSIGN_OR_RETURN(Trained trained, Train(given, records, {.threads = threads}));
  // Refuses rules that would make too many pairs.
  HEARTH_RETURN_IF_ERROR(Blocking::Make(trained.model, records, trained.model.blocking, threads).status());
  if (warnings != nullptr) *warnings = trained.warnings;
  FrozenModel frozen{.model = std::move(trained.model), .sources = records.sources};
  // What the store will read back is what is used.
  HEARTH_ASSIGN_OR_RETURN(const Model again, ReadModel(WriteModel(frozen.model), "the trained model"));
  HEARTH_CHECK(again == frozen.model, "a trained model reads back as it was written");
  frozen.terms = CountTerms(frozen.model, records);
  return frozen;
}

// Fills a store that is being built, in batches.
class Filler {
 public:
  explicit Filler(LiveStore* store) : store_(store) {}
  StoreBatch& batch() { return batch_; }
  Status Step() { return batch_.bytes() < kFillBytes ? OkStatus() : store_->Fill(&batch_); }
  Status Finish() { return store_->Fill(&batch_); }

 private:
  LiveStore* store_;
  StoreBatch batch_;
};

// All of a table but its rows, events and decisions.
Status FillTable(const LiveTable& table, const Model& given, uint64_t next_decision, Filler* filler) {
  StoreBatch& batch = filler->batch();
  const std::vector<uint32_t> order = table.Order();
  for (const uint32_t record : order) {
    batch.Put(LiveTableName::kPersons, PersonKey(kPerson, table.NumberOf(record)), KeyOf64(table.PersonOf(record)));
    table.ForEachLink(record, [&](uint32_t other, double weight) {
      const uint32_t a = table.NumberOf(record), b = table.NumberOf(other);
      if (a < b) batch.Put(LiveTableName::kLinks, LinkKey(a, b), KeyOf64(std::bit_cast<uint64_t>(weight)));
    });
    HEARTH_RETURN_IF_ERROR(filler->Step());
  }
  table.ForEachFormer([&](uint32_t number, uint64_t person) {
    batch.Put(LiveTableName::kPersons, PersonKey(kFormer, number), KeyOf64(person));
  });
  table.ForEachRetired([&](uint64_t person) { batch.Put(LiveTableName::kPersons, PersonKey(kRetired, person), {}); });
  PutModel(table.frozen(), given, &batch);
  batch.Put(LiveTableName::kMeta, kState, EncodeState({table.next_number(), table.next_event(), next_decision}));
  return filler->Finish();
}

Status CheckPlace(const std::string& dir) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (LiveStore::Exists(dir)) {
    return FailedPrecondition(dir + ": there is a linkage store already; give another folder, or leave --model out");
  }
  if (!fs::exists(dir, error)) return OkStatus();
  if (!fs::is_directory(dir, error) || !fs::is_empty(dir, error)) {
    return FailedPrecondition(dir + ": is no empty folder and no linkage store; give another folder");
  }
  return OkStatus();
}

StatusOr<std::vector<RowTable>> ReadTables(const CreateOptions& o) {
  const size_t wanted = o.model.link_type == LinkType::kDedupe ? 1 : 2;
  if (o.tables.size() != wanted) {
    return InvalidArgument(fmt::format("the model is for {} table{}, and {} {} given", wanted, wanted == 1 ? "" : "s",
                                       o.tables.size(), o.tables.size() == 1 ? "was" : "were"));
  }
  if (wanted == 2 && TableName(o.tables[0]) == TableName(o.tables[1])) {
    return InvalidArgument("both tables are named " + TableName(o.tables[0]) +
                           "; give the files different names, as outputs tell records apart by them");
  }
  std::vector<RowTable> tables;
  ReadOptions read = o.read;
  read.threads = o.threads;
  for (size_t t = 0; t < wanted; ++t) {
    HEARTH_ASSIGN_OR_RETURN(RowTable table, ReadRows(o.tables[t], static_cast<int>(t), o.model, read));
    if (table.rows() == 0) {
      return InvalidArgument(o.tables[t] + ": has a header and no rows; there is nothing to link");
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

void Count(const LiveDelta& delta, ApplyCounts* counts) {
  counts->added += delta.added;
  counts->changed += delta.changed;
  counts->removed += delta.removed;
  counts->unknown_removed += delta.unknown_removed;
  counts->links_put += delta.links_put.size();
  counts->links_removed += delta.links_removed.size();
  counts->compared += delta.compared;
  counts->clustered += delta.clustered;
  counts->events += delta.events.size();
  ++counts->commits;
}

}  // namespace

StatusOr<std::unique_ptr<LiveLinker>> LiveLinker::Create(const CreateOptions& o, std::vector<std::string>* warnings) {
  HEARTH_RETURN_IF_ERROR(CheckPlace(o.dir));
  HEARTH_ASSIGN_OR_RETURN(const std::vector<RowTable> tables, ReadTables(o));
  std::vector<std::string> names;
  for (const std::string& table : o.tables) names.push_back(TableName(table));
  // Built first: a folder that cannot be written is told before the work.
  HEARTH_ASSIGN_OR_RETURN(std::unique_ptr<LiveStore> built, LiveStore::Build(o.dir));
  HEARTH_ASSIGN_OR_RETURN(RecordSet records, MakeRecords(o.model, names, tables, o.threads));
  HEARTH_ASSIGN_OR_RETURN(FrozenModel frozen, Freeze(o.model, records, o.threads, warnings));
  std::vector<uint32_t> numbers(records.size());
  for (uint32_t r = 0; r < numbers.size(); ++r) numbers[r] = r;
  const auto count = static_cast<uint32_t>(numbers.size());
  std::unique_ptr<LiveLinker> linker(new LiveLinker);
  linker->table_ =
      std::make_unique<LiveTable>(std::move(frozen), std::move(records), std::move(numbers), count, o.threads);
  linker->table_->FreezeBlocks();
  {
    LiveDelta delta;
    linker->table_->LinkAll(o.day, Telling::kQuiet, o.threads, &delta);
  }
  Filler filler(built.get());
  uint32_t number = 0;
  std::vector<std::string_view> cells;
  for (const RowTable& table : tables) {
    for (size_t r = 0; r < table.rows(); ++r) {
      table.Cells(r, &cells);
      filler.batch().Put(LiveTableName::kRows, RowKey(static_cast<uint8_t>(table.source), table.Id(r)),
                         RowValue(number++, cells));
      HEARTH_RETURN_IF_ERROR(filler.Step());
    }
  }
  HEARTH_RETURN_IF_ERROR(FillTable(*linker->table_, o.model, 1, &filler));
  HEARTH_RETURN_IF_ERROR(LiveStore::Publish(std::move(built), o.dir, nullptr));
  HEARTH_ASSIGN_OR_RETURN(linker->store_, LiveStore::Open(o.dir));
  return linker;
}

StatusOr<std::unique_ptr<LiveLinker>> LiveLinker::Open(const std::string& dir, int threads) {
  std::unique_ptr<LiveLinker> linker(new LiveLinker);
  HEARTH_ASSIGN_OR_RETURN(linker->store_, LiveStore::Open(dir));
  const LiveStore& store = *linker->store_;
  HEARTH_ASSIGN_OR_RETURN(const State state, GetState(store));
  HEARTH_ASSIGN_OR_RETURN(FrozenModel frozen, GetModel(store));
  HEARTH_ASSIGN_OR_RETURN(StoredRows rows, LoadRows(store, frozen, threads));
  HEARTH_ASSIGN_OR_RETURN(linker->table_,
                          LoadTable(store, std::move(frozen), std::move(rows), state, WithLinks::kYes, threads));
  linker->next_decision_ = state.next_decision;
  return linker;
}

Status LiveLinker::CheckModel(const Model& given) const {
  HEARTH_ASSIGN_OR_RETURN(const Model own, GetGivenModel(*store_));
  if (own == given || table_->model() == given) return OkStatus();
  return FailedPrecondition(
      fmt::format("{}: was made with another model, {}; leave --model out to link with that one, or give another store",
                  store_->dir(), own.name.empty() ? "without a name" : own.name));
}

StatusOr<int> LiveLinker::SourceNamed(const std::string& name) const {
  const std::vector<std::string>& sources = table_->frozen().sources;
  if (sources.size() == 1) return 0;
  const auto at = std::find(sources.begin(), sources.end(), name);
  if (at != sources.end()) return static_cast<int>(at - sources.begin());
  return InvalidArgument(fmt::format("{}: holds the tables {} and {}, not {}; call the file so, or say which with --as",
                                     store_->dir(), sources[0], sources[1], name));
}

Status LiveLinker::Commit(const LiveDelta& delta, std::span<const RowChange> changes, StoreBatch* batch,
                          ApplyCounts* counts) {
  for (const LiveDelta::RowPut& row : delta.rows_removed) {
    const RowChange& change = changes[row.change];
    batch->Delete(LiveTableName::kRows, RowKey(change.source, change.id));
    batch->Delete(LiveTableName::kPersons, PersonKey(kPerson, row.number));
    batch->Delete(LiveTableName::kPersons, PersonKey(kFormer, row.number));
  }
  for (const LiveDelta::RowPut& row : delta.rows_put) {
    const RowChange& change = changes[row.change];
    batch->Put(LiveTableName::kRows, RowKey(change.source, change.id), RowValue(row.number, change.cells));
  }
  for (const auto& [left, right] : delta.links_removed) batch->Delete(LiveTableName::kLinks, LinkKey(left, right));
  for (const LiveDelta::LinkPut& link : delta.links_put) {
    batch->Put(LiveTableName::kLinks, LinkKey(link.left, link.right), KeyOf64(std::bit_cast<uint64_t>(link.weight)));
  }
  for (const auto& [number, person] : delta.persons) {
    batch->Put(LiveTableName::kPersons, PersonKey(kPerson, number), KeyOf64(person));
  }
  for (const auto& [number, person] : delta.formers) {
    const std::string key = PersonKey(kFormer, number);
    person == 0 ? batch->Delete(LiveTableName::kPersons, key)
                : batch->Put(LiveTableName::kPersons, key, KeyOf64(person));
  }
  for (const auto& [person, gone] : delta.retired) {
    const std::string key = PersonKey(kRetired, person);
    gone ? batch->Put(LiveTableName::kPersons, key, {}) : batch->Delete(LiveTableName::kPersons, key);
  }
  for (const LiveEvent& event : delta.events) {
    batch->Put(LiveTableName::kEvents, KeyOf64(event.number), EncodeEvent(event));
  }
  batch->Put(LiveTableName::kMeta, kState, EncodeState({table_->next_number(), table_->next_event(), next_decision_}));
  const Status status = store_->Commit(batch);
  if (!status.ok()) {
    broken_ = FailedPrecondition(store_->dir() + ": a commit failed before; open the store again");
    return status;
  }
  Count(delta, counts);
  return OkStatus();
}

StatusOr<ApplyCounts> LiveLinker::Apply(const RowTable& rows, const std::vector<RecordKey>& removed,
                                        const ApplyOptions& o) {
  HEARTH_RETURN_IF_ERROR(broken_);
  HEARTH_CHECK(o.commit_every > 0, "at least one row a commit");
  if (uint64_t{table_->next_number()} + rows.rows() >= kNullCode) {
    return FailedPrecondition(store_->dir() + ": has numbered 4 billion rows; make the store anew");
  }
  ApplyCounts counts{.first_event = table_->next_event()};
  const uint64_t all = removed.size() + rows.rows();
  StoreBatch batch;
  std::vector<RowChange> changes;
  uint64_t done = 0;
  const auto commit = [&]() -> Status {
    if (changes.empty()) return OkStatus();
    LiveDelta delta;
    table_->Step(changes, o.day, o.threads, &delta);
    HEARTH_RETURN_IF_ERROR(Commit(delta, changes, &batch, &counts));
    changes.clear();
    if (o.on_progress) o.on_progress(done, all);
    return OkStatus();
  };
  for (const RecordKey& key : removed) {
    changes.push_back({.source = key.source, .id = key.id, .removed = true});
    ++done;
    if (changes.size() == o.commit_every) HEARTH_RETURN_IF_ERROR(commit());
  }
  HEARTH_RETURN_IF_ERROR(commit());

  const auto source = static_cast<uint8_t>(rows.source);
  std::vector<std::vector<std::string_view>> cells(o.commit_every);
  for (size_t r = 0; r < rows.rows(); ++r) {
    std::vector<std::string_view>& own = cells[changes.size()];
    rows.Cells(r, &own);
    ++done;
    const uint32_t old = table_->Find({source, std::string(rows.Id(r))});
    if (old != kNullCode) {
      HEARTH_ASSIGN_OR_RETURN(const auto value, store_->Get(LiveTableName::kRows, RowKey(source, rows.Id(r))));
      if (value && *value == RowValue(table_->NumberOf(old), own)) {
        ++counts.unchanged;
        continue;
      }
    }
    changes.push_back({.source = source, .id = rows.Id(r), .cells = own});
    if (changes.size() == o.commit_every) HEARTH_RETURN_IF_ERROR(commit());
  }
  HEARTH_RETURN_IF_ERROR(commit());
  return counts;
}

StatusOr<ApplyCounts> LiveLinker::Record(std::vector<LiveDecision> decisions, CivilDay day, int threads) {
  HEARTH_RETURN_IF_ERROR(broken_);
  StoreBatch batch;
  for (LiveDecision& d : decisions) {
    if (d.by.empty() || d.why.empty()) return InvalidArgument("a decision needs who decided and why: --by and --why");
    if (d.right < d.left) std::swap(d.left, d.right);
    if (d.left == d.right) return InvalidArgument("a decision is about two different records");
    batch.Put(LiveTableName::kDecisions, KeyOf64(next_decision_++), EncodeDecision(d));
  }
  ApplyCounts counts{.first_event = table_->next_event()};
  LiveDelta delta;
  table_->Decide(decisions, day, threads, &delta);
  HEARTH_RETURN_IF_ERROR(Commit(delta, {}, &batch, &counts));
  return counts;
}

StatusOr<ApplyCounts> LiveLinker::Decide(const LiveDecision& decision, int threads) {
  HEARTH_RETURN_IF_ERROR(broken_);
  for (const RecordKey* key : {&decision.left, &decision.right}) {
    if (table_->Find(*key) == kNullCode) {
      return NotFound(store_->dir() + ": there is no record of one of the two ids; ids are those of the tables");
    }
  }
  return Record({decision}, decision.day, threads);
}

StatusOr<ApplyCounts> LiveLinker::Undo(uint64_t number, const std::string& by, const std::string& why, CivilDay day,
                                       int threads) {
  HEARTH_RETURN_IF_ERROR(broken_);
  HEARTH_ASSIGN_OR_RETURN(const auto bytes, store_->Get(LiveTableName::kEvents, KeyOf64(number)));
  if (!bytes) return NotFound(fmt::format("{}: there is no event {}", store_->dir(), number));
  HEARTH_ASSIGN_OR_RETURN(const LiveEvent event, DecodeEvent(*bytes));
  const bool merge = event.kind == PersonChangeKind::kMerge;
  if (!merge && event.kind != PersonChangeKind::kSplit) {
    return FailedPrecondition(
        fmt::format("event {} is {}; only a merge or a split can be undone, for single records "
                    "decide about pairs",
                    number, PersonChangeKindName(event.kind)));
  }
  const uint64_t all = event.moved.size() + event.others.size();
  if (all * (all - 1) / 2 > kUndoPairsMax) {
    return FailedPrecondition(
        fmt::format("event {} is about {} records; undoing takes a decision for each pair, at "
                    "most {}",
                    number, all, kUndoPairsMax));
  }
  std::vector<LiveDecision> decisions;
  const auto decide = [&](const RecordKey& a, const RecordKey& b, LinkVerdict verdict) {
    decisions.push_back({.left = a, .right = b, .verdict = verdict, .by = by, .why = why, .day = day});
  };
  for (const auto* side : {&event.moved, &event.others}) {
    for (size_t i = 0; merge && i < side->size(); ++i) {
      for (size_t j = i + 1; j < side->size(); ++j) decide((*side)[i], (*side)[j], LinkVerdict::kSame);
    }
  }
  for (const RecordKey& a : event.moved) {
    for (const RecordKey& b : event.others) decide(a, b, merge ? LinkVerdict::kDifferent : LinkVerdict::kSame);
  }
  return Record(std::move(decisions), day, threads);
}

StatusOr<ApplyCounts> LiveLinker::Rebuild(bool retrain, CivilDay day, int threads) {
  HEARTH_RETURN_IF_ERROR(broken_);
  HEARTH_ASSIGN_OR_RETURN(const Model given, GetGivenModel(*store_));
  HEARTH_ASSIGN_OR_RETURN(const State state, GetState(*store_));
  HEARTH_ASSIGN_OR_RETURN(FrozenModel frozen, GetModel(*store_));
  HEARTH_ASSIGN_OR_RETURN(StoredRows rows, LoadRows(*store_, frozen, threads));
  if (retrain) {
    HEARTH_ASSIGN_OR_RETURN(frozen, Freeze(given, rows.records, threads, nullptr));
  }
  HEARTH_ASSIGN_OR_RETURN(std::unique_ptr<LiveTable> table,
                          LoadTable(*store_, std::move(frozen), std::move(rows), state, WithLinks::kNo, threads));
  if (retrain) table->FreezeBlocks();
  ApplyCounts counts{.first_event = table->next_event()};
  LiveDelta delta;
  table->LinkAll(day, Telling::kEvents, threads, &delta);

  const std::string dir = store_->dir();
  HEARTH_ASSIGN_OR_RETURN(std::unique_ptr<LiveStore> built, LiveStore::Build(dir));
  Filler filler(built.get());
  for (const LiveTableName copied : {LiveTableName::kRows, LiveTableName::kEvents, LiveTableName::kDecisions}) {
    HEARTH_RETURN_IF_ERROR(store_->ForEach(copied, {}, [&](std::string_view key, std::string_view value) {
      filler.batch().Put(copied, key, value);
      return filler.Step();
    }));
  }
  for (const LiveEvent& event : delta.events) {
    filler.batch().Put(LiveTableName::kEvents, KeyOf64(event.number), EncodeEvent(event));
  }
  HEARTH_RETURN_IF_ERROR(FillTable(*table, given, state.next_decision, &filler));
  broken_ = FailedPrecondition(dir + ": a rebuild did not end; open the store again");
  HEARTH_RETURN_IF_ERROR(LiveStore::Publish(std::move(built), dir, std::move(store_)));
  HEARTH_ASSIGN_OR_RETURN(store_, LiveStore::Open(dir));
  table_ = std::move(table);
  broken_ = OkStatus();
  Count(delta, &counts);
  return counts;
}

StatusOr<std::vector<LiveEvent>> LiveLinker::Events(uint64_t from) const {
  HEARTH_RETURN_IF_ERROR(broken_);
  std::vector<LiveEvent> events;
  HEARTH_RETURN_IF_ERROR(
      store_->ForEach(LiveTableName::kEvents, KeyOf64(from), [&](std::string_view, std::string_view value) {
        StatusOr<LiveEvent> event = DecodeEvent(value);
        if (event.ok()) events.push_back(*std::move(event));
        return event.status();
      }));
  return events;
}

StatusOr<std::vector<LiveDecision>> LiveLinker::Decisions() const {
  HEARTH_RETURN_IF_ERROR(broken_);
  return LoadDecisions(*store_);
}

}  // namespace hearth::linkage
