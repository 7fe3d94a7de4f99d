// Whatever goes wrong, a linkage store is at a commit, and says what is wrong.
#include <sys/resource.h>

#include <csignal>
#include <optional>

#include "tests/linkage/live_fixture.h"

namespace hearth::linkage {
namespace {

namespace fs = std::filesystem;

class LiveFaultTest : public LiveFixture {
 protected:
  void SetUp() override {
    LiveFixture::SetUp();
    const MadeTable all = MadePeople(8, 160, "r");
    for (const auto& [id, row] : all) (first_.size() < 60 ? first_ : rest_)[id] = row;
    options_ = {.dir = Path("store"),
                .model = ModelOf(LiveModelText("dedupe", "cohesive")),
                .tables = {WriteTable("people.csv", first_)},
                .day = Day(1)};
  }
  std::unique_ptr<LiveLinker> Create() {
    StatusOr<std::unique_ptr<LiveLinker>> linker = LiveLinker::Create(options_);
    EXPECT_TRUE(linker.ok()) << linker.status();
    return *std::move(linker);
  }
  RowTable Rest(const LiveLinker& linker) {
    StatusOr<RowTable> rows = ReadRows(WriteTable("rest.csv", rest_), 0, linker.table().model(), {});
    EXPECT_TRUE(rows.ok()) << rows.status();
    return *std::move(rows);
  }
  // The newest write-ahead log of a store.
  static fs::path LogOf(const fs::path& store) {
    fs::path newest;
    for (const auto& entry : fs::directory_iterator(store / "db")) {
      if (entry.path().extension() == ".log" && entry.path() > newest) newest = entry.path();
    }
    return newest;
  }
  static std::optional<Outcome> OutcomeIn(const std::string& store) {
    const StatusOr<std::unique_ptr<LiveLinker>> linker = LiveLinker::Open(store, 1);
    EXPECT_TRUE(linker.ok()) << linker.status();
    if (!linker.ok()) return std::nullopt;
    return OutcomeOf((*linker)->table());
  }

  CreateOptions options_;
  MadeTable first_, rest_;
};

TEST_F(LiveFaultTest, LogCutAnywhereOpensAtACommit) {
  std::unique_ptr<LiveLinker> linker = Create();
  std::vector<Outcome> commits{OutcomeOf(linker->table())};
  const auto told = [&](uint64_t, uint64_t) { commits.push_back(OutcomeOf(linker->table())); };
  const RowTable rows = Rest(*linker);
  ASSERT_TRUE(linker->Apply(rows, {}, {.day = Day(2), .commit_every = 25, .on_progress = told}).ok());
  ASSERT_EQ(commits.size(), 5u);
  linker.reset();

  const uint64_t bytes = fs::file_size(LogOf(Path("store")));
  ASSERT_GT(bytes, 1000u);
  size_t last = 0;
  std::set<size_t> seen;
  for (uint64_t part = 0; part <= 16; ++part) {
    fs::remove_all(Path("cut"));
    fs::copy(Path("store"), Path("cut"), fs::copy_options::recursive);
    fs::resize_file(LogOf(Path("cut")), bytes * part / 16);
    const std::optional<Outcome> outcome = OutcomeIn(Path("cut"));
    ASSERT_TRUE(outcome.has_value());
    const auto at = static_cast<size_t>(std::find(commits.begin(), commits.end(), *outcome) - commits.begin());
    ASSERT_LT(at, commits.size()) << "no commit, cut at " << part << " of 16";
    EXPECT_GE(at, last);
    last = at;
    seen.insert(at);
  }
  EXPECT_EQ(last, 4u);
  EXPECT_GE(seen.size(), 4u);
}

TEST_F(LiveFaultTest, FolderCopiedWhileRowsComeOpensAtTheLastCommit) {
  const std::unique_ptr<LiveLinker> linker = Create();
  int commit = 0;
  std::map<int, Outcome> outcomes;
  const auto told = [&](uint64_t, uint64_t) {
    outcomes[++commit] = OutcomeOf(linker->table());
    fs::copy(Path("store"), Path("copy" + std::to_string(commit)), fs::copy_options::recursive);
  };
  const RowTable rows = Rest(*linker);
  ASSERT_TRUE(linker->Apply(rows, {}, {.day = Day(2), .commit_every = 40, .on_progress = told}).ok());
  ASSERT_EQ(outcomes.size(), 3u);
  for (const auto& [number, outcome] : outcomes) EXPECT_EQ(OutcomeIn(Path("copy" + std::to_string(number))), outcome);
}

TEST_F(LiveFaultTest, FullDiskStopsTheLinkerAndLosesNoCommit) {
  std::unique_ptr<LiveLinker> linker = Create();
  const Outcome before = OutcomeOf(linker->table());
  const RowTable rows = Rest(*linker);
  rlimit free{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &free), 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit full = free;
  full.rlim_cur = fs::file_size(LogOf(Path("store"))) + 512;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const StatusOr<ApplyCounts> counts = linker->Apply(rows, {}, {.day = Day(2)});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &free), 0);
  std::signal(SIGXFSZ, ignored);
  EXPECT_EQ(counts.status().code(), absl::StatusCode::kUnavailable) << counts.status();
  EXPECT_EQ(linker->Apply(rows, {}, {.day = Day(2)}).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(linker->Undo(1, "a", "b", Day(2), 1).status().code(), absl::StatusCode::kFailedPrecondition);
  linker.reset();
  EXPECT_EQ(OutcomeIn(Path("store")), before);
}

TEST_F(LiveFaultTest, StoreThatIsOpenElsewhereIsRefused) {
  std::unique_ptr<LiveLinker> linker = Create();
  const StatusOr<std::unique_ptr<LiveLinker>> second = LiveLinker::Open(Path("store"), 1);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Message(second.status()), Path("store") + ": is open in another process; wait for it to end");
  linker.reset();
  EXPECT_TRUE(LiveLinker::Open(Path("store"), 1).ok());
}

