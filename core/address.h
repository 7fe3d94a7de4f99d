// Addresses: one spelling, components, a comparison key.
//
//   NormaliseAddress("云泽市云泽市东坪区幸福路１２号三栋２单元３０１室") == "云泽市东坪区幸福路12号3幢2单元301室"
//   ParseAddress("东坪区幸福路12号5-2-301", {}).room == "301"
//
// An address is evidence of "same address", not of "same household", and never by itself of kinship.
// Missing upper levels are filled from the row's own division code alone. Pure, safe from any thread.
// Source: standards.md 9.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/civil_day.h"
#include "core/region_code.h"

namespace hearth {

// NFC, half width, no spaces; Chinese numerals before 号 幢 单元 室 … to digits; 栋 号楼 座 to 幢, 梯 to 单元, 户 房 to
// 室; 3# to 3号; 5-2-301 at the end to 5幢2单元301室; a level written twice in a row once.
std::string NormaliseAddress(std::string_view raw);

struct AddressParts {
  std::string province, prefecture, county;  // 浙江省, 云泽市, 东坪区
  std::string township, village, group;      // 城关镇 or 东门街道; 上岙村 or 幸福社区; digits of 5组
  std::string road, number;                  // 幸福路; digits of 12号, "12-3" for 12号附3号
  std::string estate;                        // 锦绣花园
  std::string building, unit, room;          // digits or letters, without zeros in front; "-1" for 负1
  std::string rest;                          // what no level took, in order

  bool operator==(const AddressParts&) const = default;
};

struct AddressOptions {
  const Divisions* divisions = nullptr;
  uint32_t region = 0;  // six digits of the row's own code column; 0: none
  CivilDay on;          // for the division table
};

AddressParts ParseAddress(std::string_view raw, const AddressOptions& options);

// The parts from village down, as levels with a mark each: "v上岙村|g5" or "r幸福路|n12|b5|u2|h301". Upper levels are
// left out because feeds leave them out: compare keys within one county. Empty when nothing below the township was
// found.
std::string AddressKey(const AddressParts& parts);

enum class AddressAgreement : uint8_t {
  kSame = 0,          // the same room, or the same house where there are no rooms
  kSameBuilding = 1,  // the same gate, estate or building, but another or no room
  kSameStreet = 2,    // the same road or village
  kSameCounty = 3,
  kDifferent = 4,
  kUnknown = 5,  // one says nothing below the county
};
std::string_view AddressAgreementName(AddressAgreement a);
// Symmetric. Levels that one side leaves out do not count against it, except that a room is the same only if both name
// it.
AddressAgreement CompareAddresses(const AddressParts& a, const AddressParts& b);

}  // namespace hearth
