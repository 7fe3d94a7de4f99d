#include "cli/explain_all.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "cli/output_paths.h"
#include "core/parallel.h"
#include "nightly/city.h"
#include "policy/batched_unit.h"
#include "report/progress.h"
#include "report/table.h"

namespace hearth {
namespace {

constexpr size_t kBatch = 512;      // units whose columns stay in the caches
constexpr size_t kGrain = 1024;     // units a task
constexpr size_t kWaveChunks = 32;  // tasks whose lines are held at a time

// A pack with the places that differ, and which of them each unit belongs to.
struct StreamPack {
  ExplainedPack explained;
  std::vector<uint32_t> place_of;  // by unit
  Portrait portrait;
  RecordWriter writer;
  std::shared_ptr<const BatchLayout> layout;
};

StatusOr<std::vector<StreamPack>> Prepare(const NightPacks& packs, const SchemaList& schemas, const City& city,
                                          std::span<const RecordTable* const> tables, const std::string& only,
                                          CivilDay as_of) {
  std::vector<StreamPack> prepared;
  for (const ActivePack& active : packs.active) {
    if (!only.empty() && active.pack.id() != only) continue;
    StreamPack p{{active.pack, as_of, {{"", active.site}}},
                 std::vector<uint32_t>(city.units.size()),
                 Portrait::Create(packs.profile, active.pack.layout(), schemas, tables, city.answered),
                 RecordWriter(active.pack, static_cast<uint32_t>(prepared.size())),
                 std::make_shared<const BatchLayout>(active.pack)};
    std::map<std::string, uint32_t> known{{"", 0}}, by_region;
    for (size_t u = 0; u < city.units.size(); ++u) {
      const std::string& region = city.units[u].region;
      auto [place, is_new] = by_region.try_emplace(region, 0);
      if (is_new && !region.empty()) {
        const std::string key = OverlaysOf(active.pack, active.site, region);
        const auto [at, fresh] = known.try_emplace(key, static_cast<uint32_t>(p.explained.places.size()));
        if (fresh) {
          HEARTH_ASSIGN_OR_RETURN(SiteParameters site, ForCounty(active.pack, active.site, region));
          p.explained.places.push_back({key, std::move(site)});
        }
        place->second = at->second;
      }
      p.place_of[u] = place->second;
    }
    prepared.push_back(std::move(p));
  }
  if (prepared.empty()) {
    return FailedPrecondition(only.empty()
                                  ? "no pack of the site is in force on " + as_of.ToString()
                                  : "pack " + only + " is not among the site's packs in force on " + as_of.ToString());
  }
  return prepared;
}

// Evaluators and buffers of one task at a time, made when first needed and lent from task to task.
class Worker {
 public:
  Worker(const City& city, const std::vector<StreamPack>& packs) : city_(city), packs_(packs), engines_(packs.size()) {}

  // The records of units [begin, end), by unit and then pack.
  Status Append(size_t begin, size_t end, std::string* out) {
    const size_t count = end - begin;
    lines_.clear();
    line_of_.assign(count * packs_.size(), {});
    for (size_t p = 0; p < packs_.size(); ++p) {
      std::map<uint32_t, std::vector<uint32_t>> by_place;
      for (size_t u = begin; u < end; ++u) by_place[packs_[p].place_of[u]].push_back(static_cast<uint32_t>(u));
      for (const auto& [place, units] : by_place) {
        HEARTH_ASSIGN_OR_RETURN(Engine* const engine, At(p, place));
        for (size_t i = 0; i < units.size(); i += kBatch) {
          const std::span batch(units.data() + i, std::min(kBatch, units.size() - i));
          HEARTH_RETURN_IF_ERROR(WriteBatch(p, batch, begin, engine));
        }
      }
    }
    for (const auto& [at, size] : line_of_) out->append(lines_, at, size);
    return OkStatus();
  }

