#include "report/html_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.h"

namespace hearth {
namespace {

constexpr int kRow = 20, kBar = 13;  // pixels
constexpr int kLabels = 270, kPlot = 420, kNotes = 250;
constexpr const char* kGreen = "#2f7d5b";
constexpr const char* kRed = "#b3473b";
constexpr const char* kAmber = "#c9922e";
constexpr const char* kGrey = "#9aa3ab";

constexpr const char* kStyle =
    "body{font:15px/1.5 'Noto Sans','Noto Sans CJK SC','Microsoft YaHei',sans-serif;color:#1f2933;background:#fff;"
    "max-width:1000px;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.6em}h2{font-size:1.15em;margin-top:2.2em;border-bottom:1px solid #d5dbe1;padding-bottom:.2em}"
    "table{border-collapse:collapse;margin:.8em 0}th,td{padding:.25em .8em;text-align:left;border-bottom:1px solid "
    "#e6eaee;font-variant-numeric:tabular-nums}th{font-weight:600;background:#f4f6f8}.n{text-align:right}"
    "svg{display:block;margin:.6em 0;max-width:100%;height:auto}svg text{font-size:12px;fill:#1f2933}"
    "svg .soft{fill:#5b6771}svg .name{font-weight:600}p{max-width:46em}";

std::string Begin(int width, int height) {
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">",
                     width, height);
}

std::string Label(double x, double y, std::string_view text, std::string_view anchor = "start",
                  std::string_view kind = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\">{}</text>", x, y, anchor, kind,
                     HtmlText(text));
}

std::string Box(double x, double y, double width, double height, std::string_view colour, std::string_view note = "") {
  const std::string title = note.empty() ? "" : fmt::format("<title>{}</title>", HtmlText(note));
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\">{}</rect>", x, y,
                     std::max(width, 0.5), height, colour, title);
}

std::string Line(double x1, double y1, double x2, double y2) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#b9c2ca\" stroke-width=\"1\"/>", x1, y1,
      x2, y2);
}

// Long labels end in an ellipsis, so that nothing runs into the plot.
std::string Cut(std::string_view text, int columns) {
  if (DisplayWidth(text) <= columns) return std::string(text);
  std::string cut = FitToWidth(text, columns - 1);
  while (!cut.empty() && cut.back() == ' ') cut.pop_back();
  return cut + "…";
}

// A new group takes a row for its name.
template <class B>
int RowsOf(const std::vector<B>& bars) {
  int rows = 0;
  for (size_t i = 0; i < bars.size(); ++i) rows += i == 0 || bars[i].group != bars[i - 1].group ? 2 : 1;
  return rows;
}

}  // namespace

std::string HtmlText(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

HtmlPage::HtmlPage(std::string_view title, std::string_view language)
    : title_(HtmlText(title)), language_(HtmlText(language)), style_(kStyle) {}

void HtmlPage::Heading(std::string_view text) { body_ += fmt::format("<h2>{}</h2>\n", HtmlText(text)); }

void HtmlPage::Paragraph(std::string_view text) { body_ += fmt::format("<p>{}</p>\n", HtmlText(text)); }

void HtmlPage::Table(const std::vector<std::string>& headings, const std::vector<std::vector<std::string>>& rows,
                     const std::vector<bool>& numeric) {
  const auto kind = [&](size_t c) { return c < numeric.size() && numeric[c] ? " class=\"n\"" : ""; };
  body_ += "<table><thead><tr>";
  for (size_t c = 0; c < headings.size(); ++c) body_ += fmt::format("<th{}>{}</th>", kind(c), HtmlText(headings[c]));
  body_ += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    body_ += "<tr>";
    for (size_t c = 0; c < row.size(); ++c) body_ += fmt::format("<td{}>{}</td>", kind(c), HtmlText(row[c]));
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table>\n";
}

std::string HtmlPage::Finish() && {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{3}\"><head><meta charset=\"utf-8\"><title>{0}</title><style>{1}</style></head>"
      "<body>\n<h1>{0}</h1>\n{2}</body></html>\n",
      title_, style_, body_, language_);
}

std::string DivergingBars(const std::vector<Bar>& bars) {
  double most = 1;
  for (const Bar& bar : bars) most = std::max(most, std::abs(bar.value));
  const int height = RowsOf(bars) * kRow + 8;
  const double middle = kLabels + kPlot / 2.0, unit = kPlot / 2.0 / most;
  std::string svg = Begin(kLabels + kPlot + kNotes, height) + Line(middle, 0, middle, height);
  double y = 4;
  for (size_t i = 0; i < bars.size(); ++i) {
    const Bar& bar = bars[i];
    if (i == 0 || bar.group != bars[i - 1].group) {
      svg += Label(0, y + kBar, Cut(bar.group, 40), "start", "name");
      y += kRow;
    }
    const double length = std::abs(bar.value) * unit;
    svg += Label(14, y + kBar - 1, Cut(bar.label, 36));
    svg += Box(bar.value < 0 ? middle - length : middle, y, length, kBar, bar.value < 0 ? kRed : kGreen);
    svg += Label(kLabels + kPlot + 8, y + kBar - 1, fmt::format("{:+.2f}  {}", bar.value, bar.note), "start", "soft");
    y += kRow;
  }
  return svg + "</svg>\n";
}

