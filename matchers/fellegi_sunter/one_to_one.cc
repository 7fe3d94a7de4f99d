// One link a record at most. A component of the links is solved as an assignment of its left to its right records by
// the Hungarian method, with potentials; a pair without a link is worth nothing, so it is as good as none. Worth is
// counted in whole units, so sums are exact: 2^-20 bits for the weight, and of assignments of equal weight the one of
// more links. Above kAssignedRecords links are taken heaviest first while both ends are free.
//
// Example: a - x 10, a - y 9, b - x 8 bits: greedy takes a - x and leaves b; the optimum is a - y and b - x.
//
// Source: Kuhn 1955; Jonker and Volgenant 1987. Test: tests/matchers/fellegi_sunter/cluster_one_to_one_test.cc.
#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "matchers/fellegi_sunter/clusters.h"
#include "matchers/fellegi_sunter/union_find.h"

namespace hearth::linkage {
namespace {

constexpr size_t kAssignedRecords = 200;  // 8 million steps
constexpr double kUnitsABit = 1 << 20;
constexpr double kBitsMax = 1 << 20;
constexpr int64_t kLinksMax = 256;  // more than kAssignedRecords / 2 links never meet in one sum

int64_t WorthOf(double bits) {
  return static_cast<int64_t>(std::floor(std::min(bits, kBitsMax) * kUnitsABit)) * kLinksMax + 1;
}

// worth[row * columns + column], none negative, rows <= columns. Returns the column of each row.
std::vector<size_t> Assign(const std::vector<int64_t>& worth, size_t rows, size_t columns) {
  constexpr size_t kNone = SIZE_MAX;
  std::vector<int64_t> row_potential(rows), column_potential(columns + 1);
  std::vector<size_t> row_of(columns + 1, kNone), came_from(columns + 1);  // the extra column starts a search
  for (size_t row = 0; row < rows; ++row) {
    std::vector<int64_t> slack(columns + 1, std::numeric_limits<int64_t>::max());
    std::vector<uint8_t> reached(columns + 1);
    size_t at = columns;
    row_of[columns] = row;
    while (row_of[at] != kNone) {
      reached[at] = 1;
      const size_t r = row_of[at];
      int64_t least = std::numeric_limits<int64_t>::max();
      size_t nearest = columns;
      for (size_t c = 0; c < columns; ++c) {
        if (reached[c] != 0) continue;
        const int64_t reduced = -worth[r * columns + c] - row_potential[r] - column_potential[c];
        if (reduced < slack[c]) {
          slack[c] = reduced;
          came_from[c] = at;
        }
        if (slack[c] < least) {
          least = slack[c];
          nearest = c;
        }
      }
      for (size_t c = 0; c <= columns; ++c) {
        if (reached[c] != 0) {
          row_potential[row_of[c]] += least;
          column_potential[c] -= least;
        } else if (c < columns) {
          slack[c] -= least;
        }
      }
      at = nearest;
    }
    for (; at != columns; at = came_from[at]) row_of[at] = row_of[came_from[at]];
  }
  std::vector<size_t> column_of(rows, kNone);
  for (size_t c = 0; c < columns; ++c) {
    if (row_of[c] != kNone) column_of[row_of[c]] = c;
  }
  return column_of;
}

// The links of one component, sorted by pair and distinct.
void KeepBest(std::span<const Link> links, double threshold_bits, std::vector<Link>* kept) {
  std::vector<uint32_t> lefts, rights;
  for (const Link& link : links) {
    lefts.push_back(link.left);
    rights.push_back(link.right);
  }
  for (std::vector<uint32_t>* side : {&lefts, &rights}) {
    std::sort(side->begin(), side->end());
    side->erase(std::unique(side->begin(), side->end()), side->end());
  }
  const auto place = [](const std::vector<uint32_t>& side, uint32_t record) {
    return static_cast<size_t>(std::lower_bound(side.begin(), side.end(), record) - side.begin());
  };

  if (lefts.size() + rights.size() > kAssignedRecords) {
    std::vector<Link> ordered(links.begin(), links.end());
    std::stable_sort(ordered.begin(), ordered.end(), [](const Link& a, const Link& b) { return a.weight > b.weight; });
    std::vector<uint8_t> left_used(lefts.size()), right_used(rights.size());
    for (const Link& link : ordered) {
      uint8_t &left = left_used[place(lefts, link.left)], &right = right_used[place(rights, link.right)];
      if (left != 0 || right != 0) continue;
      left = right = 1;
      kept->push_back(link);
    }
    return;
  }

  const bool turned = lefts.size() > rights.size();
  const size_t rows = std::min(lefts.size(), rights.size()), columns = std::max(lefts.size(), rights.size());
  const auto cell = [&](const Link& link) {
    const size_t l = place(lefts, link.left), r = place(rights, link.right);
    return turned ? std::pair(r, l) : std::pair(l, r);
  };
  std::vector<int64_t> worth(rows * columns);
  for (const Link& link : links) {
    const auto [row, column] = cell(link);
    worth[row * columns + column] = WorthOf(link.weight - threshold_bits);
  }
  const std::vector<size_t> column_of = Assign(worth, rows, columns);
  for (const Link& link : links) {
    const auto [row, column] = cell(link);
    if (column_of[row] == column) kept->push_back(link);
  }
}

}  // namespace

std::vector<Link> OneToOne(std::span<const Link> links, double threshold_bits) {
  uint32_t records = 0;
  std::vector<Link> held;
  for (const Link& link : links) {
    if (!(link.weight >= threshold_bits)) continue;
    held.push_back(link);
    records = std::max(records, std::max(link.left, link.right) + 1);
  }
  UnionFind sets(records);
  for (const Link& link : held) sets.Join(link.left, link.right);
  std::sort(held.begin(), held.end(), [&sets](const Link& a, const Link& b) {
    return std::tuple(sets.Find(a.left), a.left, a.right, b.weight) <
           std::tuple(sets.Find(b.left), b.left, b.right, a.weight);
  });
  held.erase(std::unique(held.begin(), held.end(),
                         [](const Link& a, const Link& b) { return a.left == b.left && a.right == b.right; }),
             held.end());

  std::vector<Link> kept;
  for (size_t begin = 0, end = 0; begin < held.size(); begin = end) {
    const uint32_t root = sets.Find(held[begin].left);
    while (end < held.size() && sets.Find(held[end].left) == root) ++end;
    if (end - begin == 1) {
      kept.push_back(held[begin]);
    } else {
      KeepBest(std::span(held).subspan(begin, end - begin), threshold_bits, &kept);
    }
  }
  std::sort(kept.begin(), kept.end(),
            [](const Link& a, const Link& b) { return std::tie(a.left, a.right) < std::tie(b.left, b.right); });
  return kept;
}

}  // namespace hearth::linkage
