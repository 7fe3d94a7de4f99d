// LinkPersons gives every mention in tonight's tables its person (DESIGN 4).
//
//   LinkStats stats;
//   LinkedPersons linked = LinkPersons(tables, models, yesterday, desk, {.threads = 2}, &stats);
//   IdMap tomorrow = IdMapOf(tables, linked, RetiredBy(all_events_so_far));
//
// Rules, in order: a usable number with names that agree; the registry's own number of a person with names that
// agree; a corrected (old) number; then Fellegi-Sunter on the rest, in rounds, each record to the one person who is
// clearly its best. Two different usable numbers, two members of one household and desk decisions keep people apart.
// A number on which names clash makes a review pair, never a merge. A name alone never links.
//
// The result depends on the rows' keys and contents alone: not on their order, on threads or on hash order.
// tables: one a registry, with ids that differ; they must outlive nothing (views are not kept).
// Cost: about linear in mentions; some 120 bytes a distinct identity (12 monthly rows of one account are one).
// Source: standards.md 1, 6, 8, 9.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/person.h"
#include "core/record_table.h"
#include "matchers/link_model.h"
#include "matchers/link_rates.h"
#include "matchers/mention_key.h"
#include "matchers/name_frequencies.h"
#include "matchers/person_events.h"

namespace hearth {

struct LinkOptions {
  int threads = 1;
  uint64_t seed = 20240301;  // of the pairs on which u is measured
  // Told the name of each phase that is done, on the calling thread; LinkPhases(model) of them at most.
  std::function<void(std::string_view)> on_phase;
};

struct LinkStats {
  uint64_t mentions = 0, identities = 0, persons = 0;
  uint64_t by_number = 0, by_subject_key = 0, by_old_number = 0, by_probability = 0, by_desk = 0;  // joins made
  uint64_t candidate_pairs = 0, training_pairs = 0;
  uint64_t number_conflicts = 0;  // usable numbers on which names clash
  uint64_t new_persons = 0;
  std::vector<PersonEvent> events;     // sorted by kind, person, other
  uint64_t desk_passed_over = 0;       // decisions of which a mention is gone tonight
  uint64_t desk_contradicted = 0;      // "same" decisions that others on the desk forbid
  LinkModels trained;                  // as used, for each of tonight's registries: prior, m and u after training
  NameFrequencies names;               // by which all rounds weighed
  std::vector<LinkRates> by_registry;  // tonight's registries by id, then
  std::vector<LinkRates> by_group;     // rare_characters, middle_dot, rural_address, others
};

inline int LinkPhases(const LinkModel& model) { return 4 + 2 * model.rounds; }

// stats may be nullptr.
LinkedPersons LinkPersons(std::span<const RecordTable* const> tables, const LinkModels& models, const IdMap& yesterday,
                          const DeskDecisions& desk, const LinkOptions& options, LinkStats* stats);

// Why one mention belongs to its person: prior, each comparison's level and weight, total. Against the person's
// other mentions; a mention that is alone has no steps. Rows that came to the person together with this one (equal
// weight) stand with it.
struct LinkWaterfall {
  struct Step {
    std::string comparison;  // "birth_date"
    std::string level;       // "exact"; "missing" when one side has no value
    double bits = 0;         // frequency_bits included
    double frequency_bits = 0;
    double running_bits = 0;  // prior and all steps up to this one
  };
  LinkBasis basis = LinkBasis::kSingle;
  double prior_bits = 0, total_bits = 0, probability = 0;
  double night_bits = 0;  // what the night weighed when it made the link, for links by probability
  LinkThresholds thresholds;
  std::vector<std::string> registries;  // whose models weighed; none: the common one
  std::vector<Step> steps;
};

// Of log2 odds.
double ProbabilityOf(double bits);

// trained and names are LinkStats' of the night that made `linked`, whose tables are the same registries, though not
// with all rows. Recomputed from the rows; milliseconds, not micro.
LinkWaterfall ExplainLink(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
                          const LinkModels& trained, const NameFrequencies& names, Mention mention);
// How the persons of two mentions compare, for a pair under review.
LinkWaterfall ExplainPair(std::span<const RecordTable* const> tables, const LinkedPersons& linked,
                          const LinkModels& trained, const NameFrequencies& names, Mention left, Mention right);

}  // namespace hearth
