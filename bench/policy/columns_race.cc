// The columns engine's side of bench/policy/run.py.
//
//   columns_race fourteen DIR [UNITS]      reads DIR/*.col once; then for each line "run" on standard input evaluates
//   all
//                                          households on one thread and prints the seconds; "write" leaves out_*.col
//   columns_race pack FOLDER HOUSEHOLDS    a whole pack over generated facts, and a sample against the plain evaluator
//   columns_race explain FOLDER HOUSEHOLDS FILE   explanation records of the same facts, streamed to the file
//
// UNITS: households a batch.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <span>

#include "ingest/registry_schema.h"
#include "policy/batched_unit.h"
#include "policy/columns/batch_evaluator.h"
#include "policy/evaluate.h"
#include "tests/policy/columns_random_units.h"

namespace hearth {
namespace {

using Clock = std::chrono::steady_clock;
double Since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// The kernel's high-water mark of this program; getrusage would hand down that of the program which started it.
double PeakMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  }
  return 0;
}

template <class T>
std::vector<T> ReadColumn(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  HEARTH_CHECK(in.good(), path);
  std::vector<T> column(static_cast<size_t>(in.tellg()) / sizeof(T));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(column.data()), static_cast<std::streamsize>(column.size() * sizeof(T)));
  return column;
}

template <class T>
void WriteColumn(const std::string& path, const std::vector<T>& column) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(column.data()), static_cast<std::streamsize>(column.size() * sizeof(T)));
}

// What the race keeps of each batch: outcomes as bits, amounts as fen.
struct FourteenResults {
  std::vector<uint64_t> bits[8];  // by rule, batch after batch from a whole word on
  std::vector<int32_t> award, old_age;
};

class Fourteen {
 public:
  Fourteen(const Pack& pack, std::string folder, size_t units) : folder_(std::move(folder)), units_(units) {
    for (const char* name : kMoney) money_.push_back(ReadColumn<int32_t>(folder_ + "/" + name + ".col"));
    age_ = ReadColumn<int8_t>(folder_ + "/age.col");
    grade_ = ReadColumn<int8_t>(folder_ + "/disability_grade.col");
    student_ = ReadColumn<uint8_t>(folder_ + "/student.col");
    region_ = ReadColumn<int8_t>(folder_ + "/region.col");
    houses_ = ReadColumn<int8_t>(folder_ + "/houses.col");
    vehicles_ = ReadColumn<int32_t>(folder_ + "/vehicles.col");
    offsets_ = ReadColumn<uint32_t>(folder_ + "/offsets.col");
    BatchLayout layout(pack);
    const auto narrow = [&](FactPlace place, const char* name, Width width, int64_t low, int64_t high) {
      const Status s = layout.Narrow(place, name, width, low, high);
      HEARTH_CHECK(s.ok(), Message(s));
      HEARTH_CHECK(layout.PromiseKnown(place, name).ok(), name);
    };
    HEARTH_CHECK(layout.PromiseKnown(FactPlace::kMember, "student").ok(), "student");
    // Incomes of a month below four million yuan each keep their sum in 32 bits.
    constexpr int64_t kIncomeMax = 400'000'000, kAssetMax = INT32_MAX;
    for (size_t i = 0; i < 4; ++i) narrow(FactPlace::kMember, kMoney[i], Width::k32, 0, kIncomeMax);
    for (size_t i = 4; i < 6; ++i) narrow(FactPlace::kMember, kMoney[i], Width::k32, -kAssetMax, kAssetMax);
    narrow(FactPlace::kMember, "age", Width::k8, -128, 127);
    narrow(FactPlace::kMember, "disability_grade", Width::k8, -128, 127);
    narrow(FactPlace::kHousehold, "region", Width::k8, 0, 7);
    narrow(FactPlace::kHousehold, "houses", Width::k8, -128, 127);
    narrow(FactPlace::kHousehold, "vehicles", Width::k32, -kAssetMax, kAssetMax);
    layout_ = std::make_shared<const BatchLayout>(std::move(layout));
    batch_ = std::make_unique<UnitBatch>(layout_);
    StatusOr<BatchEvaluator> e = BatchEvaluator::Create(layout_, {}, CivilDay::FromYmd(2025, 6, 1).value());
    HEARTH_CHECK(e.ok(), Message(e.status()));
    HEARTH_CHECK(e->Boxed().empty(), DescribeBoxed(*e));
    evaluator_ = std::make_unique<BatchEvaluator>(*std::move(e));
    const FactLayout& slots = pack.layout();
    for (const char* name : kMoney) money_slots_.push_back(slots.Slot(FactPlace::kMember, name));
    age_slot_ = slots.Slot(FactPlace::kMember, "age");
    grade_slot_ = slots.Slot(FactPlace::kMember, "disability_grade");
    student_slot_ = slots.Slot(FactPlace::kMember, "student");
    region_slot_ = slots.Slot(FactPlace::kHousehold, "region");
    houses_slot_ = slots.Slot(FactPlace::kHousehold, "houses");
    vehicles_slot_ = slots.Slot(FactPlace::kHousehold, "vehicles");
    results_.award.resize(households());
    results_.old_age.resize(age_.size());
    const size_t batches = households() / units_ + 2;
    for (size_t r = 0; r < 8; ++r) results_.bits[r].reserve((r < 2 ? households() : age_.size()) / 64 + batches * 2);
  }

