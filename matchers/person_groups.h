// Groups of people whom records may treat worse than others, so that a night can show whether it does. A group is told
// from what a row says, by a stated test; nobody is linked differently because of one.
//
// Pure; the table of characters is made on first use (2 ms, once, under a lock). Inside matchers only.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth {

// Bits of a set of groups; none of them: everybody else.
inline constexpr uint8_t kRareCharacters = 1, kMiddleDot = 2, kRuralAddress = 4;
inline constexpr int kPersonGroups = 3;
// By bit: "rare_characters", "middle_dot", "rural_address"; kPersonGroups: "others".
std::string_view PersonGroupName(int group);

// Rare: a Han character outside the 6,763 of GB 2312, which old systems cannot store. Middle dot: a name in parts
// joined by ·, as names of many minorities are written.
uint8_t GroupsOfName(std::string_view name);
// Rural: 村, 组 or 乡 is written, other than in 新村, the name of many urban estates.
uint8_t GroupsOfAddress(std::string_view address);

}  // namespace hearth
