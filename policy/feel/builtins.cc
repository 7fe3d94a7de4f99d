#include "policy/feel/builtins.h"

#include <algorithm>

#include "policy/feel/builtin_tables.h"

namespace hearth::feel {
namespace {

const std::vector<Builtin>& Table() {
  static const std::vector<Builtin> kTable = [] {
    std::vector<Builtin> all;
    for (const auto part :
         {NumberBuiltins(), TextBuiltins(), ListBuiltins(), DateBuiltins(), ContextBuiltins(), RangeBuiltins()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kTable;
}

constexpr std::string_view kTimeOfDay = "a time of day is outside the subset; packs know days";
constexpr std::string_view kRegex = "regular expressions are outside the subset";
constexpr std::string_view kClock = "a pack knows no clock; use as_of";

constexpr struct {
  std::string_view name, why;
} kOutside[] = {{"time", kTimeOfDay}, {"date and time", kTimeOfDay},
                {"matches", kRegex},  {"replace", kRegex},
                {"split", kRegex},    {"now", kClock},
                {"today", kClock}};

}  // namespace

std::span<const Builtin> Builtins() { return Table(); }

const std::vector<std::string>& BuiltinNames() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Builtin& b : Table()) {
      if (b.name.find(' ') != std::string_view::npos) names.emplace_back(b.name);
    }
    for (const auto& o : kOutside) {
      if (o.name.find(' ') != std::string_view::npos) names.emplace_back(o.name);
    }
    for (const char* property : {"start included", "end included", "time offset"}) names.emplace_back(property);
    return names;
  }();
  return kNames;
}

std::vector<int> FindBuiltins(std::string_view name) {
  std::vector<int> found;
  for (size_t i = 0; i < Table().size(); ++i) {
    if (Table()[i].name == name) found.push_back(static_cast<int>(i));
  }
  return found;
}

std::string_view OutsideSubset(std::string_view name) {
  for (const auto& o : kOutside) {
    if (o.name == name) return o.why;
  }
  return {};
}

}  // namespace hearth::feel
