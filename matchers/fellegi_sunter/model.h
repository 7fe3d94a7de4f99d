// A linkage model says how the rows of any one or two tables are held to be one: columns and what is derived from them,
// blocking rules, comparisons with their levels, training, thresholds. A value; ReadModel (YAML) and ReadSplinkSettings
// (JSON) make it, checked; the engine below takes it as sound.
//
// Weights are match weights in bits, log2(m / u): m is how often a level occurs when two records are one, u when they
// are not. A level whose m or u the file does not give is trained (training.h).
// Source: Fellegi and Sunter 1969.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::linkage {

enum class LinkType : uint8_t {
  kDedupe,         // one table: pairs inside it
  kLink,           // two tables: pairs across only
  kLinkAndDedupe,  // two tables: pairs across and inside
};

// One step from a cell to what is compared or blocked on. Those marked "many" give several values a record.
enum class StepKind : uint8_t {
  kLower,         // case folded
  kFold,          // NFKC, case folded, accents and punctuation off, runs of blanks to one
  kDigits,        // only digits are kept
  kLetters,       // only letters are kept (any script)
  kSubstr,        // `count` characters from the `first`, 1-based, as SQL has it
  kLast,          // the last `count` characters
  kSortedTokens,  // words in order of text
  kFirstToken,
  kLastToken,
  kPinyin,   // core PinyinKey
  kNameKey,  // core FoldedNameKey
  kDate,     // to YYYY-MM-DD by `text`, a format of %Y %m %d; what does not fit is null
  kNullIf,   // null when equal to `text`
  kTokens,   // many: words
  kSplit,    // many: items between the separators `text`
  kQgrams,   // many: runs of `count` characters
  kOneEdit,  // many: itself and each text with one character less; two values one edit apart share one
};
struct Step {
  StepKind kind = StepKind::kLower;
  int first = 1, count = 0;
  std::string text;
  bool operator==(const Step&) const = default;
};
bool GivesMany(const std::vector<Step>& steps);

// Cells are trimmed; an empty cell is null; a step that leaves nothing gives null.
struct ColumnSpec {
  std::string name;                              // unique in the model; "dob | substr 1 4" for one written in place
  std::array<std::vector<std::string>, 2> from;  // headings in the left and right table; several are joined by a blank
  std::vector<Step> steps;
  bool many() const { return GivesMany(steps); }
  bool operator==(const ColumnSpec&) const = default;
};
using ColumnIndex = uint16_t;  // into Model::columns

// What a comparison level asks of a pair. All are symmetric, false when a value they need is null, except kNull, kNot
// and kElse. Distances and similarities are those of matchers/similarity, on the first 1,024 units of a value.
enum class Test : uint8_t {
  kElse,                    // always true
  kNull,                    // a or b is null on either side
  kEqual,                   // a equal (as text)
  kLevenshtein,             // a: at most `bound`
  kDamerau,                 // a: at most `bound`; true Damerau-Levenshtein
  kJaro,                    // a: at least `bound`
  kJaroWinkler,             // a: at least `bound`
  kJaccard,                 // a: at least `bound`, on sets of characters
  kName,                    // a: core CompareNames gives level `bound` (a NameAgreement) or a closer one
  kNameSimilarity,          // a: matchers/similarity NameSimilarity of persons at least `bound`
  kOrganisationSimilarity,  // a: the same of organisations
  kNumberWithin,            // a: numbers that differ by at most `bound`
  kPercentWithin,           // a: numbers that differ by at most `bound` of the larger, 0 to 1
  kDaysWithin,              // a: YYYY-MM-DD days at most `bound` apart
  kMonthsWithin,            // a: at most `bound` months of 30.4375 days apart
  kYearsWithin,             // a: at most `bound` years of 365.25 days apart
  kDayMonthSwapped,         // a: day and month changed places, same year
  kKmWithin,                // a, b: latitude and longitude in degrees, great circle at most `bound` km
  kCommonItems,             // a (many): at least `bound` values in common
  kReversed,                // l.a = r.b and l.b = r.a
  kEitherReversed,          // l.a = r.b or l.b = r.a
  kLiteral,                 // a equal on both sides, and equal to `text`
  kAnd,
  kOr,
  kNot,
};
struct Condition {
  Test test = Test::kElse;
  ColumnIndex a = 0, b = 0;
  double bound = 0;
  std::string text;
  std::vector<Condition> parts;  // kAnd, kOr, kNot
  bool operator==(const Condition&) const = default;
};

