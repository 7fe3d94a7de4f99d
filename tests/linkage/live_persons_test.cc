// Decisions, undoing, review and look-ups on a linkage store; who clusters are.
#include "linkage/live/live_files.h"
#include "linkage/live/lookup.h"
#include "linkage/live/review.h"
#include "tests/linkage/live_fixture.h"

namespace hearth::linkage {
namespace {

class LivePersonsTest : public LiveFixture {
 protected:
  // A store of half of the made people; the other half is rest_.
  void Make(uint64_t seed, std::string_view clusters = "cohesive") {
    const MadeTable all = MadePeople(seed, 200, "r");
    for (const auto& [id, row] : all) (first_.size() <= rest_.size() ? first_ : rest_)[id] = row;
    StatusOr<std::unique_ptr<LiveLinker>> linker =
        LiveLinker::Create({.dir = Path("store"),
                            .model = ModelOf(LiveModelText("dedupe", clusters)),
                            .tables = {WriteTable("people.csv", first_)},
                            .day = Day(1)});
    ASSERT_TRUE(linker.ok()) << linker.status();
    linker_ = *std::move(linker);
  }
  void Apply(const MadeTable& rows, const std::vector<RecordKey>& removed = {}) {
    const StatusOr<RowTable> table = ReadRows(WriteTable("rows.csv", rows), 0, linker_->table().model(), {});
    ASSERT_TRUE(table.ok()) << table.status();
    ASSERT_TRUE(linker_->Apply(*table, removed, {.day = Day(2)}).ok());
  }
  uint64_t PersonOf(const RecordKey& key) const { return linker_->table().PersonOf(linker_->table().Find(key)); }
  std::set<uint64_t> PersonsOf(const std::vector<RecordKey>& keys) const {
    std::set<uint64_t> persons;
    for (const RecordKey& key : keys) persons.insert(PersonOf(key));
    return persons;
  }
  std::vector<LiveEvent> Events(PersonChangeKind kind) const {
    StatusOr<std::vector<LiveEvent>> events = linker_->Events(0);
    EXPECT_TRUE(events.ok());
    std::erase_if(*events, [&](const LiveEvent& e) { return e.kind != kind; });
    return *std::move(events);
  }
  void Reopen() {
    linker_.reset();
    linker_ = LiveLinker::Open(Path("store"), 1).value();
  }
  Outcome Now() const { return OutcomeOf(linker_->table()); }