std::string TwinBars(const std::vector<TwinBar>& bars, std::string_view first_name, std::string_view second_name) {
  const int height = RowsOf(bars) * kRow + 30;
  std::string svg = Begin(kLabels + kPlot + kNotes, height);
  svg += Box(kLabels, 4, 10, 10, kGreen) + Label(kLabels + 14, 13, first_name);
  svg += Box(kLabels + 90, 4, 10, 10, kGrey) + Label(kLabels + 104, 13, second_name);
  svg += Line(kLabels, 22, kLabels, height);
  double y = 24;
  for (size_t i = 0; i < bars.size(); ++i) {
    const TwinBar& bar = bars[i];
    if (i == 0 || bar.group != bars[i - 1].group) {
      svg += Label(0, y + kBar, Cut(bar.group, 40), "start", "name");
      y += kRow;
    }
    svg += Label(14, y + kBar - 1, Cut(bar.label, 36));
    svg += Box(kLabels, y, bar.first * kPlot, kBar / 2.0, kGreen);
    svg += Box(kLabels, y + kBar / 2.0, bar.second * kPlot, kBar / 2.0, kGrey);
    svg += Label(kLabels + kPlot + 8, y + kBar - 1, fmt::format("{:.4g} / {:.4g}", bar.first, bar.second), "start",
                 "soft");
    y += kRow;
  }
  return svg + "</svg>\n";
}

std::string Columns(const std::vector<Column>& columns, std::string_view axis) {
  constexpr int kHeight = 200, kWidth = kLabels + kPlot + kNotes;
  constexpr const char* kTones[] = {kGrey, kAmber, kGreen};
  double most = 1;
  for (const Column& column : columns) most = std::max(most, column.value);
  const double step = static_cast<double>(kWidth - 20) / static_cast<double>(std::max<size_t>(columns.size(), 1));
  std::string svg = Begin(kWidth, kHeight + 40);
  for (size_t i = 0; i < columns.size(); ++i) {
    const double x = 10 + static_cast<double>(i) * step;
    if (columns[i].value > 0) {
      const double height = std::max(1.0, std::sqrt(columns[i].value / most) * (kHeight - 10));
      svg += Box(x, kHeight - height, step * 0.9, height, kTones[std::clamp(columns[i].tone, 0, 2)], columns[i].note);
    }
    if (!columns[i].label.empty()) svg += Label(x, kHeight + 15, columns[i].label, "middle", "soft");
  }
  svg += Line(10, kHeight, kWidth - 10, kHeight) + Label(kWidth / 2.0, kHeight + 34, axis, "middle", "soft");
  return svg + "</svg>\n";
}

std::string Waterfall(const std::vector<WaterfallStep>& steps) {
  double low = 0, high = 0, sum = 0;
  for (const WaterfallStep& step : steps) {
    sum += step.value;
    low = std::min(low, sum);
    high = std::max(high, sum);
  }
  const double unit = kPlot / std::max(high - low, 1.0), zero = kLabels - low * unit;
  const int height = static_cast<int>(steps.size() + 1) * kRow + 8;
  std::string svg = Begin(kLabels + kPlot + kNotes, height) + Line(zero, 0, zero, height);
  double y = 4, at = 0;
  for (const WaterfallStep& step : steps) {
    const double next = at + step.value;
    svg += Label(0, y + kBar - 1, Cut(step.label, 42));
    svg += Box(zero + std::min(at, next) * unit, y, std::abs(step.value) * unit, kBar, step.value < 0 ? kRed : kGreen);
    svg += Label(kLabels + kPlot + 8, y + kBar - 1, fmt::format("{:+.2f}  {}", step.value, step.note), "start", "soft");
    at = next;
    y += kRow;
  }
  svg += Label(0, y + kBar - 1, "total", "start", "name");
  svg += Box(zero + std::min(at, 0.0) * unit, y, std::abs(at) * unit, kBar, kGrey);
  svg += Label(kLabels + kPlot + 8, y + kBar - 1, fmt::format("{:+.2f} bits", at), "start", "name");
  return svg + "</svg>\n";
}

}  // namespace hearth