struct Level {
  std::string label;
  Condition when;
  bool is_null = false;                   // says nothing either way: weight 0, no m, no u
  std::optional<double> m, u;             // in (0, 1]; absent: trained
  bool fixed_m = false, fixed_u = false;  // given and not to be trained
  // Term frequency: the weight gains tf_weight * log2(u of level tf_level / the greatest of both values' frequencies
  // and tf_minimum_u). When one value is null the other's frequency counts alone; when both are, nothing is gained.
  // Never set for null levels and kElse.
  std::optional<ColumnIndex> tf_column;
  double tf_weight = 1, tf_minimum_u = 0;
  int tf_level = -1;   // in its comparison; the first level that is equality of tf_column alone, or this one itself
  bool exact = false;  // its condition is equality of one column
  bool operator==(const Level&) const = default;
};

constexpr int kComparisonsMax = 16;  // a pattern holds 4 bits a comparison
constexpr int kLevelsMax = 15;

// Levels are tried in order; the first that holds counts. The last is kElse.
struct Comparison {
  std::string name;
  std::vector<Level> levels;
  bool operator==(const Comparison&) const = default;
};

struct KeyPart {
  ColumnIndex left = 0, right = 0;  // equal but for rules such as l.given_name = r.surname
  bool operator==(const KeyPart&) const = default;
};
struct BlockingRule {
  std::string text;            // "last_name + occupation", for reports
  std::vector<KeyPart> parts;  // all equal, none null; at least one
  std::optional<Condition> filter;
  uint64_t max_block = 0;  // a key shared by more records yields no pairs and is reported; 0: no bound
  bool operator==(const BlockingRule&) const = default;
};

struct Training {
  std::vector<BlockingRule> prior_rules;  // pairs nearly always one human
  double recall = 0;                      // share of the true pairs that prior_rules find; 0: prior from EM
  double u_pairs = 1e7;                   // random pairs on which u is measured
  uint64_t seed = 1;
  std::vector<BlockingRule> em_rules;  // one run of EM each; empty: the blocking rules serve
  int iterations_max = 25;
  double tolerance = 1e-4;  // EM ends when no m moves by more
  bool operator==(const Training&) const = default;
};

enum class ClusterMethod : uint8_t {
  kCohesive,   // clusters join while the evidence of all their pairs together holds (clusters.h)
  kConnected,  // whatever is linked, however thinly
};

struct Model {
  std::string name;
  std::string id_column = "unique_id";
  std::optional<std::string> source_column;  // Splink's source_dataset; unused by dedupe
  LinkType link_type = LinkType::kDedupe;
  bool one_to_one = false;  // each record in one link at most, across two tables
  bool bytes = false;       // similarities count bytes, as Splink's databases do, not characters
  std::vector<ColumnSpec> columns;
  std::vector<BlockingRule> blocking;
  std::vector<Comparison> comparisons;
  std::optional<double> prior;  // probability that two random records are one
  Training training;
  double link_probability = 0.9;                // link at or above
  double review_probability = 0.5;              // clerical review at or above
  std::vector<double> cluster_probabilities{};  // one clustering each; empty: link_probability
  ClusterMethod cluster_method = ClusterMethod::kCohesive;
  double pairs_max = 2e9;  // a blocking rule that would make more is refused
  bool operator==(const Model&) const = default;
};

inline double BitsOfProbability(double p) { return std::log2(p / (1 - p)); }
// 1 for very large, 0 for very small weights; never NaN.
inline double ProbabilityOfBits(double bits) { return 1 / (1 + std::exp2(-bits)); }

}  // namespace hearth::linkage
