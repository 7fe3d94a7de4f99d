// Which persons clusters are, when some of their records were persons before: the nightly rule (matchers/person_ids.h)
// on the clusters that changed alone.
//
// A cluster keeps the id that most of its records had, an id goes to the cluster that holds most of its records, ties
// to the smaller id and then to the earlier cluster. Records that came to an id through a merge count last, so that a
// merge undone gives both persons their ids back. A cluster with no claim gets back the id of the person who was
// merged away and most of whose records it holds; else a new id that derives from its smallest record.
// Pure. The outcome depends on the clusters and their records' former persons alone.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace hearth::linkage {

enum class PersonChangeKind : uint8_t {  // stored; never change
  kNew = 0,                              // a person begins with these records, none of which was anybody's
  kAbsorb = 1,  // records join a person that lives on: new ones, or some of a person that lives on too
  kMerge = 2,   // all records of a person are another's now; the person is gone
  kSplit = 3,   // some of a person's records are another's now, who was not there before
  kLeave = 4,   // records of a person that lives on were deleted
  kGone = 5,    // the last records of a person were deleted
};

struct PersonChange {
  PersonChangeKind kind = PersonChangeKind::kNew;
  uint64_t person = 0;  // whom the records came to; of a split whom they left
  uint64_t other = 0;   // whom they left, if anybody; of a split whom they came to
  uint32_t cluster = 0;
  std::vector<uint32_t> moved;  // places in `records`
};

struct PersonQuestion {
  // Clusters by their smallest record; a cluster's records ascending. Cluster c: [starts[c], starts[c + 1]).
  std::span<const uint32_t> starts;
  std::span<const uint64_t> before;  // by record: its person, 0: nobody
  std::span<const uint64_t> former;  // by record: the person it was before that one was merged away, 0: none
  // The candidates for a new id from a cluster's smallest record; probe 0, 1, 2 ….
  std::function<uint64_t(uint32_t record, uint64_t probe)> id_of;
  std::function<bool(uint64_t id)> lives;    // is somebody now
  std::function<bool(uint64_t id)> is_used;  // is or was somebody
};

struct PersonAnswer {
  std::vector<uint64_t> of_cluster;
  std::vector<PersonChange> changes;  // by cluster, other; kNew to kSplit
};
PersonAnswer AssignPersons(const PersonQuestion& question);

}  // namespace hearth::linkage
