// The truth files of a made city (docs/formats.md): whom rows name, true kin, family units, who is due what, and what a
// perfect night would raise. Scoring reads them; nothing else may.
#pragma once

#include <cstdio>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/status.h"
#include "synth/means.h"
#include "synth/rows.h"

namespace hearth::synth {

enum class AlertKind : uint8_t { kEligibleNotEnrolled, kEnrolledNotEligible };
struct TrueAlert {
  AlertKind kind;
  std::string programme, household_number, record_number, cause;  // record number empty for a family's programme
};

// Who is due dibao or low edge, and who is enrolled. A family with no resident left has no unit: members < 0, no
// income.
struct TrueDue {
  std::string household_number;
  bool dibao_enrolled = false, dibao_due = false, low_edge_enrolled = false, low_edge_due = false;
  int64_t per_head_fen = -1;  // -1: nobody is left
};

struct NightTruth {
  std::vector<Unit> units;
  std::vector<TrueDue> due;       // by unit, then families without one
  std::vector<TrueAlert> alerts;  // each once
};

// Pure. The rules: docs/adr/0030-made-city.md.
NightTruth DecideNight(uint64_t seed, const Block& block, CivilDay as_of);

// The five CSV files. Append-only; blocks come one after another, nights of a block in order.
class TruthFiles {
 public:
  ~TruthFiles();
  Status Open(const std::string& folder);
  void BeginBlock();
  void AddMention(const Mention& mention);  // written when its row was not seen in this block before
  void AddKin(const Block& block, const std::vector<KinEdge>& edges);
  void AddNight(const Block& block, int night, const NightTruth& truth);
  // Writes what has gathered; to be called once a block.
  Status Flush();
  Status Close();

 private:
  struct File {
    std::string path, text;
    std::FILE* file = nullptr;
  };
  File mentions_, kin_, units_, due_, alerts_;
  std::unordered_set<uint64_t> seen_;  // of this block; only asked, never walked
  std::set<KinEdge> kin_seen_;
};

}  // namespace hearth::synth
