#include <algorithm>
#include <bit>

#include "policy/feel/decision_table.h"
#include "policy/feel/table_cells.h"

namespace hearth::feel {
namespace {

// Sweeps the product of the columns' cells. Cells of one column that the same rows match are one class, a set of rows
// that is down to one decides everything below it, and an empty one is a gap: so the sweep is much smaller than the
// product.

constexpr size_t kStepsMax = 1'000'000;
constexpr size_t kShownMax = 20;

using RowSet = std::vector<uint64_t>;

bool IsEmpty(const RowSet& s) {
  return std::all_of(s.begin(), s.end(), [](uint64_t w) { return w == 0; });
}
size_t Count(const RowSet& s) {
  size_t n = 0;
  for (const uint64_t w : s) n += static_cast<size_t>(std::popcount(w));
  return n;
}
bool Has(const RowSet& s, size_t i) { return (s[i / 64] >> (i % 64) & 1) != 0; }

struct CellClass {
  RowSet rows;  // by place in the order of the table
  std::vector<size_t> cells;
};

class Sweep {
 public:
  explicit Sweep(const CompiledTable& table) : table_(table), columns_(CutColumns(table)) {}

  TableCheck Run() {
    const size_t rules = table_.table.rules.size(), words = (rules + 63) / 64;
    for (const ColumnCells& column : columns_) {
      if (!column.known && check_.exact) {
        check_.exact = false;
        const std::string row = column.where >= 0 ? ", row " + std::to_string(column.where + 1) : "";
        check_.why_not = "column " + std::to_string(&column - columns_.data() + 1) + " (" + column.input + ")" + row +
                         " holds " + column.why_not;
      }
      classes_.push_back(ClassesOf(column, words));
    }
    FindEmpty();
    if (!check_.exact) return std::move(check_);
    RowSet all(words, 0);
    for (size_t i = 0; i < rules; ++i) all[i / 64] |= uint64_t{1} << (i % 64);
    alive_.assign(rules, 0);
    Descend(0, all);
    if (steps_ > kStepsMax) {
      check_ = {};
      check_.exact = false;
      check_.why_not = "the table is too large to check: more than a million combinations of intervals";
      return std::move(check_);
    }
    const HitPolicy p = table_.table.policy;
    if (p == HitPolicy::kFirst || p == HitPolicy::kPriority) {
      for (size_t i = 0; i < rules; ++i) {
        const size_t r = table_.order[i];
        if (alive_[i] || IsBoxEmpty(r)) continue;
        Add(&check_.dead, static_cast<int>(r),
            p == HitPolicy::kFirst ? "the row never decides: rows before it match all that it does"
                                   : "the row never decides: rows of higher priority match all that it does");
      }
    }
    return std::move(check_);
  }

 private:
  void Add(std::vector<TableProblem>* to, int rule, std::string message) {
    const int line = rule >= 0 ? table_.table.rules[static_cast<size_t>(rule)].line : 0;
    to->push_back({rule, -1, "", {0, std::move(message)}, line});
  }

  std::vector<CellClass> ClassesOf(const ColumnCells& column, size_t words) const {
    std::vector<CellClass> classes;
    for (size_t c = 0; c < column.count; ++c) {
      if (!column.domain[c]) continue;
      RowSet rows(words, 0);
      for (size_t i = 0; i < table_.order.size(); ++i) {
        if (column.rules[table_.order[i]][c]) rows[i / 64] |= uint64_t{1} << (i % 64);
      }
      const auto it = std::find_if(classes.begin(), classes.end(), [&](const CellClass& k) { return k.rows == rows; });
      if (it == classes.end())
        classes.push_back({std::move(rows), {c}});
      else
        it->cells.push_back(c);
    }
    return classes;
  }

  bool IsBoxEmpty(size_t r) const {
    return std::any_of(columns_.begin(), columns_.end(), [&](const ColumnCells& c) {
      return std::none_of(c.rules[r].begin(), c.rules[r].end(), [](char x) { return x != 0; });
    });
  }

  void FindEmpty() {
    for (size_t r = 0; r < table_.table.rules.size(); ++r) {
      for (const ColumnCells& c : columns_) {
        if (std::any_of(c.rules[r].begin(), c.rules[r].end(), [](char x) { return x != 0; })) continue;
        Add(&check_.dead, static_cast<int>(r), "the row can never match: no " + c.input + " meets its test");
        check_.dead.back().column = static_cast<int>(&c - columns_.data());
        break;
      }
    }
  }