  MadeTable first_, rest_;
  std::unique_ptr<LiveLinker> linker_;
};

TEST_F(LivePersonsTest, UndoneMergeStaysUndoneThroughEveryLaterRun) {
  Make(11, "connected");
  Apply(rest_);
  const std::vector<LiveEvent> merges = Events(PersonChangeKind::kMerge);
  ASSERT_FALSE(merges.empty());
  const LiveEvent merge = merges.front();
  EXPECT_EQ(merge.reason, EventReason::kLink);
  ASSERT_EQ(PersonsOf(merge.moved), PersonsOf(merge.others));
  ASSERT_TRUE(linker_->Undo(merge.number, "chen", "two sisters", Day(3), 1).ok());
  const auto apart = [&] {
    EXPECT_EQ(PersonsOf(merge.moved), std::set<uint64_t>{merge.other});
    EXPECT_EQ(PersonsOf(merge.others).size(), 1u);
    EXPECT_FALSE(PersonsOf(merge.others).contains(merge.other));
  };
  apart();
  const std::vector<LiveEvent> splits = Events(PersonChangeKind::kSplit);
  ASSERT_FALSE(splits.empty());
  EXPECT_EQ(splits.back().reason, EventReason::kDecision);
  EXPECT_EQ(splits.back().by, "chen");
  EXPECT_EQ(splits.back().other, merge.other);
  Reopen();
  apart();
  const Outcome before = Now();
  const StatusOr<ApplyCounts> rebuilt = linker_->Rebuild(false, Day(4), 2);
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->events, 0u);
  EXPECT_EQ(Now(), before);
  ASSERT_TRUE(linker_->Rebuild(true, Day(5), 2).ok());
  apart();
  Apply({}, {merge.moved.front()});
  Reopen();
  const StatusOr<std::vector<LiveDecision>> decisions = linker_->Decisions();
  ASSERT_TRUE(decisions.ok());
  MadeTable all = first_;
  all.insert(rest_.begin(), rest_.end());
  MadeTable left = all;
  left.erase(merge.moved.front().id);
  EXPECT_EQ(Now(), Batch(linker_->table().frozen(), {all}, {left}, *decisions));
}

TEST_F(LivePersonsTest, DecisionPartsTwoRecordsAndUndoingTheSplitJoinsThemAgain) {
  Make(12);
  const std::vector<LiveEvent> none = Events(PersonChangeKind::kSplit);
  EXPECT_TRUE(none.empty());
  // Two records of one person of two.
  const LiveTable& table = linker_->table();
  const std::vector<uint32_t> order = table.Order();
  const auto at =
      std::find_if(order.begin(), order.end(), [&](uint32_t r) { return table.RecordsOf(table.PersonOf(r)) == 2; });
  ASSERT_NE(at, order.end());
  const auto mate =
      std::find_if(at + 1, order.end(), [&](uint32_t r) { return table.PersonOf(r) == table.PersonOf(*at); });
  LiveDecision decision{.left = table.KeyOf(*at),
                        .right = table.KeyOf(*mate),
                        .verdict = LinkVerdict::kDifferent,
                        .by = "li",
                        .why = "different birth places",
                        .day = Day(2)};
  const uint64_t person = table.PersonOf(*at);
  ASSERT_TRUE(linker_->Decide(decision, 1).ok());
  EXPECT_NE(PersonOf(decision.left), PersonOf(decision.right));
  const std::vector<LiveEvent> splits = Events(PersonChangeKind::kSplit);
  ASSERT_EQ(splits.size(), 1u);
  EXPECT_EQ(splits[0].person, person);
  EXPECT_EQ(splits[0].reason, EventReason::kDecision);
  // Unsure takes it back; what the links say holds again.
  decision.verdict = LinkVerdict::kUnsure;
  ASSERT_TRUE(linker_->Decide(decision, 1).ok());
  EXPECT_EQ(PersonOf(decision.left), PersonOf(decision.right));
  decision.verdict = LinkVerdict::kDifferent;
  ASSERT_TRUE(linker_->Decide(decision, 1).ok());
  ASSERT_TRUE(linker_->Undo(splits[0].number, "li", "it was one birth place", Day(3), 1).ok());
  EXPECT_EQ(PersonOf(decision.left), PersonOf(decision.right));
  // Of two persons of one record each the smaller id stays.
  EXPECT_EQ(PersonOf(decision.left), std::min(splits[0].person, splits[0].other));
  Reopen();
  EXPECT_EQ(PersonOf(decision.left), PersonOf(decision.right));
}

TEST_F(LivePersonsTest, BadDecisionsAndUndoingsAreRefused) {
  Make(13);
  Apply(rest_);
  const RecordKey one{0, first_.begin()->first}, two{0, std::next(first_.begin())->first};
  const auto code = [&](const LiveDecision& d) { return linker_->Decide(d, 1).status().code(); };
  EXPECT_EQ(code({.left = one, .right = {0, "nobody"}, .by = "li", .why = "x"}), absl::StatusCode::kNotFound);
  EXPECT_EQ(code({.left = one, .right = one, .by = "li", .why = "x"}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.left = one, .right = two, .by = "", .why = "x"}), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code({.left = one, .right = two, .by = "li", .why = "x"}), absl::StatusCode::kOk);
  EXPECT_EQ(linker_->Undo(1'000'000, "li", "x", Day(2), 1).status().code(), absl::StatusCode::kNotFound);
  const std::vector<LiveEvent> absorbed = Events(PersonChangeKind::kAbsorb);
  ASSERT_FALSE(absorbed.empty());
  EXPECT_EQ(linker_->Undo(absorbed[0].number, "li", "x", Day(2), 1).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(LivePersonsTest, DeletedRecordsAreToldAndTheirIdIsNotGivenAgain) {
  Make(14);
  const LiveTable& table = linker_->table();
  std::map<uint64_t, std::vector<RecordKey>> records;
  for (const uint32_t r : table.Order()) records[table.PersonOf(r)].push_back(table.KeyOf(r));
  const auto lone = std::find_if(records.begin(), records.end(), [](const auto& p) { return p.second.size() == 1; });
  ASSERT_NE(lone, records.end());
  const RecordKey key = lone->second[0];
  Apply({}, {key});
  const std::vector<LiveEvent> gone = Events(PersonChangeKind::kGone);
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].person, lone->first);
  EXPECT_EQ(gone[0].moved, std::vector<RecordKey>{key});
  Reopen();
  Apply({{key.id, first_.at(key.id)}});
  EXPECT_NE(PersonOf(key), lone->first);
  EXPECT_EQ(Now(), Batch(linker_->table().frozen(), {first_}, {first_}));
}