  size_t households() const { return offsets_.size() - 1; }

  void Run() {
    for (auto& bits : results_.bits) bits.clear();
    for (size_t first = 0; first < households(); first += units_) {
      const size_t count = std::min(units_, households() - first), member = offsets_[first];
      const auto people = [&](int slot, const auto& column) {
        batch_->BindFact(FactPlace::kMember, slot, {column.data() + member, column.size() - member});
      };
      const auto homes = [&](int slot, const auto& column) {
        batch_->BindFact(FactPlace::kHousehold, slot, {column.data() + first, column.size() - first});
      };
      batch_->Clear();
      batch_->BindUnits(count, offsets_.data() + first);
      for (size_t i = 0; i < money_.size(); ++i) people(money_slots_[i], money_[i]);
      people(age_slot_, age_);
      people(grade_slot_, grade_);
      people(student_slot_, student_);
      homes(region_slot_, region_);
      homes(houses_slot_, houses_);
      homes(vehicles_slot_, vehicles_);
      const Status s = evaluator_->Evaluate(*batch_, &result_);
      HEARTH_CHECK(s.ok(), Message(s));
      Keep(first, count, member);
    }
  }

  void Write() const {
    static constexpr const char* kNames[8] = {"dibao",  "marginal", "award", "old_age",
                                              "living", "nursing",  "child", "single"};
    for (size_t r = 0; r < 8; ++r) {
      std::vector<uint8_t> bytes;
      size_t word = 0;
      for (size_t first = 0; first < households(); first += units_) {
        const size_t last = std::min(first + units_, households());
        const size_t lanes = r < 3 ? last - first : offsets_[last] - offsets_[first];
        for (size_t i = 0; i < lanes; ++i) bytes.push_back(results_.bits[r][word + i / 64] >> (i % 64) & 1);
        word += lanes / 64 + 1;
      }
      WriteColumn(folder_ + "/out_" + kNames[r] + ".col", bytes);
    }
    WriteColumn(folder_ + "/out_award_fen.col", results_.award);
    WriteColumn(folder_ + "/out_old_age_fen.col", results_.old_age);
    std::ofstream constants(folder_ + "/out_constants.txt");
    for (const size_t r : {4, 5, 6}) constants << result_.rules()[r].constant_fen << "\n";
  }

 private:
  static constexpr const char* kMoney[6] = {"wage",    "pension", "property_income", "transfer_income",
                                            "medical", "deposit"};

  void Keep(size_t first, size_t count, size_t member) {
    for (size_t r = 0; r < 8; ++r) {
      const auto bits = result_.rules()[r].eligible;
      results_.bits[r].insert(results_.bits[r].end(), bits.begin(), bits.end());
    }
    KeepFen(result_.rules()[2], count, results_.award.data() + first);
    KeepFen(result_.rules()[3], result_.members(), results_.old_age.data() + member);
  }
  // Fen where eligible, else 0.
  static void KeepFen(const RuleColumn& rule, size_t lanes, int32_t* to) {
    for (size_t w = 0; w * 64 < lanes; ++w) {
      const uint64_t known = rule.amount_known[w];
      const size_t end = std::min<size_t>(64, lanes - w * 64);
      for (size_t i = 0; i < end; ++i) {
        to[w * 64 + i] = static_cast<int32_t>(rule.amount_fen[w * 64 + i]) & -static_cast<int32_t>(known >> i & 1);
      }
    }
  }

  std::string folder_;
  size_t units_;
  std::vector<std::vector<int32_t>> money_;
  std::vector<int8_t> age_, grade_, region_, houses_;
  std::vector<uint8_t> student_;
  std::vector<int32_t> vehicles_;
  std::vector<uint32_t> offsets_;
  std::shared_ptr<const BatchLayout> layout_;
  std::unique_ptr<UnitBatch> batch_;
  std::unique_ptr<BatchEvaluator> evaluator_;
  BatchResult result_;
  std::vector<int> money_slots_;
  int age_slot_ = 0, grade_slot_ = 0, student_slot_ = 0, region_slot_ = 0, houses_slot_ = 0, vehicles_slot_ = 0;
  FourteenResults results_;
};

