// Scoring a night against the truth of a made city: who was linked to whom, kin, family units and alerts.
//
//   StatusOr<Score> score = ScoreNight("demo/truth", input, {.night = 2});
//   if (score.ok()) std::cout << ScoreText(*score);
//
// The engine's side comes as streams, so that nothing here knows a store. Persons of the two sides meet through the
// mentions: an engine's person stands for the true person with whom it shares most mentions.
// Memory: some 40 bytes a mention (12 million: 500 MB), and 30 bytes a person. The order of the streams is free.
// Truth files: docs/formats.md. Only ScoreNight reads files; a wrong file is InvalidArgument with file and line, an
// absent one NotFound. For one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/alert.h"
#include "core/person.h"
#include "core/schema.h"
#include "core/status.h"

namespace hearth {

// The engine's side. Views live for one call.
struct ScoredMention {
  std::string_view registry, key, role;  // as in truth/mentions.csv
  PersonId person;
};
struct ScoredKin {
  KinKind kind = KinKind::kSpouse;  // guardians are not scored
  PersonId from, to;                // parent -> child; spouses either way
};
struct ScoredUnit {
  std::string_view household_no;
  std::span<const PersonId> members;  // any order
};
struct ScoredAlert {
  AlertKind kind = AlertKind::kEligibleNotEnrolled;
  std::string_view programme, household_no, record_no;
  AlertState state = AlertState::kNew;  // withdrawn ones are not scored
};

// Calls its argument once for each value.
template <class T>
using ScoreStream = std::function<Status(const std::function<void(const T&)>&)>;

struct ScoreInput {
  ScoreStream<ScoredMention> mentions;
  ScoreStream<ScoredKin> kin;  // in force on the night
  ScoreStream<ScoredUnit> units;
  ScoreStream<ScoredAlert> alerts;
};

// Precision is right / given, recall is right / wanted; neither exists over nothing.
struct Agreement {
  uint64_t right = 0, given = 0, wanted = 0;
  std::optional<double> Precision() const;
  std::optional<double> Recall() const;
  // The harmonic mean, 2 right / (given + wanted).
  std::optional<double> F1() const;
  bool operator==(const Agreement&) const = default;
};

// How well a set of mentions M was linked. For each mention m of M, look at the other mentions of its true person
// (wanted), at those of its engine's person (given), and at those in both (right).
//   pairs    sums these over M. Over all mentions that counts each pair twice, which changes no ratio.
//   B-cubed  averages, over M, the share of m's engine's person (precision) and of its true person (recall) that is
//            in both, m itself counted.
// A mention that the engine does not have (its row lies in quarantine) is alone.
struct LinkScore {
  std::string rows;  // "all", "clean", "faulty", or one fault class
  uint64_t mentions = 0;
  Agreement pairs;
  double bcubed_precision = 0, bcubed_recall = 0;  // 0 when there are no mentions
  double BcubedF1() const;
};

struct KinScore {
  std::string kind;  // "all", "spouse", "parent_child"
  Agreement edges;   // wanted: both persons are named by some row
};

// Family units of the truth, by how the engine's units of the same household compare.
struct UnitScore {
  uint64_t exact = 0;       // a unit with exactly these members
  uint64_t missing = 0;     // the unit of the head lacks members
  uint64_t extra = 0;       // it has more members
  uint64_t mixed = 0;       // both
  uint64_t other_head = 0;  // the household has units, none with the head
  uint64_t absent = 0;      // the household has no unit
  uint64_t Wanted() const { return exact + missing + extra + mixed + other_head + absent; }
};

struct AlertScore {
  std::string kind, programme;
  Agreement alerts;
};
struct CauseScore {
  std::string kind, programme, cause;
  uint64_t found = 0, wanted = 0;
};
struct AlertExample {
  std::string kind, programme, household_no, record_no, cause;  // no cause when false
};

struct Score {
  int night = 0;
  uint64_t mentions_missing = 0;   // in the truth, not with the engine
  uint64_t mentions_unknown = 0;   // with the engine, not in the truth; not scored
  uint64_t mentions_repeated = 0;  // given twice by the engine; the first is scored
  std::vector<LinkScore> links;    // all, clean, faulty, then the classes by name
  std::vector<KinScore> kin;
  UnitScore units;
  std::vector<AlertScore> alerts;                  // by kind and programme
  std::vector<CauseScore> causes;                  // by kind, programme, cause
  std::vector<AlertExample> missed, false_alerts;  // the first of each, in order of their fields
};

struct ScoreOptions {
  std::optional<int> night;  // the truth's last one when empty
  size_t examples_max = 10;  // of missed and of false alerts
};

StatusOr<Score> ScoreNight(std::string_view truth_dir, const ScoreInput& input, const ScoreOptions& options);

}  // namespace hearth
