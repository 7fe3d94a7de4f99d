#include "cli/benefit_sheet.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "core/citizen_number.h"
#include "core/text.h"
#include "report/table.h"

namespace hearth {
namespace {

constexpr std::string_view kDecides =
    "本清单由规则根据登记信息提出，供经办人核实；是否给付，由经办人决定。\n"
    "This list proposes what the rules find in the registers; a person decides.";

struct Heading {
  std::string title;
  int columns;  // of the terminal; with a gap of 2 and an indent of 2 they make at most kSheetColumns
  bool numeric = false;
};

// Cells hold a Chinese line and, behind a line feed, an English one.
struct Section {
  std::string title;
  std::vector<Heading> headings;
  std::vector<std::vector<std::string>> cells;
  std::vector<std::string> notes;  // below
};

std::string Lines(std::string_view zh, std::string_view en) {
  return zh.empty() || en.empty() || zh == en ? std::string(zh.empty() ? en : zh)
                                              : std::string(zh) + "\n" + std::string(en);
}

std::string Subject(const UnitBenefits& unit, const std::vector<int>& members) {
  if (members.front() < 0) return Lines("全家", "family");
  const std::string word = members.size() == 1 ? "member " : "members ";
  if (members.size() > 3) return Lines("成员", word + MemberNumbers(members));
  std::string names;
  for (const int m : members) {
    names += (names.empty() ? "" : "、") + unit.file.members[static_cast<size_t>(m)].stored.person.name;
  }
  return Lines(names, word + MemberNumbers(members));
}

// Lines that differ in nothing but the member, in the order of the first of them.
struct Row {
  const BenefitLine* line;
  std::vector<int> members;
};

template <class Key>
std::vector<Row> RowsOf(const std::vector<const BenefitLine*>& lines, Key key) {
  std::vector<Row> rows;
  for (const BenefitLine* line : lines) {
    const auto same =
        std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return key(*row.line) == key(*line); });
    if (same == rows.end())
      rows.push_back({line, {line->member}});
    else
      same->members.push_back(line->member);
  }
  for (Row& row : rows) std::sort(row.members.begin(), row.members.end());
  return rows;
}

std::string AmountText(const Row& row) {
  const BenefitLine& line = *row.line;
  if (!line.amount) return !line.fact.empty() || line.TheRule().amount.empty() ? "-" : Lines("待定", "open");
  return (row.members.size() > 1 ? std::to_string(row.members.size()) + " × " : "") + Yuan(*line.amount);
}

std::string PeriodText(Period p) { return Lines(PeriodTitle(p), PeriodName(p)); }

std::string Counted(std::string_view zh, std::string_view en, const std::set<std::string>& rules) {
  std::string ids;
  for (const std::string& id : rules) ids += (ids.empty() ? "" : ", ") + id;
  return std::string(zh) + " " + std::string(en) + ": " + std::to_string(rules.size()) + " (" + ids + ")";
}

Section LinesSection(const UnitBenefits& unit, std::string title, const std::vector<BenefitLine>& lines) {
  Section section{std::move(title),
                  {{"规则 rule", 9},
                   {"待遇 benefit", 29},
                   {"对象 for", 14},
                   {"金额 yuan", 13, true},
                   {"周期 per", 8},
                   {"类别 kind", 11},
                   {"依据 clause", 22}},
                  {},
                  {}};
  std::vector<const BenefitLine*> shown;
  std::set<std::string> zero;
  for (const BenefitLine& line : lines) {
    if (line.listed() == Listed::kShown) shown.push_back(&line);
    if (line.listed() == Listed::kZero) zero.insert(line.TheRule().id);
  }
  const auto key = [](const BenefitLine& l) { return std::tie(l.pack, l.rule, l.fact, l.amount, l.per); };
  for (const Row& row : RowsOf(shown, key)) {
    const BenefitLine& line = *row.line;
    const Rule& r = line.TheRule();
    section.cells.push_back({line.fact.empty() ? r.id : Lines("登记", "register"),
                             Lines(r.title.zh, line.fact.empty() ? r.title.en : line.fact), Subject(unit, row.members),
                             AmountText(row), PeriodText(line.per), Lines(KindTitle(r.kind), r.kind), r.clause});
  }
  if (!zero.empty()) {
    section.notes.push_back(
        Counted("本期金额为0.00、未列出的规则", "Rules that gave 0.00 this period, left out", zero));
  }
  return section;
}

