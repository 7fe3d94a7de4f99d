// What became of persons, and what people decided: the values that a linkage store keeps for good, and their bytes
// (docs/store-format.md, "Linkage stores").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/civil_day.h"
#include "core/status.h"
#include "linkage/live/person_change.h"
#include "store/desk.h"

namespace hearth::linkage {

// A record by the names that last: the number of its table and its id there.
struct RecordKey {
  uint8_t source = 0;
  std::string id;
  auto operator<=>(const RecordKey&) const = default;
};

enum class EventReason : uint8_t {  // stored; never change
  kNone = 0,                        // nothing moved them but their coming or going
  kLink = 1,                        // left and right, at `bits`: of a split a link that was not followed
  kDecision = 2,                    // somebody's word about left and right
  kEvidenceGone = 3,                // of a split: nothing ties the two parts any more
  kTogether = 4,                    // no link between the two parts, but all of their pairs together (a larger whole)
};
std::string_view EventReasonName(EventReason reason);
std::string_view PersonChangeKindName(PersonChangeKind kind);

struct LiveEvent {
  uint64_t number = 0;  // 1, 2, 3 …
  PersonChangeKind kind = PersonChangeKind::kNew;
  CivilDay day;
  uint64_t person = 0, other = 0;  // as PersonChange
  EventReason reason = EventReason::kNone;
  double bits = 0;
  RecordKey left, right;          // of the reason
  std::string by;                 // of a decision
  std::vector<RecordKey> moved;   // ascending
  std::vector<RecordKey> others;  // of a merge or split: the records on the other side; ascending
};
std::string EncodeEvent(const LiveEvent& event);
StatusOr<LiveEvent> DecodeEvent(std::string_view bytes);

// Of several about one pair the last counts; unsure and withdrawn ones tie nothing and part nothing.
struct LiveDecision {
  RecordKey left, right;  // left below right
  LinkVerdict verdict = LinkVerdict::kUnsure;
  std::string by, why;
  CivilDay day;
};
std::string EncodeDecision(const LiveDecision& decision);
StatusOr<LiveDecision> DecodeDecision(std::string_view bytes);

}  // namespace hearth::linkage
