// LinkModels say how the records without a usable number are linked: a common model with blocking rules, comparisons
// and their levels, prior and thresholds, and one model a registry that says what is special about its rows. Read from
// YAML (packs/link/person.yaml, packs/link/<registry>.yaml), strictly; immutable once loaded.
//
//   HEARTH_ASSIGN_OR_RETURN(LinkModels models, LoadLinkModels("packs/link", {"marriage", "vehicles", …}));
//
// A comparison's level has m (how often it occurs when two records are one person) and u (how often when they are
// not). The files give starting values; linking trains them on the night's data unless `train: false`. m is a property
// of a registry's clerks and forms and is trained per registry; u is one of the city's people and is common.
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

struct LinkThresholds {
  double upper_bits = 2, lower_bits = -4;  // link at or above upper, review at or above lower
  double margin_bits = 5;                  // by which the best candidate must beat the second
  double support_bits = 6;                 // evidence beyond the name without which nothing links
  bool operator==(const LinkThresholds&) const = default;
};
// Of several registries the strictest links and the widest reviews.
LinkThresholds StrictestOf(const LinkThresholds& a, const LinkThresholds& b);

// The common model.
struct LinkModel {
  std::string id;
  double prior_bits = 0;  // log2 odds that a record and a candidate person are one; 0: from the data
  LinkThresholds thresholds;
  int rounds = 2;
  std::vector<BlockingRule> blocking;   // at most 32
  std::vector<Comparison> comparisons;  // each kind at most once
};

// What one registry has of its own.
struct RegistryModel {
  std::string registry;
  LinkThresholds thresholds;
  uint32_t rules = ~0u;                 // bit per common blocking rule by which its rows look for their person
  std::vector<Comparison> comparisons;  // the common ones in their order, with this registry's m and the common u
};

struct LinkModels {
  LinkModel common;
  std::vector<RegistryModel> registries;  // sorted by registry

  // The registry's own; the common model under its name when it has none.
  RegistryModel Of(std::string_view registry) const;
};

// InvalidArgument with file:line:column for an unknown key, part, comparison or level, m or u outside (0, 1), no
// blocking rule, no name comparison, or lower above upper.
StatusOr<LinkModel> ParseLinkModel(std::string_view text, std::string_view file_name);
// The same for a registry's file; also for a blocking rule or comparison that the common model has not, and shares of a
// trained comparison that do not sum to 1 (by more than 0.02).
StatusOr<RegistryModel> ParseRegistryModel(std::string_view text, std::string_view file_name, const LinkModel& common);

// Reads person.yaml and the registries' files of a folder, or one file as the common model alone. NotFound when there
// is none; InvalidArgument also for a file whose registry is not known or not its name.
StatusOr<LinkModels> LoadLinkModels(const std::string& path, const std::vector<std::string>& registries);

// The text that parses to the same model, bit for bit: trained models are stored so.
std::string WriteLinkModel(const LinkModel& model);
std::string WriteRegistryModel(const RegistryModel& model, const LinkModel& common);

}  // namespace hearth
