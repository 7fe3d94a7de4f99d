#include "cli/link_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "cli/common.h"
#include "linkage/live/live_files.h"
#include "linkage/live/review.h"
#include "matchers/fellegi_sunter/model_reader.h"
#include "report/json_writer.h"
#include "report/progress.h"

namespace hearth {
namespace {

using linkage::ApplyCounts;
using linkage::LiveLinker;
using linkage::RecordKey;

StatusOr<linkage::Model> ReadModelFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return NotFound(path + ": cannot be opened");
  std::ostringstream text;
  text << in.rdbuf();
  return linkage::ReadAnyModel(text.str(), path);
}

void Add(const ApplyCounts& from, ApplyCounts* to) {
  to->added += from.added;
  to->changed += from.changed;
  to->unchanged += from.unchanged;
  to->removed += from.removed;
  to->unknown_removed += from.unknown_removed;
  to->links_put += from.links_put;
  to->links_removed += from.links_removed;
  to->events += from.events;
  to->commits += from.commits;
}

// One run of hearth link --store.
class StoreRun {
 public:
  explicit StoreRun(const LinkStoreOptions& o) : o_(o) {}

  Status Run() {
    HEARTH_ASSIGN_OR_RETURN(day_, ParseIsoDay(o_.on.empty() ? TodayText() : o_.on));
    if (!o_.encoding.empty()) {
      Encoding encoding;
      if (!EncodingFromName(o_.encoding, &encoding)) {
        return InvalidArgument("--encoding is UTF-8, GB18030 or UTF-16LE, not: " + o_.encoding);
      }
      read_.encoding = encoding;
    }
    read_.threads = o_.threads;
    bool created = false;
    HEARTH_RETURN_IF_ERROR(OpenOrCreate(&created));
    first_event_ = linker_->table().next_event();
    if (!created) HEARTH_RETURN_IF_ERROR(TakeRows());
    if (!o_.decide.empty()) HEARTH_RETURN_IF_ERROR(TakeDecision());
    if (o_.undo != 0) {
      HEARTH_ASSIGN_OR_RETURN(const ApplyCounts counts, linker_->Undo(o_.undo, o_.by, o_.why, day_, o_.threads));
      Add(counts, &counts_);
    }
    if (o_.rebuild || o_.retrain) {
      HEARTH_ASSIGN_OR_RETURN(const ApplyCounts counts, linker_->Rebuild(o_.retrain, day_, o_.threads));
      Add(counts, &counts_);
    }
    HEARTH_RETURN_IF_ERROR(WriteFiles());
    if (o_.review) return Review();
    o_.json ? PrintJson(created) : PrintText(created);
    return OkStatus();
  }

 private:
  Status OpenOrCreate(bool* created) {
    std::optional<linkage::Model> model;
    if (!o_.model.empty()) {
      HEARTH_ASSIGN_OR_RETURN(model, ReadModelFile(o_.model));
    }
    if (linkage::LiveStore::Exists(o_.store)) {
      HEARTH_ASSIGN_OR_RETURN(linker_, LiveLinker::Open(o_.store, o_.threads));
      return model ? linker_->CheckModel(*model) : OkStatus();
    }
    if (!model) {
      return NotFound(o_.store + ": there is no linkage store; make one with --model MODEL and the first table");
    }
    std::vector<std::string> warnings;
    HEARTH_ASSIGN_OR_RETURN(
        linker_,
        LiveLinker::Create(
            {.dir = o_.store, .model = *model, .tables = o_.tables, .read = read_, .threads = o_.threads, .day = day_},
            &warnings));
    for (const std::string& warning : warnings) std::cerr << "hearth: warning: " << warning << "\n";
    counts_.added = linker_->table().size();
    counts_.links_put = linker_->table().links();
    *created = true;
    return OkStatus();
  }

  StatusOr<int> SourceOf(const std::string& path) const {
    return linker_->SourceNamed(o_.source.empty() ? linkage::TableName(path) : o_.source);
  }

