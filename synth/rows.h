// The rows that the seventeen registries hold of a block on a night, and the truth about whom each row names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "synth/block.h"
#include "synth/faults.h"
#include "synth/feed_writer.h"

namespace hearth::synth {

// Which person a role of a row truly names.
struct Mention {
  Registry registry;
  std::string_view key;  // valid during the call
  std::string_view role;
  int64_t person;
  uint32_t faults;
};

class MentionSink {
 public:
  virtual ~MentionSink() = default;
  virtual void Add(const Mention& mention) = 0;
};

struct RowOptions {
  uint64_t seed = 1;
  CivilDay first_night, as_of;
};

// One buffer per registry, in the order of Feeds(); appends.
void MakeRows(const Block& block, const RowOptions& options, const FaultPlanter& planter,
              std::vector<RowBuffer>& buffers, MentionSink& mentions);

// A true relation that some registry is meant to show; before faults.
struct KinEdge {
  bool spouse;  // else parent and child
  int from, to;
  auto operator<=>(const KinEdge&) const = default;
};
std::vector<KinEdge> WitnessedKin(const Block& block, CivilDay as_of);

std::string PersonText(int64_t id);    // of truth files
std::string RecordNumber(int64_t id);  // of the household register

}  // namespace hearth::synth
