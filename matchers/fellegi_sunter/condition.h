// Holds: whether one condition holds for one pair, by the definition of each test. Plain and slow; it serves blocking
// filters, and is the reference that the Comparer's fast forms are tested against.
//
//   Holds(condition, records, {.left = 3, .right = 7}, /*bytes=*/false)
//
// bytes: similarities count bytes, else characters. Pure, safe from many threads.
#pragma once

#include "matchers/fellegi_sunter/pattern.h"
#include "matchers/fellegi_sunter/table.h"

namespace hearth::linkage {

bool Holds(const Condition& condition, const RecordSet& records, Pair pair, bool bytes);

// The same for the tests that look at two texts alone, neither missing; false for other tests.
bool HoldsOnTexts(const Condition& condition, std::string_view a, std::string_view b, bool bytes);

// The columns that a condition reads, ascending and distinct, added to *columns.
void AddColumns(const Condition& condition, std::vector<ColumnIndex>* columns);

// Distances and similarities look at so many bytes or characters of a value, so that no cell takes minutes.
constexpr size_t kUnitsCompared = 1024;

// A decimal number, or NaN.
double NumberOf(std::string_view text);
// Days since 1970-01-01 of "YYYY-MM-DD", or kNoDay.
constexpr int32_t kNoDay = INT32_MIN;
int32_t DayOf(std::string_view text);
// Great-circle kilometres between two places in degrees, on a sphere of 6,371 km; NaN when one is. Symmetric to the
// last bit.
double Kilometres(double latitude_a, double longitude_a, double latitude_b, double longitude_b);

}  // namespace hearth::linkage
