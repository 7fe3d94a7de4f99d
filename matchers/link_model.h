// LinkModel says how the records without a usable number are linked: blocking rules, comparisons with their levels,
// prior and thresholds. Read from YAML (packs/link/first-pass.yaml), strictly; immutable once loaded.
//
//   HEARTH_ASSIGN_OR_RETURN(LinkModel model, ParseLinkModel(text, "packs/link/first-pass.yaml"));
//
// A comparison's level has m (how often it occurs when two records are one person) and u (how often when they are
// not). The file gives starting values; linking trains them on the night's data unless `train: false`.
// Weights are in bits: log2(m / u).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace hearth {

// What a blocking rule's key is made of. A record lacking any part has no key under that rule.
enum class BlockPart : uint8_t {
  kName,   // whole folded name, or a former one
  kSound,  // the name's pinyin key
  kFirstWord,
  kLastWord,   // of a name with spaces
  kBirthDate,  // of the row, or inside a usable number
  kPhone,
  kAddress,
  kOrganisation,
  kOtherNumber,
  kNumberStart,  // places 1-14: division and birth date
  kNumberEnd,    // the last 12 places: birth date, sequence, check
  kNumberFrame,  // places 1-6 and 15-18: all but the birth date
  kNumberTail,   // places 15-18
  kKin,          // a person whom the same row or the same household names beside this one
};

enum class ComparisonKind : uint8_t {
  kName,
  kBirthDate,
  kSex,
  kNumber,
  kOtherNumber,
  kPhone,
  kAddress,
  kOrganisation,
  kRegion,
  kKin
};
constexpr int kComparisonKinds = 10;
constexpr int kLevelsMax = 8;
std::string_view ComparisonName(ComparisonKind kind);
// The level names of a comparison, best first, disagreement last: {"exact", "variant", … , "clash"}.
const std::vector<std::string_view>& LevelNames(ComparisonKind kind);

struct ComparisonLevel {
  double m = 0, u = 0;
  double Bits() const;
};

struct Comparison {
  ComparisonKind kind = ComparisonKind::kName;
  bool train = true;
  bool term_frequency = false;          // exact agreement weighs by how rare the value is
  std::vector<ComparisonLevel> levels;  // as LevelNames(kind)
};

struct BlockingRule {
  std::vector<BlockPart> parts;
  uint32_t max_block = 400;  // a key shared by more candidates than this yields no pairs
};

struct LinkModel {
  std::string id;
  double prior_bits = 0;                  // log2 odds that a record and a candidate person are one; 0: from the data
  double upper_bits = 0, lower_bits = 0;  // link at or above upper, review at or above lower
  double margin_bits = 0;                 // by which the best candidate must beat the second
  double support_bits = 0;                // evidence beyond the name without which nothing links
  int rounds = 2;
  std::vector<BlockingRule> blocking;
  std::vector<Comparison> comparisons;  // each kind at most once
};

// InvalidArgument with file:line:column for an unknown key, part, comparison or level, m or u outside (0, 1), no
// blocking rule, no name comparison, or lower above upper.
StatusOr<LinkModel> ParseLinkModel(std::string_view text, std::string_view file_name);

// The built-in first pass, the same as packs/link/first-pass.yaml.
const LinkModel& DefaultLinkModel();

}  // namespace hearth