int RunFourteen(const std::string& folder, size_t units) {
  const StatusOr<Pack> pack = LoadPack(std::string(HEARTH_SOURCE_DIR) + "/bench/policy/fourteen", {});
  HEARTH_CHECK(pack.ok(), Message(pack.status()));
  Fourteen fourteen(*pack, folder, units);
  std::printf("ready %zu\n", fourteen.households());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "run") {
      const Clock::time_point start = Clock::now();
      fourteen.Run();
      std::printf("%.6f\n", Since(start));
    } else if (line == "write") {
      const double peak = PeakMegabytes();
      fourteen.Write();
      std::printf("%.1f\n", peak);
    } else {
      break;
    }
    std::fflush(stdout);
  }
  return 0;
}

int RunPack(const std::string& folder, size_t households) {
  const StatusOr<SchemaList> schemas = LoadRegistrySchemas({std::string(HEARTH_SOURCE_DIR) + "/packs/registries"});
  HEARTH_CHECK(schemas.ok(), Message(schemas.status()));
  const StatusOr<Pack> pack = LoadPack(folder, *schemas);
  HEARTH_CHECK(pack.ok(), Message(pack.status()));
  const CivilDay as_of{std::min(pack->valid_from().days + 500, pack->valid_to().days)};
  const SiteParameters site = RandomSite(*pack, 5, 0.0);
  auto layout = std::make_shared<const BatchLayout>(*pack);
  StatusOr<BatchEvaluator> evaluator = BatchEvaluator::Create(layout, site, as_of);
  StatusOr<Evaluator> plain = Evaluator::Create(*pack, site, as_of);
  HEARTH_CHECK(evaluator.ok() && plain.ok(), "no evaluator");
  const BatchEvaluator::Shape shape = evaluator->shape();
  std::printf("pack %s: rules %d of %d and derived facts %d of %d in columns; %d steps a batch\n", pack->id().c_str(),
              shape.rules_in_columns, shape.rules, shape.facts_in_columns, shape.facts, shape.steps);
  std::printf("%s", DescribeBoxed(*evaluator).c_str());
  constexpr size_t kUnits = 512, kDifferent = 32;
  RandomUnits random(*pack, 3, {.unknown = 0.02, .not_answered = 0.01, .places = 0.01});
  UnitBatch batch(layout);
  BatchResult result;
  double evaluating = 0, appending = 0, plainly = 0;
  size_t done = 0, sampled = 0, differences = 0, boxed = 0, members = 0;
  uint64_t hash = 1469598103934665603ULL;
  // Facts of some batches are made once and passed through again and again: making them is no part of the figure.
  std::vector<std::vector<UnitFacts>> made(std::min<size_t>(kDifferent, (households + kUnits - 1) / kUnits));
  for (auto& units : made) {
    for (size_t i = 0; i < kUnits; ++i) units.push_back(random.Next());
  }
  for (size_t round = 0; done < households; ++round) {
    const std::vector<UnitFacts>& units = made[round % made.size()];
    Clock::time_point start = Clock::now();
    batch.Clear();
    for (const UnitFacts& u : units) batch.Append(u);
    appending += Since(start);
    start = Clock::now();
    const Status s = evaluator->Evaluate(batch, &result);
    evaluating += Since(start);
    HEARTH_CHECK(s.ok(), Message(s));
    done += units.size();
    members += batch.members();
    boxed += result.boxed_units();
    if (round >= made.size()) continue;
    for (const RuleColumn& rule : result.rules()) {
      for (const uint64_t word : rule.eligible) hash = (hash ^ word) * 1099511628211ULL;
    }
    for (size_t u = 0; u < units.size() && sampled < 2000; ++u, ++sampled) {
      std::vector<Determination> expected, got;
      start = Clock::now();
      plain->Evaluate(units[u], &expected);
      plainly += Since(start);
      const Status same = evaluator->ToDeterminations(batch, result, u, true, &got);
      differences += same.ok() && expected == got ? 0 : 1;
    }
  }
  const double per_household = evaluating / static_cast<double>(done);
  std::printf(
      "%zu households (%zu members, %zu units evaluated apart): %.0f households/s, %.1f ns a rule and household; "
      "typed copy %.2f us a household\n",
      done, members, boxed, 1 / per_household, per_household * 1e9 / shape.rules,
      appending * 1e6 / static_cast<double>(done));
  std::printf(
      "plain evaluator: %.0f households/s, ratio %.1f; %zu households sampled, %zu different; hash %016llx; peak %.0f "
      "MB\n",
      static_cast<double>(sampled) / plainly, plainly / static_cast<double>(sampled) / per_household, sampled,
      differences, static_cast<unsigned long long>(hash), PeakMegabytes());
  return differences == 0 ? 0 : 1;
}