 private:
  struct Engine {
    Engine(const StreamPack& pack, BatchEvaluator batch_evaluator, Evaluator evaluator)
        : columns(std::move(batch_evaluator)),
          plain(std::move(evaluator)),
          batch(pack.layout),
          batched(columns, batch, result),
          apart(&plain) {}
    BatchEvaluator columns;
    Evaluator plain;  // of units whose facts do not fit the columns
    UnitBatch batch;
    BatchResult result;
    BatchedUnit batched;
    EvaluatedUnit apart;
  };

  StatusOr<Engine*> At(size_t p, uint32_t place) {
    std::unique_ptr<Engine>& engine = engines_[p][place];
    if (engine != nullptr) return engine.get();
    const StreamPack& pack = packs_[p];
    const SiteParameters& site = pack.explained.places[place].site;
    BatchOptions options;
    options.want_facts = true;
    HEARTH_ASSIGN_OR_RETURN(BatchEvaluator columns,
                            BatchEvaluator::Create(pack.layout, site, pack.explained.as_of, options));
    HEARTH_ASSIGN_OR_RETURN(Evaluator plain, Evaluator::Create(pack.explained.pack, site, pack.explained.as_of));
    engine = std::make_unique<Engine>(pack, std::move(columns), std::move(plain));
    return engine.get();
  }

  Status WriteBatch(size_t p, std::span<const uint32_t> units, size_t begin, Engine* engine) {
    const StreamPack& pack = packs_[p];
    facts_.clear();
    engine->batch.Clear();
    for (const uint32_t u : units) {
      facts_.push_back(pack.portrait.Draw(city_.Source(city_.units[u]), pack.explained.as_of, Portrait::Sources::kYes));
    }
    for (const UnitFacts& f : facts_) engine->batch.Append(f);
    HEARTH_RETURN_IF_ERROR(engine->columns.Evaluate(engine->batch, &engine->result));
    engine->batched.Begin();
    for (size_t i = 0; i < units.size(); ++i) {
      const CityUnit& u = city_.units[units[i]];
      persons_.clear();
      for (const FamilyUnitMember& m : u.members) persons_.push_back(city_.persons[m.person].id.value);
      const bool in_columns = engine->batched.Select(i);
      if (!in_columns) engine->apart.Evaluate(facts_[i]);
      RecordSource& source = in_columns ? static_cast<RecordSource&>(engine->batched) : engine->apart;
      const size_t at = lines_.size();
      pack.writer.Append({u.id.value, u.household_no, persons_, pack.place_of[units[i]]}, source, &lines_);
      line_of_[(units[i] - begin) * packs_.size() + p] = {at, lines_.size() - at};
    }
    return OkStatus();
  }

  const City& city_;
  const std::vector<StreamPack>& packs_;
  std::vector<std::map<uint32_t, std::unique_ptr<Engine>>> engines_;  // by pack: by place
  std::vector<UnitFacts> facts_;
  std::vector<uint64_t> persons_;
  std::string lines_;                               // in the order written
  std::vector<std::pair<size_t, size_t>> line_of_;  // by unit and pack: where its line begins in lines_, and its size
};

// Workers that no task has at the moment.
class Workers {
 public:
  Workers(const City& city, const std::vector<StreamPack>& packs) : city_(city), packs_(packs) {}

  std::unique_ptr<Worker> Take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<Worker>(city_, packs_);
    std::unique_ptr<Worker> worker = std::move(free_.back());
    free_.pop_back();
    return worker;
  }
  void Give(std::unique_ptr<Worker> worker) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(worker));
  }

 private:
  const City& city_;
  const std::vector<StreamPack>& packs_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> free_;
};