  // All files are read before the first row is taken, so that a bad one changes nothing.
  Status TakeRows() {
    std::vector<linkage::RowTable> tables;
    for (const std::string& path : o_.tables) {
      HEARTH_ASSIGN_OR_RETURN(const int source, SourceOf(path));
      HEARTH_ASSIGN_OR_RETURN(linkage::RowTable rows, linkage::ReadRows(path, source, linker_->table().model(), read_));
      tables.push_back(std::move(rows));
    }
    std::vector<RecordKey> removed;
    if (!o_.removed.empty()) {
      HEARTH_ASSIGN_OR_RETURN(const int source, SourceOf(o_.tables.size() == 1 ? o_.tables[0] : o_.removed));
      HEARTH_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                              linkage::ReadIds(o_.removed, linker_->table().model(), read_));
      for (const std::string& id : ids) removed.push_back({static_cast<uint8_t>(source), id});
      if (tables.empty()) tables.push_back({.source = source});
    }
    for (size_t t = 0; t < tables.size(); ++t) {
      std::vector<RecordKey> first;
      if (t == 0) first.swap(removed);
      Progress bar("link", first.size() + tables[t].rows());
      uint64_t told = 0;
      const auto on_progress = [&](uint64_t done, uint64_t) {
        bar.Add(done - told);
        told = done;
      };
      HEARTH_ASSIGN_OR_RETURN(
          const ApplyCounts counts,
          linker_->Apply(
              tables[t], first,
              {.day = day_, .commit_every = o_.commit_every, .threads = o_.threads, .on_progress = on_progress}));
      Add(counts, &counts_);
    }
    return OkStatus();
  }

  Status TakeDecision() {
    if (o_.same + o_.different + o_.unsure != 1) {
      return InvalidArgument("--decide needs one of --same, --different and --unsure");
    }
    linkage::LiveDecision decision{.by = o_.by, .why = o_.why, .day = day_};
    decision.verdict = o_.same ? LinkVerdict::kSame : o_.different ? LinkVerdict::kDifferent : LinkVerdict::kUnsure;
    StatusOr<RecordKey> left = linkage::RecordNamed(linker_->table(), o_.decide[0]);
    StatusOr<RecordKey> right = linkage::RecordNamed(linker_->table(), o_.decide[1]);
    if (!left.ok()) return Annotate(left.status(), "first of --decide");
    if (!right.ok()) return Annotate(right.status(), "second of --decide");
    decision.left = *left;
    decision.right = *right;
    HEARTH_ASSIGN_OR_RETURN(const ApplyCounts counts, linker_->Decide(decision, o_.threads));
    Add(counts, &counts_);
    return OkStatus();
  }

  Status WriteFiles() {
    const linkage::LiveTable& table = linker_->table();
    if (!o_.clusters.empty()) {
      HEARTH_RETURN_IF_ERROR(linkage::WriteLiveClusters(table, o_.clusters));
      written_.push_back(o_.clusters);
    }
    if (!o_.out.empty()) {
      HEARTH_RETURN_IF_ERROR(linkage::WriteLiveLinks(table, o_.out));
      written_.push_back(o_.out);
    }
    if (o_.events.empty()) return OkStatus();
    HEARTH_ASSIGN_OR_RETURN(const std::vector<linkage::LiveEvent> events, linker_->Events(first_event_));
    HEARTH_RETURN_IF_ERROR(linkage::WriteEvents(table, events, o_.events));
    written_.push_back(o_.events);
    return OkStatus();
  }

  Status Review() {
    const linkage::LiveTable& table = linker_->table();
    const std::vector<linkage::ReviewPair> pairs = linkage::ReviewPairs(table, o_.limit);
    if (!o_.json) {
      for (const linkage::ReviewPair& pair : pairs) {
        std::cout << fmt::format("value {:.2f}, {} records, {} and {}\n", pair.value, pair.records,
                                 linkage::NameOfPerson(pair.left_person), linkage::NameOfPerson(pair.right_person));
        linkage::PrintEvidence(pair.evidence, &std::cout);
        std::cout << "\n";
      }
      std::cout << pairs.size() << " pairs\n";
      return OkStatus();
    }
    JsonWriter json(&std::cout);
    json.BeginArray();
    for (const linkage::ReviewPair& pair : pairs) {
      json.BeginObject();
      json.Key("left").Text(pair.evidence.left);
      json.Key("right").Text(pair.evidence.right);
      json.Key("left_person").Text(linkage::NameOfPerson(pair.left_person));
      json.Key("right_person").Text(linkage::NameOfPerson(pair.right_person));
      json.Key("records").Count(pair.records);
      json.Key("value").Measure(pair.value);
      json.Key("match_weight").Measure(pair.evidence.total_bits);
      json.Key("match_probability").Measure(pair.evidence.probability);
      json.EndObject();
    }
    json.EndArray();
    json.Finish();
    return OkStatus();
  }

