#include "matchers/fellegi_sunter/record_growth.h"

#include <algorithm>

#include "core/status.h"
#include "core/text.h"

namespace hearth::linkage {

RecordSetGrower::RecordSetGrower(const Model& model, RecordSet* records) : model_(model), records_(records) {
  for (size_t s = 0; s < records->sources.size(); ++s) {
    const std::vector<std::string> headings = TableHeadings(model, static_cast<int>(s));
    std::vector<std::vector<size_t>>& parts = parts_.emplace_back();
    for (const ColumnSpec& column : model.columns) {
      std::vector<size_t>& places = parts.emplace_back();
      for (const std::string& heading : column.from[s]) {
        places.push_back(
            static_cast<size_t>(std::find(headings.begin() + 1, headings.end(), heading) - headings.begin() - 1));
      }
    }
  }
  values_before_.resize(model.columns.size());
  items_before_.resize(model.columns.size());
}

uint32_t RecordSetGrower::Append(int source, std::string_view id, std::span<const std::string_view> cells) {
  const auto record = static_cast<uint32_t>(records_->size());
  ids_before_ = records_->ids_text.size();
  records_->ids.push_back(records_->ids_text.Intern(id));
  for (size_t c = 0; c < model_.columns.size(); ++c) {
    const ColumnSpec& spec = model_.columns[c];
    Column& column = records_->columns[c];
    values_before_[c] = column.values.size();
    items_before_[c] = column.items.size();
    joined_.clear();
    for (const size_t place : parts_[static_cast<size_t>(source)][c]) {
      const std::string_view cell = TrimUnicode(cells[place]);
      if (!cell.empty()) joined_.append(joined_.empty() ? "" : " ").append(cell);
    }
    texts_.clear();
    if (!joined_.empty()) ApplySteps(joined_, spec.steps, &texts_);
    if (!spec.many()) {
      column.codes.push_back(texts_.empty() ? kNullCode : column.values.Intern(texts_.front()));
      continue;
    }
    for (const std::string& text : texts_) column.items.push_back(column.values.Intern(text));
    const auto begin = column.items.begin() + static_cast<ptrdiff_t>(items_before_[c]);
    std::sort(begin, column.items.end());
    column.items.erase(std::unique(begin, column.items.end()), column.items.end());
    column.starts.push_back(static_cast<uint32_t>(column.items.size()));
  }
  return record;
}

void RecordSetGrower::TakeBack() {
  HEARTH_CHECK(!records_->ids.empty(), "there is no record to take back");
  records_->ids.pop_back();
  records_->ids_text.Truncate(ids_before_);
  for (size_t c = 0; c < model_.columns.size(); ++c) {
    Column& column = records_->columns[c];
    column.values.Truncate(values_before_[c]);
    if (!model_.columns[c].many()) {
      column.codes.pop_back();
      continue;
    }
    column.starts.pop_back();
    column.items.resize(items_before_[c]);
  }
}

}  // namespace hearth::linkage
