// Reads overlays and dated values against the names that a pack has. Internal to policy/.
#pragma once

#include <string>
#include <vector>

#include "policy/pack_data.h"

namespace hearth {

// `value`, or `[{from: …, value: …}, …]` by ascending day; an undated value holds from the first day of the calendar.
StatusOr<std::vector<DatedValue>> ReadDatedValues(const YamlNode& node, FactType type,
                                                  const std::vector<std::string>& words);

// The pack's own name of a parameter, alias or not.
const std::string& PackName(const PackData& data, const std::string& name);
// "; did you mean "x"?", empty when none is near.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& known);

// Sets what `parameters` (with `local_amount` among the keys) states, for the pack alone.
//   overlay  division empty: the city's own, which may set any value
void ReadOverlayValues(const YamlNode& parameters, const PackData& data, Overlay* overlay,
                       std::vector<Status>* problems);

// A map of `clause`, `note`, `parameters`, `local_amount`: a file overlays/<division>.yaml.
Overlay ReadOverlay(const YamlNode& node, std::string_view division, const PackData& data,
                    std::vector<Status>* problems);

// 2 to 12 digits.
bool IsDivision(std::string_view text);

}  // namespace hearth