Status StreamUnits(const City& city, const std::vector<StreamPack>& packs, int threads, std::ostream* out,
                   uint64_t* bytes) {
  struct Chunk {
    std::string lines;
    Status status;
  };
  Progress bar("explain", city.units.size());
  Workers workers(city, packs);
  std::vector<Chunk> wave(kWaveChunks);
  for (size_t first = 0; first < city.units.size(); first += kGrain * kWaveChunks) {
    const size_t left = city.units.size() - first;
    const size_t chunks = std::min(kWaveChunks, (left + kGrain - 1) / kGrain);
    ParallelFor(chunks, threads, [&](size_t c) {
      std::unique_ptr<Worker> worker = workers.Take();
      const size_t begin = first + c * kGrain, end = std::min(city.units.size(), begin + kGrain);
      wave[c].lines.clear();
      wave[c].status = worker->Append(begin, end, &wave[c].lines);
      workers.Give(std::move(worker));
      bar.Add(end - begin);
    });
    for (size_t c = 0; c < chunks; ++c) {
      HEARTH_RETURN_IF_ERROR(wave[c].status);
      *bytes += wave[c].lines.size();
      out->write(wave[c].lines.data(), static_cast<std::streamsize>(wave[c].lines.size()));
    }
    if (!*out) return Unavailable("the explanation stream could not be written; is the disk full?");
  }
  return OkStatus();
}

Status ExplainAll(const OpenStore& store, const std::string& packs_dir, const ExplainAllOptions& o) {
  if (o.out.ends_with(".zst")) {
    return InvalidArgument(o.out + ": compressed output is not offered; write to \"-\" and pipe it through zstd");
  }
  CivilDay as_of = store.generation->meta().as_of;
  NightPacks packs = store.packs;
  if (!o.as_of.empty()) {
    HEARTH_ASSIGN_OR_RETURN(as_of, ParseIsoDay(o.as_of));
    HEARTH_ASSIGN_OR_RETURN(packs, LoadNightPacks(store.site, PacksDir(packs_dir), store.schemas, as_of));
  }
  if (o.out != "-") HEARTH_RETURN_IF_ERROR(CheckOutputPaths({}, {o.out}));
  const int threads = o.threads > 0 ? o.threads : static_cast<int>(std::thread::hardware_concurrency());
  std::vector<bool> registries(store.schemas.size(), false);
  for (const ActivePack& active : packs.active) {
    const std::vector<bool> read = RegistriesOf(packs.profile, active.pack, store.schemas);
    for (size_t i = 0; i < read.size(); ++i) registries[i] = registries[i] || read[i];
  }
  City city;
  {
    Progress bar("read", 0);
    HEARTH_ASSIGN_OR_RETURN(
        city, LoadCity(*store.generation, store.schemas, registries, threads, [&](size_t n) { bar.Add(n); }));
  }
  const std::vector<const RecordTable*> tables = city.TablePointers();
  HEARTH_ASSIGN_OR_RETURN(const std::vector<StreamPack> prepared,
                          Prepare(packs, store.schemas, city, tables, o.pack, as_of));
  const GenerationMeta& meta = store.generation->meta();
  ExplanationOrigin origin{meta.site, meta.root_digest, meta.number, {}};
  for (const FeedState& f : meta.feeds) origin.feeds.push_back(f.feed);
  std::vector<ExplainedPack> explained;
  for (const StreamPack& p : prepared) explained.push_back(p.explained);

  std::ofstream file;
  if (o.out != "-") {
    file.open(o.out, std::ios::binary | std::ios::trunc);
    if (!file) return Unavailable(o.out + ": cannot be written");
  }
  std::ostream& out = o.out == "-" ? std::cout : file;
  const std::string header = ExplanationHeader(origin, explained) + "\n";
  out << header;
  uint64_t bytes = header.size();
  const auto began = std::chrono::steady_clock::now();
  HEARTH_RETURN_IF_ERROR(StreamUnits(city, prepared, threads, &out, &bytes));
  out.flush();
  if (!out) return Unavailable(o.out + ": could not be written; is the disk full?");
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const size_t records = city.units.size() * prepared.size();
  if (o.out != "-") {
    std::cout << Thousands(static_cast<int64_t>(records)) << " records, "
              << (records > 0 ? (bytes - header.size()) / records : 0) << " bytes each, "
              << Thousands(static_cast<int64_t>(static_cast<double>(records) / std::max(seconds, 1e-9)))
              << " records/s\n";
  }
  return OkStatus();
}

}  // namespace

int ExplainAllCommand(const OpenStore& store, const std::string& packs_dir, const ExplainAllOptions& options) {
  const Status status = ExplainAll(store, packs_dir, options);
  return status.ok() ? kExitOk : Fail(status);
}

}  // namespace hearth