TEST_F(LiveFaultTest, FoldersThatAreNoStoreOfThisVersionAreRefused) {
  EXPECT_EQ(LiveLinker::Open(Path("nowhere"), 1).status().code(), absl::StatusCode::kNotFound);
  Create().reset();
  const std::string again = Message(LiveLinker::Create(options_).status());
  EXPECT_NE(again.find("there is a linkage store already"), std::string::npos) << again;
  constexpr struct {
    const char* text;
    absl::StatusCode code;
  } kCases[] = {{"hearth-linkage-store 1\n", absl::StatusCode::kOk},
                {"hearth-linkage-store 2\n", absl::StatusCode::kFailedPrecondition},
                {"hearth-store 2\n", absl::StatusCode::kDataLoss}};
  for (const auto& c : kCases) {
    Write("store/VERSION", c.text);
    EXPECT_EQ(LiveLinker::Open(Path("store"), 1).status().code(), c.code) << c.text;
  }
}

TEST_F(LiveFaultTest, CreateThatFailsLeavesNothingBehind) {
  fs::create_directory(Path("full"));
  Write("full/file", "x");
  options_.dir = Path("full");
  EXPECT_EQ(LiveLinker::Create(options_).status().code(), absl::StatusCode::kFailedPrecondition);
  options_.dir = Path("store");
  options_.tables = {Write("twice.csv", "id,first,last,dob,city,tags,lat,lng\n1,a,b,,,,,\n1,a,c,,,,,\n")};
  const std::string twice = Message(LiveLinker::Create(options_).status());
  EXPECT_EQ(twice, "twice lines 2 and 3 have the same id; each row needs an id of its own");
  // No two rows agree on anything, so that nothing can be trained.
  options_.tables = {Write("lone.csv", "id,first,last,dob,city,tags,lat,lng\n1,ana,baum,1970-01-01,,,,\n")};
  EXPECT_FALSE(LiveLinker::Create(options_).ok());
  EXPECT_FALSE(fs::exists(Path("store")));
  EXPECT_FALSE(fs::exists(Path("store.building")));
}

TEST_F(LiveFaultTest, RowsOfBadDeliveriesChangeNothing) {
  const std::unique_ptr<LiveLinker> linker = Create();
  const Model& model = linker->table().model();
  const std::string header = "id,first,last,dob,city,tags,lat,lng\n";
  const struct {
    std::string text, message;
  } cases[] = {{header + ",ana,baum,,,,,\n", "bad line 2: column id is empty; each row needs an id of its own"},
               {header + "7,ana,baum,,,,,\n7,ana,baum,,,,,\n",
                "bad lines 2 and 3 have the same id; each row needs an id of its own"}};
  for (const auto& c : cases) {
    EXPECT_EQ(Message(ReadRows(Write("bad.csv", c.text), 0, model, {}).status()), c.message);
  }
  EXPECT_EQ(ReadRows(Write("bad.csv", "id,first,last,dob,city,tags,lat\n"), 0, model, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(LiveFaultTest, AnotherModelIsRefusedAndTheSameTaken) {
  const std::unique_ptr<LiveLinker> linker = Create();
  EXPECT_TRUE(linker->CheckModel(options_.model).ok());
  EXPECT_TRUE(linker->CheckModel(linker->table().model()).ok());
  Model other = options_.model;
  other.link_probability = 0.8;
  EXPECT_EQ(linker->CheckModel(other).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(LiveFaultTest, DamagedFilesAreDataLoss) {
  Create().reset();
  for (const auto& entry : fs::directory_iterator(Path("store") + "/db")) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(30);
    file.write("damage", 6);
  }
  const Status status = LiveLinker::Open(Path("store"), 1).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

}  // namespace
}  // namespace hearth::linkage
