// Relation to the head of the registered household (GB/T 4761-2008): codes, terms, the sex a code requires, and the
// edge from member to head. Terms as people write them, dialect and wrong ones too, map to codes by table.
//
//   ReadRelation("老婆", RelationWidth::kTwo).code == 12
//   FindRelation(21)->required_sex == 1, ->edge == RelationEdge::kChild
//
// The code is relative to the head: only head-to-member edges follow from it. Pure, safe from any thread.
// Source: standards.md 7.1.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/verdict.h"

namespace hearth {

enum class RelationEdge : uint8_t {
  kNone,
  kSelf,
  kSpouse,
  kChild,
  kChildAdoptedOrStep,
  kChildInLaw,
  kGrandchild,
  kGrandchildInLaw,
  kGreatGrandchild,
  kParent,
  kParentAdoptedOrStep,
  kParentInLaw,
  kGrandparent,
  kGrandparentInLaw,
  kGreatGrandparent,
  kGreatGrandparentInLaw,
  kSibling,
  kSiblingInLaw,
  kKin,
};

struct Relation {
  int code;                // 1 to 99
  std::string_view term;   // 独生子
  std::string_view value;  // only_son: as the registry schema and packs write it
  int required_sex;        // 1 male, 2 female, 0 either
  RelationEdge edge;       // from member to head
};

std::span<const Relation> Relations();
// nullptr when the edition of 2008 has no such code.
const Relation* FindRelation(int code);

// Whether a feed's digits are the two-digit code (a lone "1" has lost its zero) or the one-digit one (1 is spouse).
enum class RelationWidth : uint8_t { kTwo, kOne };

struct RelationReading {
  Verdict verdict = Verdict::kAbsent;  // kOk; kOkNoted: padded, cut from 3 or 4 digits, an old code, or a term that is
                                       // not the standard's; kAbsent; kBadCode: no such code
  int code = 0;                        // when usable
  bool unmapped = false;               // a term that no table has: code 80, and the caller keeps the text
};
RelationReading ReadRelation(std::string_view raw, RelationWidth width);

// False when the code requires the other sex (a finding; neither value is changed). Sex 0 and 9 never contradict.
bool SexFits(const Relation& relation, int sex);

}  // namespace hearth