Section SumsSection(const BenefitList& list) {
  Section sums{"四、合计 Sums of what is due, each in its own period",
               {{"类别 kind", 30}, {"周期 per", 24}, {"金额 yuan", 16, true}},
               {},
               {}};
  for (const auto& [key, money] : list.sums) {
    if (money.fen() == 0) continue;
    sums.cells.push_back({std::string(KindTitle(key.first)) + " " + key.first,
                          std::string(PeriodTitle(key.second)) + " " + std::string(PeriodName(key.second)),
                          Yuan(money)});
  }
  if (list.open_amounts > 0) {
    sums.notes.push_back("金额待当地政府确定 Amounts that the locality has not set: " +
                         std::to_string(list.open_amounts));
  }
  return sums;
}

std::string ChangeText(const OutlookChange& next) {
  std::string zh(OutcomeTitle(next.outcome)), en(OutcomeName(next.outcome));
  if (next.amount) zh += " " + Yuan(*next.amount);
  return Lines(zh, en);
}

// An amount of 0.00 is told of once it becomes money.
bool TellsNext(const BenefitLine& line) {
  if (!line.next || line.next->pack_ends) return false;
  if (line.listed() == Listed::kZero) return line.next->amount && line.next->amount->fen() != 0;
  return line.listed() == Listed::kShown;
}

Section NextSection(const NightPacks& packs, const UnitBenefits& unit) {
  Section section{"五、下次变化 Next changes by themselves",
                  {{"日期 on", 10},
                   {"规则 rule", 9},
                   {"待遇 benefit", 27},
                   {"对象 for", 14},
                   {"变化 change", 21},
                   {"原因 why", 27}},
                  {},
                  {}};
  std::vector<const BenefitLine*> changing;
  std::map<const ActivePack*, std::pair<CivilDay, std::set<std::string>>> ends;
  size_t lasting = 0;
  for (const BenefitLine& line : unit.list.due) {
    if (TellsNext(line)) changing.push_back(&line);
    if (line.listed() != Listed::kShown) continue;
    if (!line.next) ++lasting;
    if (line.next && line.next->pack_ends) {
      ends[line.pack].first = line.next->on;
      ends[line.pack].second.insert(line.TheRule().id);
    }
  }
  const auto key = [](const BenefitLine& l) {
    return std::tuple(l.pack, l.rule, l.next->on, ChangeText(*l.next), WhyNext(l));
  };
  std::vector<std::pair<CivilDay, std::vector<std::string>>> by_day;
  for (const Row& row : RowsOf(changing, key)) {
    const Rule& r = row.line->TheRule();
    const OutlookChange& next = *row.line->next;
    by_day.push_back({next.on,
                      {next.on.ToString(), r.id, Lines(r.title.zh, r.title.en), Subject(unit, row.members),
                       ChangeText(next), WhyNext(*row.line)}});
  }
  for (const ActivePack& active : packs.active) {  // in the site's order, not that of addresses
    const auto it = ends.find(&active);
    if (it == ends.end()) continue;
    const auto& [on, rules] = it->second;
    const std::string count = std::to_string(rules.size());
    by_day.push_back(
        {on,
         {on.ToString(), "", Lines(active.pack.title().zh, active.pack.id()),
          Lines(count + "项", count + (rules.size() == 1 ? " rule" : " rules")), Lines("政策到期", "the policy ends"),
          Lines("有效期至" + active.pack.valid_to().ToString(),
                "in force until " + active.pack.valid_to().ToString())}});
  }
  std::stable_sort(by_day.begin(), by_day.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [day, cells] : by_day) section.cells.push_back(std::move(cells));
  if (lasting > 0) {
    section.notes.push_back(std::to_string(kOutlookMonths) + "个月内无变化 No change within " +
                            std::to_string(kOutlookMonths) + " months: " + std::to_string(lasting));
  }
  return section;
}

Section QuestionsSection(const BenefitList& list) {
  Section section{"六、待补信息 What is not known, and who knows it",
                  {{"来源 from", 20}, {"事项 fact", 38}, {"规则数 rules", 12, true}, {"规则 which", 38}},
                  {},
                  {}};
  for (const OpenQuestion& q : list.questions) {
    if (q.entitlements.empty()) continue;
    std::string source = q.source;
    if (source == "case") source = "经办人 assessor";
    if (source == "locality") source = "当地政府 locality";
    std::string rules;
    for (size_t i = 0; i < q.entitlements.size() && i < 4; ++i) rules += (i > 0 ? " " : "") + q.entitlements[i];
    if (q.entitlements.size() > 4) rules += " …";
    section.cells.push_back({source, q.fact, std::to_string(q.entitlements.size()), rules});
  }
  return section;
}