TEST_F(LivePersonsTest, ReviewListsUndecidedPairsByTheValueOfAnAnswer) {
  Make(15);
  Apply(rest_);
  const std::vector<ReviewPair> pairs = ReviewPairs(linker_->table(), 1000);
  ASSERT_GT(pairs.size(), 3u);
  for (size_t i = 0; i < pairs.size(); ++i) {
    const ReviewPair& p = pairs[i];
    EXPECT_GE(p.evidence.probability, 0.3);
    EXPECT_LT(p.evidence.probability, 0.9);
    EXPECT_NEAR(p.value, (1 - std::abs(2 * p.evidence.probability - 1)) * static_cast<double>(p.records), 1e-9);
    EXPECT_LE(p.value, pairs[i > 0 ? i - 1 : 0].value);
    double sum = p.evidence.prior_bits;
    for (const EvidenceStep& step : p.evidence.steps) sum += step.bits + step.tf_bits;
    EXPECT_NEAR(sum, p.evidence.total_bits, 1e-9);
  }
  EXPECT_EQ(ReviewPairs(linker_->table(), 2).size(), 2u);
  ASSERT_TRUE(
      linker_->Decide({.left = pairs[0].left, .right = pairs[0].right, .by = "li", .why = "cannot be told"}, 1).ok());
  const std::vector<ReviewPair> later = ReviewPairs(linker_->table(), 1000);
  EXPECT_EQ(later.size(), pairs.size() - 1);
  EXPECT_EQ(later[0].evidence.left, pairs[1].evidence.left);
}

TEST_F(LivePersonsTest, LookUpFindsWhatTheRowWouldLinkToAndChangesNothing) {
  Make(16);
  const Outcome before = Now();
  for (const auto& [id, row] : rest_) {
    NamedCells cells(row.begin(), row.end());
    const StatusOr<std::vector<LookUpHit>> hits = LookUp(linker_->table(), 0, cells);
    ASSERT_TRUE(hits.ok()) << hits.status();
    std::map<std::string, double> found, linked;
    for (const LookUpHit& hit : *hits) {
      found["0:" + hit.record.id] = hit.weight;
      EXPECT_EQ(hit.person, PersonOf(hit.record));
      EXPECT_EQ(hit.is_link, hit.probability >= 0.9);
    }
    // The same row as a record, for a moment.
    Apply({{"new", row}});
    for (const auto& [pair, weight] : Now().links) {
      if (pair.first == "0:new") linked[pair.second] = weight;
      if (pair.second == "0:new") linked[pair.first] = weight;
    }
    EXPECT_EQ(found, linked) << id;
    Apply({}, {{0, "new"}});
  }
  EXPECT_EQ(Now(), before);
}

