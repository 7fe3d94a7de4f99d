// LiveLinker: a table's links and persons that stay, on disk, while rows come, change and go.
//
//   HEARTH_ASSIGN_OR_RETURN(auto linker, LiveLinker::Create({.dir = "persons", .model = model, .tables = {"a.csv"}}));
//   HEARTH_ASSIGN_OR_RETURN(auto linker, LiveLinker::Open("persons", 2));
//   HEARTH_ASSIGN_OR_RETURN(const ApplyCounts counts, linker->Apply(rows, {}, {.day = day, .threads = 2}));
//
// Create trains the model and freezes it. Apply ends in the clusters and links that a batch over all rows with the
// frozen model has, whatever the order of arrival and the sizes of the deliveries. Each commit is one synced write: a
// process that dies leaves the store at its last commit. After a commit that failed the linker must be opened again:
// every call returns FailedPrecondition.
// One thread at a time, one process a store. Opening reads everything into memory: some seconds for a million rows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "linkage/live/live_store.h"
#include "linkage/live/live_table.h"
#include "linkage/live/row_table.h"

namespace hearth::linkage {

struct CreateOptions {
  std::string dir;
  Model model;
  std::vector<std::string> tables;  // one or two files, as the model's link type
  ReadOptions read;
  int threads = 1;
  CivilDay day;
};

struct ApplyOptions {
  CivilDay day;
  size_t commit_every = 1000;  // rows
  int threads = 1;
  std::function<void(uint64_t done, uint64_t all)> on_progress;  // after each commit
};

struct ApplyCounts {
  uint64_t added = 0, changed = 0, unchanged = 0, removed = 0, unknown_removed = 0;
  uint64_t links_put = 0, links_removed = 0, compared = 0, clustered = 0, commits = 0;
  uint64_t first_event = 0, events = 0;
};

class LiveLinker {
 public:
  // FailedPrecondition when something is there already; InvalidArgument for tables or a model that do not do.
  static StatusOr<std::unique_ptr<LiveLinker>> Create(const CreateOptions& options,
                                                      std::vector<std::string>* warnings = nullptr);
  // As LiveStore::Open; DataLoss also for rows, links and persons that do not fit one another.
  static StatusOr<std::unique_ptr<LiveLinker>> Open(const std::string& dir, int threads);

  // FailedPrecondition when the store was made with another model.
  Status CheckModel(const Model& given) const;
  // The source of a table of that name: the only one, or the one that is called so. InvalidArgument names both.
  StatusOr<int> SourceNamed(const std::string& name) const;

  // Removes rows first, then puts rows. A row that is as it was is no change.
  StatusOr<ApplyCounts> Apply(const RowTable& rows, const std::vector<RecordKey>& removed, const ApplyOptions& options);
  // NotFound for a record that is not there; InvalidArgument for one record twice, or without by and why.
  StatusOr<ApplyCounts> Decide(const LiveDecision& decision, int threads);
  // Reverses a merge or a split for good, by decisions about its records. NotFound, FailedPrecondition for another kind
  // of event or one of too many records.
  StatusOr<ApplyCounts> Undo(uint64_t event, const std::string& by, const std::string& why, CivilDay day, int threads);
  // Links everything again, with the frozen model or one trained anew on the rows there are. Persons keep their ids by
  // the nightly rule, decisions stay. The store is replaced whole, at the end.
  StatusOr<ApplyCounts> Rebuild(bool retrain, CivilDay day, int threads);

  const LiveTable& table() const { return *table_; }
  LiveTable& table() { return *table_; }
  const LiveStore& store() const { return *store_; }
  // From a number on, in order.
  StatusOr<std::vector<LiveEvent>> Events(uint64_t from) const;
  StatusOr<std::vector<LiveDecision>> Decisions() const;

 private:
  LiveLinker() = default;
  StatusOr<ApplyCounts> Record(std::vector<LiveDecision> decisions, CivilDay day, int threads);
  Status Commit(const LiveDelta& delta, std::span<const RowChange> changes, StoreBatch* batch, ApplyCounts* counts);

  std::unique_ptr<LiveStore> store_;
  std::unique_ptr<LiveTable> table_;
  uint64_t next_decision_ = 1;
  Status broken_;
};

}  // namespace hearth::linkage