  void Descend(size_t column, const RowSet& rows) {
    if (++steps_ > kStepsMax) return;
    const HitPolicy p = table_.table.policy;
    if (IsEmpty(rows)) {
      const bool one =
          p == HitPolicy::kUnique || p == HitPolicy::kAny || p == HitPolicy::kFirst || p == HitPolicy::kPriority;
      const bool answered = std::any_of(table_.otherwise.begin(), table_.otherwise.end(),
                                        [](const Expression& e) { return e.root != nullptr; });
      if (one && !answered && check_.gaps.size() < kShownMax) Add(&check_.gaps, -1, "no row matches " + Where(column));
      return;
    }
    if (Count(rows) == 1 && column > 0 && NoGapBelow(column, rows)) return Alive(rows);
    if (column == columns_.size()) {
      Alive(rows);
      if (p == HitPolicy::kUnique || p == HitPolicy::kAny) Overlaps(rows);
      return;
    }
    for (const CellClass& k : classes_[column]) {
      RowSet both(rows.size());
      for (size_t w = 0; w < rows.size(); ++w) both[w] = rows[w] & k.rows[w];
      path_.push_back(&k);
      Descend(column + 1, both);
      path_.pop_back();
    }
  }

  // The one row left takes all of the columns to come.
  bool NoGapBelow(size_t column, const RowSet& rows) const {
    for (size_t c = column; c < columns_.size(); ++c) {
      for (const CellClass& k : classes_[c]) {
        for (size_t w = 0; w < rows.size(); ++w) {
          if ((rows[w] & ~k.rows[w]) != 0) return false;
        }
      }
    }
    return true;
  }

  void Alive(const RowSet& rows) {
    for (size_t i = 0; i < alive_.size(); ++i) {
      if (!Has(rows, i)) continue;
      alive_[i] = 1;
      return;
    }
  }

  void Overlaps(const RowSet& rows) {
    std::vector<size_t> met;
    for (size_t i = 0; i < alive_.size(); ++i) {
      if (Has(rows, i)) met.push_back(table_.order[i]);
    }
    for (size_t a = 0; a < met.size(); ++a) {
      for (size_t b = a + 1; b < met.size(); ++b) {
        if (check_.overlaps.size() >= kShownMax) return;
        if (table_.table.policy == HitPolicy::kAny && SameOutputs(met[a], met[b])) continue;
        const std::pair<size_t, size_t> pair{met[a], met[b]};
        if (std::find(told_.begin(), told_.end(), pair) != told_.end()) continue;
        told_.push_back(pair);
        const std::string differ = table_.table.policy == HitPolicy::kAny ? " and say different things" : "";
        Add(&check_.overlaps, static_cast<int>(met[b]),
            "rows " + std::to_string(met[a] + 1) + " and " + std::to_string(met[b] + 1) + " both match " +
                Where(columns_.size()) + differ);
      }
    }
  }

  bool SameOutputs(size_t a, size_t b) const {
    for (size_t o = 0; o < table_.table.outputs.size(); ++o) {
      const Expression &x = table_.outputs[a][o], &y = table_.outputs[b][o];
      if (x.text == y.text) continue;
      if (!IsConstant(*x.root) || !IsConstant(*y.root)) return false;
      if (EvaluateAlone(x, {}, table_.rule) != EvaluateAlone(y, {}, table_.rule)) return false;
    }
    return true;
  }

  // "age < 60, grade = \"a\"", of the columns up to one; those that say nothing are left out.
  std::string Where(size_t until) const {
    std::string out;
    for (size_t c = 0; c < until; ++c) {
      if (classes_[c].size() < 2) continue;
      out += (out.empty() ? "" : ", ") + columns_[c].Describe(path_[c]->cells);
    }
    return out.empty() ? "any input" : out;
  }

  const CompiledTable& table_;
  const std::vector<ColumnCells> columns_;
  std::vector<std::vector<CellClass>> classes_;
  std::vector<const CellClass*> path_;
  std::vector<char> alive_;
  std::vector<std::pair<size_t, size_t>> told_;
  size_t steps_ = 0;
  TableCheck check_;
};

}  // namespace

TableCheck CheckTable(const CompiledTable& table) { return Sweep(table).Run(); }

}  // namespace hearth::feel