// Each batch is evaluated as a night does, then again for its records, which go to the file: by turns, one thread.
int RunExplain(const std::string& folder, size_t households, const std::string& path) {
  const StatusOr<SchemaList> schemas = LoadRegistrySchemas({std::string(HEARTH_SOURCE_DIR) + "/packs/registries"});
  HEARTH_CHECK(schemas.ok(), Message(schemas.status()));
  const StatusOr<Pack> pack = LoadPack(folder, *schemas);
  HEARTH_CHECK(pack.ok(), Message(pack.status()));
  const CivilDay as_of{std::min(pack->valid_from().days + 500, pack->valid_to().days)};
  const ExplainedPack explained{*pack, as_of, {{"", RandomSite(*pack, 5, 0.0)}}};
  const SiteParameters& site = explained.places[0].site;
  auto layout = std::make_shared<const BatchLayout>(*pack);
  BatchOptions with_facts;
  with_facts.want_facts = true;
  StatusOr<BatchEvaluator> night = BatchEvaluator::Create(layout, site, as_of);
  StatusOr<BatchEvaluator> telling = BatchEvaluator::Create(layout, site, as_of, with_facts);
  StatusOr<Evaluator> plain = Evaluator::Create(*pack, site, as_of);
  HEARTH_CHECK(night.ok() && telling.ok() && plain.ok(), "no evaluator");
  constexpr size_t kUnits = 512, kDifferent = 32;
  RandomUnits random(*pack, 3, {.unknown = 0.02, .not_answered = 0.01, .places = 0.01});
  std::vector<std::vector<UnitFacts>> made(std::min<size_t>(kDifferent, (households + kUnits - 1) / kUnits));
  for (auto& units : made) {
    for (size_t i = 0; i < kUnits; ++i) units.push_back(random.Next());
  }
  UnitBatch batch(layout);
  BatchResult decided, told;
  BatchedUnit batched(*telling, batch, told);
  EvaluatedUnit apart(&*plain);
  const RecordWriter writer(*pack, 0);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  HEARTH_CHECK(out.good(), path);
  out << ExplanationHeader({"made", "", 0, {}}, std::span(&explained, 1)) << "\n";
  double evaluating = 0, with_facts_kept = 0, writing = 0;
  size_t done = 0, bytes = 0, by_plain = 0;
  std::string lines;
  for (size_t round = 0; done < households; ++round) {
    const std::vector<UnitFacts>& units = made[round % made.size()];
    batch.Clear();
    for (const UnitFacts& u : units) batch.Append(u);
    Clock::time_point start = Clock::now();
    Status s = night->Evaluate(batch, &decided);
    evaluating += Since(start);
    HEARTH_CHECK(s.ok(), Message(s));
    start = Clock::now();
    s = telling->Evaluate(batch, &told);
    HEARTH_CHECK(s.ok(), Message(s));
    with_facts_kept += Since(start);
    start = Clock::now();
    lines.clear();
    batched.Begin();
    const size_t count = std::min(units.size(), households - done);
    for (size_t u = 0; u < count; ++u) {
      const bool in_columns = batched.Select(u);
      if (!in_columns) {
        apart.Evaluate(units[u]);
        ++by_plain;
      }
      RecordSource& source = in_columns ? static_cast<RecordSource&>(batched) : apart;
      writer.Append({done + u + 1, "339901000001"}, source, &lines);
    }
    out.write(lines.data(), static_cast<std::streamsize>(lines.size()));
    writing += Since(start);
    bytes += lines.size();
    done += count;
  }
  const Clock::time_point start = Clock::now();
  out.flush();
  HEARTH_CHECK(out.good(), path + ": disk full?");
  writing += Since(start);
  const double seconds = with_facts_kept + writing, n = static_cast<double>(done);
  std::printf(
      "explanation records of the whole pack %s, %zu households, streamed to a file: %.0f records/s, %.0f bytes each "
      "(%zu by the plain evaluator); evaluation alone %.0f households/s, ratio %.1f (%.1f to keep facts, %.1f to "
      "write); "
      "peak %.0f MB\n",
      pack->id().c_str(), done, n / seconds, static_cast<double>(bytes) / n, by_plain, n / evaluating,
      seconds / evaluating, with_facts_kept / evaluating, writing / evaluating, PeakMegabytes());
  return 0;
}

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[1] : "";
  if (mode == "fourteen") return hearth::RunFourteen(argv[2], argc > 3 ? std::stoul(argv[3]) : 512);
  if (mode == "pack" && argc > 3) return hearth::RunPack(argv[2], std::stoul(argv[3]));
  if (mode == "explain" && argc > 4) return hearth::RunExplain(argv[2], std::stoul(argv[3]), argv[4]);
  std::fprintf(stderr, "columns_race fourteen DIR [UNITS] | pack FOLDER HOUSEHOLDS | explain FOLDER HOUSEHOLDS FILE\n");
  return 2;
}
