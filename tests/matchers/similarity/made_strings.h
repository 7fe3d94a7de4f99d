// Seeded random strings for the tests of the comparators.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace hearth {

// Every string over the first `letters` letters up to that length, shortest first.
inline std::vector<std::string> AllStrings(int letters, size_t length_max) {
  std::vector<std::string> all = {""};
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].size() == length_max) break;
    for (int c = 0; c < letters; ++c) all.push_back(all[i] + static_cast<char>('a' + c));
  }
  return all;
}

// A string and another one: either a copy with up to six typing errors or one of its own.
template <class Unit>
std::pair<std::basic_string<Unit>, std::basic_string<Unit>> MadePair(std::mt19937_64& random, size_t length_max,
                                                                     uint64_t alphabet) {
  const auto unit = [&] { return static_cast<Unit>(alphabet < 100 ? 'a' + random() % alphabet : random() % alphabet); };
  const auto made = [&] {
    std::basic_string<Unit> out(random() % (length_max + 1), Unit{});
    for (Unit& c : out) c = unit();
    return out;
  };
  std::basic_string<Unit> a = made();
  if (random() % 2 == 0) return {a, made()};
  std::basic_string<Unit> b = a;
  for (uint64_t errors = random() % 7; errors > 0 && !b.empty(); --errors) {
    const size_t at = random() % b.size();
    switch (random() % 4) {
      case 0:
        b[at] = unit();
        break;
      case 1:
        b.erase(at, 1);
        break;
      case 2:
        b.insert(at, 1, unit());
        break;
      default:
        std::swap(b[at], b[b.size() - 1 - random() % (b.size() - at)]);
    }
  }
  return {a, b};
}

}  // namespace hearth
