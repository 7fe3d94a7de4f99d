// A linkage store ends where a batch over everything ends, whatever came in which order.
#include "linkage/live/live_linker.h"

#include "linkage/run_link.h"
#include "tests/linkage/live_fixture.h"

namespace hearth::linkage {
namespace {

class LiveLinkerTest : public LiveFixture {
 protected:
  std::unique_ptr<LiveLinker> Create(const Model& model, const std::vector<MadeTable>& tables) {
    CreateOptions options{.dir = Path("store"), .model = model, .threads = 2, .day = Day(1)};
    for (size_t s = 0; s < tables.size(); ++s) {
      options.tables.push_back(WriteTable(std::string(1, static_cast<char>('a' + s)) + ".csv", tables[s]));
    }
    StatusOr<std::unique_ptr<LiveLinker>> linker = LiveLinker::Create(options);
    EXPECT_TRUE(linker.ok()) << linker.status();
    return *std::move(linker);
  }
  std::unique_ptr<LiveLinker> Reopen() {
    StatusOr<std::unique_ptr<LiveLinker>> linker = LiveLinker::Open(Path("store"), 2);
    EXPECT_TRUE(linker.ok()) << linker.status();
    return *std::move(linker);
  }
  ApplyCounts Apply(LiveLinker* linker, int source, const MadeTable& rows, const std::vector<RecordKey>& removed,
                    const ApplyOptions& options) {
    const std::string path = WriteTable("delivery.csv", rows);
    StatusOr<RowTable> table = ReadRows(path, source, linker->table().model(), {});
    EXPECT_TRUE(table.ok()) << table.status();
    StatusOr<ApplyCounts> counts = linker->Apply(*table, removed, options);
    EXPECT_TRUE(counts.ok()) << counts.status();
    return counts.value_or(ApplyCounts{});
  }
};

struct Kind {
  const char *why, *link, *clusters;
  bool one_to_one;
  size_t tables;
};
constexpr Kind kKinds[] = {{"one table, cohesive", "dedupe", "cohesive", false, 1},
                           {"one table, connected", "dedupe", "connected", false, 1},
                           {"two tables, all pairs", "link_and_dedupe", "cohesive", false, 2},
                           {"two tables, across", "link", "cohesive", false, 2},
                           {"two tables, one to one", "link", "connected", true, 2}};

TEST_F(LiveLinkerTest, AnyOrderOfArrivalEndsInTheClustersAndLinksOfTheBatch) {
  for (const Kind& kind : kKinds) {
    for (uint64_t seed = 1; seed <= 2; ++seed) {
      SCOPED_TRACE(std::string(kind.why) + ", seed " + std::to_string(seed));
      std::mt19937_64 random(seed * 1000);
      const Model model = ModelOf(LiveModelText(kind.link, kind.clusters, kind.one_to_one));
      std::vector<MadeTable> first(kind.tables), now;
      std::vector<std::pair<int, std::string>> to_come;
      std::vector<MadeTable> all;
      for (size_t s = 0; s < kind.tables; ++s) {
        all.push_back(MadePeople(seed * 10 + 3, 180 / kind.tables, s == 0 ? "r" : "s"));
        for (const auto& [id, row] : all[s]) {
          if (first[s].size() < 2 || random() % 2 == 0) {
            first[s][id] = row;
          } else {
            to_come.emplace_back(static_cast<int>(s), id);
          }
        }
      }
      now = first;
      std::shuffle(to_come.begin(), to_come.end(), random);
      std::filesystem::remove_all(Path("store"));
      std::unique_ptr<LiveLinker> linker = Create(model, first);
      EXPECT_EQ(OutcomeOf(linker->table()), Batch(linker->table().frozen(), first, now));

      while (!to_come.empty()) {
        const int source = to_come.back().first;
        auto& own = now[static_cast<size_t>(source)];
        MadeTable delivery;
        for (size_t n = 1 + random() % 30; n > 0 && !to_come.empty() && to_come.back().first == source; --n) {
          const std::string& id = to_come.back().second;
          delivery[id] = all[static_cast<size_t>(source)][id];
          to_come.pop_back();
        }
        // Some rows again, as they were or with what another row says.
        std::vector<RecordKey> removed;
        for (const auto& [id, row] : own) {
          const uint64_t dice = random() % 20;
          if (dice == 0) delivery[id] = row;
          if (dice == 1) delivery[id] = std::next(own.begin(), static_cast<long>(random() % own.size()))->second;
          if (dice == 2)
            delivery[id] = [&, changed = row]() mutable {
              changed["first"] = "neu";
              return changed;
            }();
          if (dice == 3 && !delivery.contains(id)) removed.push_back({static_cast<uint8_t>(source), id});
        }
        removed.push_back({static_cast<uint8_t>(source), "nobody"});
        uint64_t unchanged = 0, changed = 0, added = 0;
        for (const auto& [id, row] : delivery) ++(!own.contains(id) ? added : own[id] == row ? unchanged : changed);
        const ApplyCounts counts = Apply(linker.get(), source, delivery, removed,
                                         {.day = Day(2),
                                          .commit_every = std::array<size_t, 3>{1, 7, 1000}[random() % 3],
                                          .threads = static_cast<int>(1 + random() % 2)});
        EXPECT_EQ(std::tuple(counts.added, counts.changed, counts.unchanged, counts.removed, counts.unknown_removed),
                  std::tuple(added, changed, unchanged, removed.size() - 1, 1));
        for (const RecordKey& key : removed) own.erase(key.id);
        for (const auto& [id, row] : delivery) own[id] = row;
        if (random() % 3 == 0) {
          linker.reset();
          linker = Reopen();
        }
        EXPECT_EQ(OutcomeOf(linker->table()), Batch(linker->table().frozen(), first, now));
        if (HasFailure()) return;
      }
    }
  }
}

TEST_F(LiveLinkerTest, FirstTableEndsAsTheBatchCommandDoes) {
  const Model model = ModelOf(LiveModelText("dedupe", "cohesive"));
  const MadeTable table = MadePeople(5, 300, "r");
  const std::unique_ptr<LiveLinker> linker = Create(model, {table});
  const StatusOr<LinkResult> batch = RunLink({.model = model, .tables = {Path("a.csv")}, .threads = 2});
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(linker->table().model(), batch->trained.model);
  const std::vector<uint32_t> order = linker->table().Order();
  const std::vector<Link> links = linker->table().Links(order);
  ASSERT_EQ(links.size(), batch->links.size());
  for (size_t i = 0; i < links.size(); ++i) {
    EXPECT_EQ(std::tuple(links[i].left, links[i].right, links[i].weight),
              std::tuple(batch->links[i].left, batch->links[i].right, batch->links[i].weight));
  }
  const std::vector<uint32_t>& clusters = batch->clusters.front().clustering.cluster_of;
  for (size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(linker->table().PersonOf(order[i]), linker->table().PersonOf(order[clusters[i]]));
  }
}

TEST_F(LiveLinkerTest, PersonsKeepTheirIdsWhileTheirRecordsStay) {
  const MadeTable all = MadePeople(6, 200, "r");
  MadeTable first, rest;
  for (const auto& [id, row] : all) (first.size() <= rest.size() ? first : rest)[id] = row;
  const std::unique_ptr<LiveLinker> linker = Create(ModelOf(LiveModelText("dedupe", "cohesive")), {first});
  std::map<std::string, uint64_t> before;
  for (const auto& [id, row] : first) before[id] = linker->table().PersonOf(linker->table().Find({0, id}));
  const ApplyCounts counts = Apply(linker.get(), 0, rest, {}, {.day = Day(2)});
  const StatusOr<std::vector<LiveEvent>> events = linker->Events(counts.first_event);
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_EQ(events->size(), counts.events);
  // Whoever has another person now was moved by an event, and every new row is told of once.
  std::map<std::string, int> told;
  for (const LiveEvent& event : *events) {
    EXPECT_EQ(event.day, Day(2));
    for (const RecordKey& key : event.moved) ++told[key.id];
  }
  int moved = 0;
  for (const auto& [id, person] : before) {
    const bool same = linker->table().PersonOf(linker->table().Find({0, id})) == person;
    EXPECT_EQ(told.contains(id), !same) << id;
    moved += !same;
  }
  EXPECT_GT(moved, 0);
  for (const auto& [id, row] : rest) EXPECT_EQ(told[id], 1) << id;
}

}  // namespace
}  // namespace hearth::linkage