TEST_F(LivePersonsTest, LookUpsOfUnknownColumnsOrNothingAreRefused) {
  Make(17);
  const Status unknown = LookUp(linker_->table(), 0, NamedCells{{"forename", "ana"}}).status();
  EXPECT_EQ(Message(unknown), "the model reads no column forename; it reads tags, last, first, dob, city, lat, lng");
  EXPECT_EQ(LookUp(linker_->table(), 0, NamedCells{{"first", " "}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(LivePersonsTest, FilesNameRecordsAndPersons) {
  Make(18);
  ASSERT_TRUE(WriteLiveClusters(linker_->table(), Path("c.csv")).ok());
  std::ifstream in(Path("c.csv"));
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "record_id,cluster_id");
  size_t rows = 0;
  for (const auto& [id, row] : first_) {
    ASSERT_TRUE(std::getline(in, line));
    EXPECT_EQ(line, id + "," + NameOfPerson(PersonOf({0, id})));
    ++rows;
  }
  EXPECT_EQ(rows, first_.size());
  EXPECT_EQ(RecordNamed(linker_->table(), first_.begin()->first).value(), (RecordKey{0, first_.begin()->first}));
  EXPECT_EQ(RecordNamed(linker_->table(), "nobody").status().code(), absl::StatusCode::kNotFound);
}

TEST(NamedCellsTest, TextsAreReadOrRefused) {
  const struct {
    const char* text;
    bool good;
    NamedCells cells;
  } cases[] = {{"name=王芳,dob=1980-01-02", true, {{"name", "王芳"}, {"dob", "1980-01-02"}}},
               {"a = x , b=", true, {{"a", "x"}, {"b", ""}}},
               {"a=\"x, \"\"y\"\"\",\"b=c\"=z", true, {{"a", "x, \"y\""}, {"b=c", "z"}}},
               {"a", false, {}},
               {"", false, {}},
               {"=x", false, {}},
               {"a=1,a=2", false, {}},
               {"a=\"x", false, {}},
               {"a=\"x\"y", false, {}},
               {"a=1,", false, {}}};
  for (const auto& c : cases) {
    const StatusOr<NamedCells> cells = ParseNamedCells(c.text);
    EXPECT_EQ(cells.ok(), c.good) << c.text;
    EXPECT_EQ(cells.ok() ? *cells : NamedCells{}, c.cells) << c.text;
  }
}

// --- Who clusters are: "before" of each record by cluster, ids of new persons are 1000 + their record ---

struct PersonCase {
  const char* why;
  std::vector<std::vector<uint64_t>> before, former;
  std::vector<uint64_t> want;
  std::vector<std::tuple<PersonChangeKind, uint64_t, uint64_t>> changes;
};

TEST(AssignPersonsTest, ClustersKeepFindAndGetPersons) {
  using enum PersonChangeKind;
  const PersonCase cases[] = {
      {"all new", {{0, 0}, {0}}, {{0, 0}, {0}}, {1000, 1002}, {{kNew, 1000, 0}, {kNew, 1002, 0}}},
      {"a record joins", {{7, 0, 7}}, {{0, 0, 0}}, {7}, {{kAbsorb, 7, 0}}},
      {"two are one, the larger stays", {{5, 7, 7}}, {{0, 0, 0}}, {7}, {{kMerge, 7, 5}}},
      {"of equal ones the smaller id stays", {{7, 5}}, {{0, 0}}, {5}, {{kMerge, 5, 7}}},
      {"one is two, the larger part stays", {{7}, {7, 7}}, {{0}, {0, 0}}, {1000, 7}, {{kSplit, 7, 1000}}},
      {"who was merged away comes back", {{7, 7}, {7}}, {{0, 0}, {5}}, {7, 5}, {{kSplit, 7, 5}}},
      {"of a merge undone both have their ids back", {{7}, {7}}, {{5}, {0}}, {5, 7}, {{kSplit, 7, 5}}},
      {"who lives does not come back", {{7, 7}, {7}}, {{0, 0}, {9}}, {7, 1002}, {{kSplit, 7, 1002}}},
      {"records change persons who live on", {{5, 5, 7}, {7, 7}}, {{0, 0, 0}, {0, 0}}, {5, 7}, {{kAbsorb, 5, 7}}},
      {"nothing changed", {{5}, {7, 7}}, {{0}, {0, 0}}, {5, 7}, {}},
  };
  for (const PersonCase& c : cases) {
    std::vector<uint32_t> starts{0};
    std::vector<uint64_t> before, former;
    for (size_t i = 0; i < c.before.size(); ++i) {
      before.insert(before.end(), c.before[i].begin(), c.before[i].end());
      former.insert(former.end(), c.former[i].begin(), c.former[i].end());
      starts.push_back(static_cast<uint32_t>(before.size()));
    }
    const PersonAnswer answer =
        AssignPersons({.starts = starts,
                       .before = before,
                       .former = former,
                       .id_of = [](uint32_t r, uint64_t probe) { return 1000 + r + 100 * probe; },
                       .lives = [](uint64_t id) { return id == 9; },
                       .is_used = [](uint64_t) { return false; }});
    EXPECT_EQ(answer.of_cluster, c.want) << c.why;
    std::vector<std::tuple<PersonChangeKind, uint64_t, uint64_t>> changes;
    for (const PersonChange& change : answer.changes) changes.emplace_back(change.kind, change.person, change.other);
    EXPECT_EQ(changes, c.changes) << c.why;
  }
}

TEST(AssignPersonsTest, IdThatWasSomebodysIsNotGivenAgain) {
  const std::vector<uint32_t> starts{0, 1};
  const std::vector<uint64_t> none{0};
  const PersonAnswer answer = AssignPersons({.starts = starts,
                                             .before = none,
                                             .former = none,
                                             .id_of = [](uint32_t r, uint64_t probe) { return 1000 + r + 100 * probe; },
                                             .lives = [](uint64_t) { return false; },
                                             .is_used = [](uint64_t id) { return id <= 1100; }});
  EXPECT_EQ(answer.of_cluster, std::vector<uint64_t>{1200});
}

TEST(LiveEventTest, BytesReadBackAndCutOnesAreDataLoss) {
  const LiveEvent event{.number = 300,
                        .kind = PersonChangeKind::kMerge,
                        .day = CivilDay::FromYmd(2024, 3, 1).value(),
                        .person = 7,
                        .other = UINT64_MAX,
                        .reason = EventReason::kLink,
                        .bits = -3.25,
                        .left = {0, "a"},
                        .right = {1, "b"},
                        .by = "li",
                        .moved = {{0, "a"}, {0, "c"}},
                        .others = {{1, "b"}}};
  const std::string bytes = EncodeEvent(event);
  const StatusOr<LiveEvent> back = DecodeEvent(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(EncodeEvent(*back), bytes);
  EXPECT_EQ(std::tuple(back->number, back->kind, back->other, back->bits, back->right, back->moved, back->others),
            std::tuple(event.number, event.kind, event.other, event.bits, event.right, event.moved, event.others));
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_EQ(DecodeEvent(bytes.substr(0, cut)).status().code(), absl::StatusCode::kDataLoss) << cut;
  }
  const LiveDecision decision{
      .left = {0, "a"}, .right = {0, "b"}, .verdict = LinkVerdict::kSame, .by = "li", .why = "w"};
  const std::string word = EncodeDecision(decision);
  ASSERT_TRUE(DecodeDecision(word).ok());
  EXPECT_EQ(EncodeDecision(*DecodeDecision(word)), word);
  for (size_t cut = 0; cut < word.size(); ++cut) {
    EXPECT_EQ(DecodeDecision(word.substr(0, cut)).status().code(), absl::StatusCode::kDataLoss) << cut;
  }
}

}  // namespace
}  // namespace hearth::linkage
