#include "linkage/live/lookup.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"

namespace hearth::linkage {
namespace {

// Takes a text up to one of `ends` from the front, in quotes or not.
StatusOr<std::string> TakeText(std::string_view ends, std::string_view* rest) {
  std::string text;
  if (rest->empty() || rest->front() != '"') {
    const size_t end = std::min(rest->size(), rest->find_first_of(ends));
    text = std::string(TrimUnicode(rest->substr(0, end)));
    rest->remove_prefix(end);
    return text;
  }
  rest->remove_prefix(1);
  while (true) {
    const size_t end = rest->find('"');
    if (end == std::string_view::npos) return InvalidArgument("--row: a quote is not closed");
    text.append(rest->substr(0, end));
    rest->remove_prefix(end + 1);
    if (!rest->starts_with('"')) return text;
    text += '"';
    rest->remove_prefix(1);
  }
}

}  // namespace

StatusOr<NamedCells> ParseNamedCells(std::string_view text) {
  NamedCells cells;
  while (true) {
    HEARTH_ASSIGN_OR_RETURN(std::string heading, TakeText("=,", &text));
    if (heading.empty() || !text.starts_with('=')) {
      return InvalidArgument("--row: heading=value is wanted, with a comma between two of them");
    }
    text.remove_prefix(1);
    HEARTH_ASSIGN_OR_RETURN(std::string cell, TakeText(",", &text));
    for (const auto& [other, value] : cells) {
      if (other == heading) return InvalidArgument("--row: " + heading + " stands there twice");
    }
    cells.emplace_back(std::move(heading), std::move(cell));
    if (text.empty()) return cells;
    if (text.front() != ',') return InvalidArgument("--row: a comma is wanted after a closing quote");
    text.remove_prefix(1);
  }
}

std::vector<LookUpHit> LookUp(LiveTable& table, int source, std::span<const std::string_view> cells) {
  std::vector<LookUpHit> hits;
  for (const RowMatch& match : table.Match(static_cast<uint8_t>(source), cells, table.review_bits())) {
    hits.push_back({table.KeyOf(match.record), table.PersonOf(match.record), match.weight,
                    ProbabilityOfBits(match.weight), match.weight >= table.link_bits()});
  }
  return hits;
}

StatusOr<std::vector<LookUpHit>> LookUp(LiveTable& table, int source, const NamedCells& row) {
  std::vector<std::string> headings = TableHeadings(table.model(), source);
  headings.erase(headings.begin());
  std::vector<std::string_view> cells(headings.size());
  bool filled = false;
  for (const auto& [heading, cell] : row) {
    const auto at = std::find(headings.begin(), headings.end(), heading);
    if (at == headings.end()) {
      return InvalidArgument(
          fmt::format("the model reads no column {}; it reads {}", heading, fmt::join(headings, ", ")));
    }
    cells[static_cast<size_t>(at - headings.begin())] = cell;
    filled = filled || !TrimUnicode(cell).empty();
  }
  if (!filled) return InvalidArgument("the row has no value to look up");
  return LookUp(table, source, cells);
}

}  // namespace hearth::linkage
