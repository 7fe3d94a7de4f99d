#include "policy/problem_order.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace hearth {
namespace {

struct Place {
  std::string_view file;
  int line = 0, column = 0;
};

// Reads a number ended by a colon off the front; false when there is none.
bool TakeNumber(std::string_view* text, int* number) {
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *number);
  const size_t digits = static_cast<size_t>(end - text->data());
  if (error != std::errc() || digits >= text->size() || (*text)[digits] != ':') return false;
  text->remove_prefix(digits + 1);
  return true;
}

Place PlaceOf(std::string_view message) {
  const size_t colon = message.find(".yaml:");
  if (colon == std::string_view::npos) return {};
  Place place{message.substr(0, colon)};
  std::string_view rest = message.substr(colon + 6);
  if (TakeNumber(&rest, &place.line)) TakeNumber(&rest, &place.column);
  return place;
}

}  // namespace

bool ComesBefore(std::string_view a, std::string_view b) {
  const Place x = PlaceOf(a), y = PlaceOf(b);
  return std::tie(x.file, x.line, x.column) < std::tie(y.file, y.line, y.column);
}

void SortByPlace(std::vector<Status>* problems) {
  std::stable_sort(problems->begin(), problems->end(),
                   [](const Status& a, const Status& b) { return ComesBefore(Message(a), Message(b)); });
}

}  // namespace hearth