Section MembersSection(const UnitBenefits& unit) {
  Section section{
      "成员 Members", {{"成员 member", 11}, {"姓名 name", 24}, {"证件号码 number", 20}, {"年龄 age", 8, true}}, {}, {}};
  for (size_t i = 0; i < unit.file.members.size(); ++i) {
    const Person& p = unit.file.members[i].stored.person;
    section.cells.push_back(
        {std::to_string(i + 1), p.name, MaskNumber(p.number),
         p.birth_date ? std::to_string(AgeOn(*p.birth_date, unit.list.as_of, LeapDay::kMar1)) : "-"});
  }
  return section;
}

std::vector<Section> SectionsOf(const NightPacks& packs, const UnitBenefits& unit) {
  return {MembersSection(unit),
          LinesSection(unit, "一、登记在享 Received, as the registers say", unit.list.received),
          LinesSection(unit, "二、应当享受 Due today", unit.list.due),
          LinesSection(unit, "三、经认定后可享受 Would follow, once recognised", unit.list.if_recognised),
          SumsSection(unit.list),
          NextSection(packs, unit),
          QuestionsSection(unit.list)};
}

std::string Title(const UnitBenefits& unit) {
  return "户号 household " + unit.file.household.number + "   截至 as of " + unit.list.as_of.ToString() +
         "   family unit u-" + std::to_string(unit.file.unit->id.value);
}

// "政策 pack wenzhou-2022 温政发〔2022〕6号 <digest>".
std::vector<std::string> PackTexts(const NightPacks& packs) {
  std::vector<std::string> texts;
  for (const ActivePack& active : packs.active) {
    texts.push_back("政策 pack " + active.pack.id() + "   " + active.pack.document() + "   " + active.pack.digest());
  }
  return texts;
}

void AppendWrapped(std::string_view text, int indent, std::string* out) {
  for (const std::string& line : WrapText(text, kSheetColumns - indent)) {
    *out += std::string(static_cast<size_t>(indent), ' ') + line + "\n";
  }
}

void AppendSection(const Section& section, std::string* out) {
  *out += "\n" + section.title + "\n";
  std::vector<TableColumn> columns;
  for (const Heading& h : section.headings) {
    columns.push_back({h.title, h.numeric ? Align::kRight : Align::kLeft, std::max(h.columns, DisplayWidth(h.title))});
  }
  TextTable table(columns);
  for (const auto& row : section.cells) {
    std::vector<std::vector<std::string>> wrapped;
    size_t height = 1;
    for (size_t c = 0; c < row.size(); ++c) {
      wrapped.push_back(WrapText(row[c], section.headings[c].columns));
      height = std::max(height, wrapped.back().size());
    }
    for (size_t i = 0; i < height; ++i) {
      std::vector<std::string> cells;
      for (const auto& lines : wrapped) cells.push_back(i < lines.size() ? lines[i] : "");
      table.AddRow(std::move(cells));
    }
  }
  *out += section.cells.empty() ? "  没有 nothing\n" : table.ToString(2);
  for (const std::string& note : section.notes) AppendWrapped(note, 2, out);
}

}  // namespace

std::string WhyNext(const BenefitLine& line) {
  std::string why;
  if (!line.next) return why;
  for (const Condition& c : line.next->flipped) why += (why.empty() ? "" : "; ") + c.words_zh;
  if (!line.next->flipped.empty()) return why;
  for (const std::string& cause : line.next->causes) why += (why.empty() ? "" : "; ") + cause;
  return why;
}

std::string MemberNumbers(const std::vector<int>& members) {
  std::string text;
  for (size_t i = 0; i < members.size();) {
    size_t end = i + 1;
    while (end < members.size() && members[end] == members[end - 1] + 1) ++end;
    if (end - i < 3) end = i + 1;  // two in a row are no range
    text += (text.empty() ? "" : ", ") + std::to_string(members[i] + 1);
    if (end - i > 1) text += "-" + std::to_string(members[end - 1] + 1);
    i = end;
  }
  return text;
}

