// What a family truly earns and owns on a day, added up from the facts themselves. This is the truth's own arithmetic:
// nothing here comes from the profile or the packs. Money is in fen, income is monthly, exact until the last division.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "synth/block.h"
#include "synth/units.h"

namespace hearth::synth {

// The figures of the written hearth.yaml.
inline constexpr int64_t kDibaoStandardFen = 110000;
inline constexpr int64_t kLowEdgeLineFen = 165000;  // min(1.5 x standard, minimum wage 2,070)
inline constexpr int64_t kMinWageFen = 207000;
inline constexpr int64_t kCapitalLimitFen = 5000000;
inline constexpr int64_t kVehicleLimitFen = 8000000;
inline constexpr int kMoneyMonths = 24;
inline constexpr int kHomesMax = 1;

// What a declared month of a job says; 0 outside the job.
int64_t WageOfMonth(uint64_t seed, const Block& block, const Job& job, CivilMonth month);
// The contribution base: the wage between the floor of 4,000 and the ceiling of 22,000 yuan.
int64_t ContributionBase(const Job& job);
// The declared income of a month, 0 when there is no row for it.
int64_t SideIncomeOfMonth(const SideIncome& income, CivilMonth month);
// Kinds that count as income; property transfers and chance do not.
bool CountsAsIncome(IncomeKind kind);
bool IsInPayment(const Pension& pension, CivilMonth month);

// What one person has; sums over the twelve complete months before as_of's month.
struct PersonMeans {
  bool has_tax_rows = false;
  int64_t tax_fen = 0;      // twelve months
  int64_t base_fen = 0;     // twelve months
  int64_t pension_fen = 0;  // one month
  int64_t car_fen_max = 0;  // the dearest non-commercial car that is still owned
  int64_t money_fen = 0;
  int64_t capital_fen = 0;  // subscribed, in open firms

  // Twelve months of income.
  int64_t YearFen() const { return (has_tax_rows ? tax_fen : base_fen) + 12 * pension_fen; }
};

std::vector<PersonMeans> MeasurePeople(uint64_t seed, const Block& block, CivilDay as_of);

enum class AssetFault : uint8_t { kNone, kVehicle, kHomes, kCommercial, kMoney, kCapital };
std::string_view AssetFaultName(AssetFault fault);

struct UnitMeans {
  int64_t year_fen = 0;  // of all members, twelve months
  int size = 0;
  AssetFault asset_fault = AssetFault::kNone;

  // Comparisons are exact: year income against 12 x size x line.
  bool IsBelow(int64_t line_fen) const { return year_fen < 12 * size * line_fen; }
  bool IsAtMost(int64_t line_fen) const { return year_fen <= 12 * size * line_fen; }
  int64_t PerHeadFen() const { return (2 * year_fen + 12 * size) / (24 * size); }  // half up
};

std::vector<UnitMeans> MeasureUnits(const Block& block, const std::vector<PersonMeans>& people,
                                    const std::vector<Unit>& units);

}  // namespace hearth::synth