  void PrintJson(bool created) const {
    const linkage::LiveTable& table = linker_->table();
    JsonWriter json(&std::cout);
    json.BeginObject();
    json.Key("store").Text(o_.store);
    json.Key("created").Bool(created);
    for (const auto& [key, count] : {std::pair<const char*, uint64_t>{"records", table.size()},
                                     {"persons", table.persons()},
                                     {"links", table.links()},
                                     {"added", counts_.added},
                                     {"changed", counts_.changed},
                                     {"unchanged", counts_.unchanged},
                                     {"deleted", counts_.removed},
                                     {"delete_unknown", counts_.unknown_removed},
                                     {"links_put", counts_.links_put},
                                     {"links_removed", counts_.links_removed},
                                     {"events", counts_.events},
                                     {"first_event", first_event_},
                                     {"commits", counts_.commits}}) {
      json.Key(key).Count(count);
    }
    json.EndObject();
    json.Finish();
  }

  void PrintText(bool created) const {
    const linkage::LiveTable& table = linker_->table();
    std::cout << (created ? "made " : "") << o_.store << ": " << table.size() << " records, " << table.persons()
              << " persons, " << table.links() << " links and pairs for review\n";
    if (!created) {
      std::cout << counts_.added << " new, " << counts_.changed << " changed, " << counts_.unchanged
                << " as they were, " << counts_.removed << " deleted; " << counts_.events << " events from number "
                << first_event_ << "\n";
    }
    if (counts_.unknown_removed > 0) {
      std::cerr << "hearth: warning: " << counts_.unknown_removed << " ids of " << o_.removed
                << " are of no record; they were passed over\n";
    }
    for (const std::string& path : written_) std::cout << "wrote " << path << "\n";
  }

  const LinkStoreOptions& o_;
  std::unique_ptr<LiveLinker> linker_;
  linkage::ReadOptions read_;
  CivilDay day_;
  ApplyCounts counts_;
  uint64_t first_event_ = 1;
  std::vector<std::string> written_;
};

}  // namespace

std::string TodayText() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &local);
  return text;
}

void AddLinkStoreOptions(CLI::App* command, LinkStoreOptions* o) {
  CLI::Option* store = command->add_option("--store", o->store,
                                           "keep records and persons in this folder, and link new and changed rows "
                                           "with those there; --model makes it");
  const auto of_store = [&](CLI::Option* option) { option->needs(store)->group("With --store"); };
  of_store(command->add_option("--delete", o->removed, "a file of ids whose records are deleted"));
  of_store(command->add_option("--as", o->source, "which of the store's two tables the file belongs to"));
  of_store(command->add_option("--events", o->events, "what this run changed about persons"));
  of_store(command->add_option("--commit-every", o->commit_every, "rows a commit")
               ->check(CLI::Range(1, 10'000'000))
               ->capture_default_str());
  of_store(
      command->add_option("--on", o->on, "the day of this run's events and decisions, YYYY-MM-DD; today unless given"));
  of_store(command->add_option("--decide", o->decide, "two records on which somebody decides")->expected(2));
  of_store(command->add_flag("--same", o->same, "they are one"));
  of_store(command->add_flag("--different", o->different, "they are two"));
  of_store(command->add_flag("--unsure", o->unsure, "it cannot be told; takes an earlier decision back"));
  of_store(command->add_option("--undo", o->undo, "number of a merge or split to reverse for good")
               ->check(CLI::PositiveNumber));
  of_store(command->add_option("--by", o->by, "who decides: an account's name"));
  of_store(command->add_option("--why", o->why, "the reason"));
  of_store(command->add_flag("--rebuild", o->rebuild, "link everything again with the model as it was trained"));
  of_store(command->add_flag("--retrain", o->retrain, "train the model anew and link everything again"));
  of_store(command->add_flag("--review", o->review, "list the pairs where an answer is worth most"));
  of_store(command->add_option("--limit", o->limit, "pairs to list")->capture_default_str());
}

int LinkStoreCommand(const LinkStoreOptions& o) {
  const Status status = StoreRun(o).Run();
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace hearth
