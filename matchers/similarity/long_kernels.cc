#include "matchers/similarity/long_kernels.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "matchers/similarity/jaro_score.h"

namespace hearth {
namespace {

// The distinct units of a pattern, numbered; for each the places where it stands, in words of 64.
template <class Unit>
class BlockMasks {
 public:
  explicit BlockMasks(UnitView<Unit> pattern)
      : units_(pattern.begin(), pattern.end()), blocks_((pattern.size() + kWordUnits - 1) / kWordUnits) {
    std::sort(units_.begin(), units_.end());
    units_.erase(std::unique(units_.begin(), units_.end()), units_.end());
    masks_.resize((units_.size() + 1) * blocks_);  // the last row stays empty: units that are not in the pattern
    for (size_t i = 0; i < pattern.size(); ++i) {
      masks_[IndexOf(pattern[i]) * blocks_ + i / kWordUnits] |= uint64_t{1} << (i % kWordUnits);
    }
  }
  size_t blocks() const { return blocks_; }
  const uint64_t* PlacesOf(Unit unit) const { return masks_.data() + IndexOf(unit) * blocks_; }

 private:
  size_t IndexOf(Unit unit) const {
    const auto at = std::lower_bound(units_.begin(), units_.end(), unit);
    return at != units_.end() && *at == unit ? static_cast<size_t>(at - units_.begin()) : units_.size();
  }

  std::vector<Unit> units_;
  size_t blocks_;
  std::vector<uint64_t> masks_;
};

struct Column {
  uint64_t plus = ~uint64_t{0};
  uint64_t minus = 0;
};

}  // namespace

// LevenshteinBits of bit_kernels.h, with the step to the right at a block's lowest row handed down to the next block.
template <class Unit>
int LevenshteinBlocks(UnitView<Unit> a, UnitView<Unit> b, int max) {
  const BlockMasks<Unit> masks(a);
  std::vector<Column> column(masks.blocks());
  const uint64_t last_row = uint64_t{1} << ((a.size() - 1) % kWordUnits);
  int distance = static_cast<int>(a.size());
  for (size_t j = 0; j < b.size(); ++j) {
    const uint64_t* places = masks.PlacesOf(b[j]);
    uint64_t plus_in = 1, minus_in = 0;
    for (size_t k = 0; k < column.size(); ++k) {
      const auto [plus, minus] = column[k];
      const uint64_t equal = places[k] | minus_in;
      const uint64_t diagonal = (((equal & plus) + plus) ^ plus) | equal | minus;
      const uint64_t right_plus = minus | ~(diagonal | plus), right_minus = diagonal & plus;
      if (k + 1 == column.size()) distance += ((right_plus & last_row) != 0) - ((right_minus & last_row) != 0);
      const uint64_t shifted_plus = right_plus << 1 | plus_in, shifted_minus = right_minus << 1 | minus_in;
      plus_in = right_plus >> 63;
      minus_in = right_minus >> 63;
      column[k] = {shifted_minus | ~(diagonal | shifted_plus), shifted_plus & diagonal};
    }
    // Each column still to come lowers the last row by at most one.
    if (distance - static_cast<int>(b.size() - 1 - j) > max) return max + 1;
  }
  return std::min(distance, max + 1);
}

template <class Unit>
int AlignmentRows(UnitView<Unit> a, UnitView<Unit> b) {
  std::vector<int> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) above[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

// Zhao and Sahni 2019: a swap with edits on both sides of its gap is never better than two substitutions, so one of its
// two pairs of places is adjacent, and three rows are enough. For the cell of a[i], b[j]: with b[j-1] = a[i], the last
// row k in which b[j] stood, and what the table said above and left of it (`at_match`); with a[i-1] = b[j], the last
// column l of this row that matched, and what stood there (`at_last`).
template <class Unit>
int DamerauRows(UnitView<Unit> a, UnitView<Unit> b) {
  constexpr size_t kOnStack = kWordUnits + 1;
  const size_t width = b.size() + 1;
  int on_stack[5 * kOnStack];
  std::vector<int> on_heap(width > kOnStack ? 5 * width : 0);
  int* const memory = width > kOnStack ? on_heap.data() : on_stack;
  int *before = memory, *above = memory + width, *row = memory + 2 * width;
  int* const at_match = memory + 3 * width;  // per column: the table above and left of the cell before the last match
  int* const match_row = memory + 4 * width;
  const int never = static_cast<int>(a.size() + b.size()) + 1;
  for (size_t j = 0; j < width; ++j) {
    before[j] = never;
    above[j] = static_cast<int>(j);
    at_match[j] = never;
    match_row[j] = 0;
  }
  for (int i = 1; i <= static_cast<int>(a.size()); ++i) {
    const Unit unit = a[static_cast<size_t>(i) - 1];
    row[0] = i;
    int match_column = -1, at_last = never;
    for (int j = 1; j < static_cast<int>(width); ++j) {
      int cell = std::min(above[j], row[j - 1]) + 1;
      if (unit == b[static_cast<size_t>(j) - 1]) {
        cell = std::min(cell, above[j - 1]);
        match_column = j;
        match_row[j] = i;
        at_match[j] = j > 1 ? above[j - 2] : never;
        at_last = before[j - 1];
      } else {
        cell = std::min(cell, above[j - 1] + 1);
        if (match_column == j - 1) {
          cell = std::min(cell, at_match[j] + (i - match_row[j]));
        } else if (match_row[j] == i - 1) {
          cell = std::min(cell, at_last + (j - match_column));
        }
      }
      row[j] = cell;
    }
    int* const oldest = before;
    before = above;
    above = row;
    row = oldest;
  }
  return above[b.size()];
}

template <class Unit>
double JaroRows(UnitView<Unit> a, UnitView<Unit> b) {
  const size_t reach = std::max<size_t>(std::max(a.size(), b.size()) / 2, 1) - 1;
  std::vector<char> used(b.size());
  std::vector<Unit> in_a;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t end = std::min(b.size(), i + reach + 1);
    for (size_t j = i > reach ? i - reach : 0; j < end; ++j) {
      if (used[j] || a[i] != b[j]) continue;
      used[j] = 1;
      in_a.push_back(a[i]);
      break;
    }
  }
  if (in_a.empty()) return 0;
  int out_of_order = 0;
  for (size_t j = 0, k = 0; j < b.size(); ++j) {
    if (used[j] && in_a[k++] != b[j]) ++out_of_order;
  }
  return JaroScore(static_cast<int>(in_a.size()), out_of_order, a.size(), b.size());
}

template int LevenshteinBlocks(UnitView<char>, UnitView<char>, int);
template int LevenshteinBlocks(UnitView<char32_t>, UnitView<char32_t>, int);
template int AlignmentRows(UnitView<char>, UnitView<char>);
template int AlignmentRows(UnitView<char32_t>, UnitView<char32_t>);
template int DamerauRows(UnitView<char>, UnitView<char>);
template int DamerauRows(UnitView<char32_t>, UnitView<char32_t>);
template double JaroRows(UnitView<char>, UnitView<char>);
template double JaroRows(UnitView<char32_t>, UnitView<char32_t>);

}  // namespace hearth