std::vector<std::string> WrapText(std::string_view text, int columns) {
  static constexpr std::u32string_view kMarks = U" -、，；";
  static constexpr std::u32string_view kClosing = U"）〕》」』】，。、；：！？).,;:";
  std::vector<std::string> lines;
  const auto trimmed = [](std::string_view line) {
    while (line.ends_with(' ')) line.remove_suffix(1);
    return std::string(line);
  };
  while (true) {
    const size_t feed = text.find('\n');
    std::string_view line = text.substr(0, feed);
    const size_t before = lines.size();
    while (DisplayWidth(line) > columns) {
      size_t fit = 0, wide = 0, mark = 0;
      while (fit < line.size()) {
        size_t next = fit;
        const char32_t c = NextCodePoint(line, &next);
        if (fit > 0 && DisplayWidth(line.substr(0, next)) > columns) break;
        size_t peek = next;
        const char32_t after = next < line.size() ? NextCodePoint(line, &peek) : U' ';
        const bool may_begin = kClosing.find(after) == std::u32string_view::npos;
        if (may_begin && kMarks.find(c) != std::u32string_view::npos) mark = next;
        if (may_begin && DisplayWidth(line.substr(fit, next - fit)) == 2) wide = next;
        fit = next;
      }
      if (fit < line.size() && line[fit] == ' ') mark = fit;
      const bool early = DisplayWidth(line.substr(0, mark)) * 2 < columns;  // a short line wastes the column
      const size_t cut = mark > 0 && !(early && wide > 0) ? mark : wide > 0 ? wide : fit;
      lines.push_back(trimmed(line.substr(0, cut)));
      line.remove_prefix(cut);
      while (line.starts_with(' ')) line.remove_prefix(1);
    }
    if (!line.empty() || lines.size() == before) lines.push_back(trimmed(line));
    if (feed == std::string_view::npos) return lines;
    text.remove_prefix(feed + 1);
  }
}

std::string BenefitText(const NightPacks& packs, const std::vector<UnitBenefits>& units) {
  std::string out;
  for (const UnitBenefits& unit : units) {
    AppendWrapped("幸福清单 Benefit list   " + Title(unit), 0, &out);
    for (const std::string& pack : PackTexts(packs)) AppendWrapped(pack, 0, &out);
    for (const Section& section : SectionsOf(packs, unit)) AppendSection(section, &out);
    out += "\n";
    AppendWrapped(kDecides, 0, &out);
    out += "\n";
  }
  return out;
}

std::string BenefitPage(const NightPacks& packs, const std::vector<UnitBenefits>& units) {
  HtmlPage page("幸福清单 Benefit list", "zh-CN");
  page.Style(
      "td{white-space:pre-line;vertical-align:top}td:first-child{white-space:pre}.unit+.unit{break-before:page;margin-"
      "top:4em}"
      ".sign{display:flex;gap:2em;margin-top:3em}.sign div{flex:1;border-top:1px solid #1f2933;padding-top:.3em}"
      "@page{size:A4;margin:14mm}"
      "@media print{body{font-size:9pt;max-width:none;margin:0;padding:0}h1{margin:0}h2{margin-top:1.2em}"
      "table{width:100%}th,td{padding:.15em .4em}thead{display:table-header-group}tr,.sign{break-inside:avoid}"
      "h2{break-after:avoid}}");
  for (const UnitBenefits& unit : units) {
    page.Add("<section class=\"unit\">\n");
    page.Paragraph(Title(unit));
    for (const std::string& pack : PackTexts(packs)) page.Paragraph(pack);
    for (const Section& section : SectionsOf(packs, unit)) {
      page.Heading(section.title);
      std::vector<std::string> headings;
      std::vector<bool> numeric;
      for (const Heading& h : section.headings) {
        headings.push_back(h.title);
        numeric.push_back(h.numeric);
      }
      if (section.cells.empty())
        page.Paragraph("没有 nothing");
      else
        page.Table(headings, section.cells, numeric);
      for (const std::string& note : section.notes) page.Paragraph(note);
    }
    page.Paragraph(kDecides);
    page.Add(
        "<div class=\"sign\"><div>经办人签字 caseworker</div><div>申请人签字 for the family</div>"
        "<div>日期 day</div></div>\n</section>\n");
  }
  return std::move(page).Finish();
}

}  // namespace hearth
