// How common names are: what turns an exact name into more or less evidence. Values.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace hearth {

// How many of tonight's clusters bear each name, by hash of the folded name; names of one cluster are left out.
struct NameFrequencies {
  uint64_t clusters = 0;
  std::vector<std::pair<uint64_t, uint32_t>> counts;  // sorted by hash
  uint32_t Of(uint64_t folded) const;                 // at least 1
};

}  // namespace hearth
