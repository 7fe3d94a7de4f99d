// PersonEvent says what became of a person from one night to the next: rows that were one person's are now another's.
// Events are kept with the generation, so that a merge can be told, and undone with the old ids, many nights later.
// Values, all of them facts of tonight's rows and yesterday's ids: no order of rows or threads shows in them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/person.h"
#include "matchers/mention_key.h"

namespace hearth {

enum class PersonEventKind : uint8_t {  // stored; never change
  kMerge = 0,                           // all of other's rows that are still there are person's now; other is gone
  kSplit = 1,                           // some of person's rows are other's now, who was not there yesterday
  kAbsorb = 2,                          // some of other's rows are person's now; both live on
};
std::string_view PersonEventKindName(PersonEventKind k);

// What moved the rows. Stored; values never change.
enum class PersonEventReason : uint8_t {
  kNumber = 0,         // an equal usable number
  kSubjectKey = 1,     // the registry's own number of the person
  kOldNumber = 2,      // two numbers of one person
  kProbability = 3,    // the weight of several fields
  kDesk = 4,           // a human decision
  kNumbersDiffer = 5,  // of a split: each part has a number of its own
  kEvidenceGone = 6,   // of a split: what held the rows together is not there any more
};
std::string_view PersonEventReasonName(PersonEventReason r);

struct PersonEvent {
  PersonEventKind kind = PersonEventKind::kMerge;
  PersonId person, other;
  PersonEventReason reason = PersonEventReason::kEvidenceGone;
  double bits = 0;                   // for kProbability
  Mention moved, stayed;             // the smallest row that moved, and of those that it came to or left
  std::vector<MentionKey> mentions;  // that moved, sorted
};

// Who was merged away, by the rows that were theirs: what a split gives back its old id by. Of several merges of one
// row the later one counts. events: oldest first.
std::vector<IdMap::Entry> RetiredBy(const std::vector<PersonEvent>& events);

}  // namespace hearth
