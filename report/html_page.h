// Pieces of one self-contained HTML page: text made safe, bars drawn as SVG. No script, no outside file.
//
//   HtmlPage page("Linkage of people");
//   page.Heading("Match weights");
//   page.Add(DivergingBars(bars));
//   file << std::move(page).Finish();
//
// Numbers are written the same on every machine. Not for concurrent use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hearth {

// & < > " as entities.
std::string HtmlText(std::string_view text);

class HtmlPage {
 public:
  // language: of the page, as in HTML's lang.
  explicit HtmlPage(std::string_view title, std::string_view language = "en");

  // More CSS, after the page's own.
  void Style(std::string_view css) { style_ += css; }

  void Heading(std::string_view text);
  void Paragraph(std::string_view text);
  // Cells are text; those of `numeric` columns are set to the right. The headings repeat on every printed page.
  void Table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows,
             const std::vector<bool>& numeric);
  // Markup as it is: a chart.
  void Add(std::string_view markup) { body_ += markup; }
  std::string Finish() &&;

 private:
  std::string title_, language_, style_, body_;
};

// One row of a bar chart; rows of one group stand together under its name.
struct Bar {
  std::string group, label;
  double value = 0;
  std::string note;  // beside the bar
};
// Bars to the right of a middle line for positive values, to the left for negative ones.
std::string DivergingBars(const std::vector<Bar>& bars);

// Two bars a row, both from the left, values in [0, 1].
struct TwinBar {
  std::string group, label;
  double first = 0, second = 0;
};
std::string TwinBars(const std::vector<TwinBar>& bars, std::string_view first_name, std::string_view second_name);

// Upright bars side by side; heights are on a square-root scale, so that small counts beside large ones show.
struct Column {
  std::string label;  // under the bar; may be empty
  double value = 0;
  int tone = 0;      // 0 grey, 1 amber, 2 green
  std::string note;  // shown when pointed at
};
std::string Columns(const std::vector<Column>& columns, std::string_view axis);

// Steps from a start to an end, each bar from where the last ended.
struct WaterfallStep {
  std::string label, note;
  double value = 0;
};
std::string Waterfall(const std::vector<WaterfallStep>& steps);

}  // namespace hearth
