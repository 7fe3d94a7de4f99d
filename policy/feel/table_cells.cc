#include "policy/feel/table_cells.h"

#include <algorithm>

namespace hearth::feel {
namespace {

using Kind = Value::Kind;

bool IsOrdered(Kind kind) {
  return kind == Kind::kNumber || kind == Kind::kDate || kind == Kind::kMonths || kind == Kind::kDays;
}

// A bound of a test: a constant, or a formula by its text.
struct Bound {
  Value value;
  std::string formula;  // empty: a constant
};

// A positive test: the values between two bounds, or one value.
struct Piece {
  enum class Shape : uint8_t { kInterval, kPoint, kOpaque } shape = Shape::kOpaque;
  std::optional<Bound> low, high;  // kPoint: low
  bool low_included = false, high_included = false;
  bool outside = false;  // kPoint: all but it
};

Value ConstantOf(const Node& n) {
  std::vector<Value> locals(256);
  Frame frame;
  frame.locals = &locals;
  return Evaluate(n, frame);
}

class Cutter {
 public:
  Cutter(const CompiledTable& table, size_t input) : table_(table), input_(input) {}

  ColumnCells Cut() {
    out_.input = table_.table.inputs[input_].expression;
    for (size_t r = 0; r < table_.tests.size(); ++r) {
      pieces_.push_back(PiecesOf(table_.tests[r][input_]));
      Note(pieces_.back(), static_cast<int>(r));
    }
    std::vector<Piece> allowed;
    const Expression& values = table_.input_values[input_];
    const bool limited = values.root != nullptr && !values.root->kids.empty();
    if (limited) {
      allowed = PiecesOf(values);
      Note(allowed, -1);
    }
    // The words of a fact bound it as a list of allowed values does.
    const Type& type = table_.inputs[input_].root->type;
    if (type.Is(TypeKind::kText) && type.words != nullptr && !type.words->empty() && out_.known) {
      for (const std::string& word : *type.words) AddPoint({Value::Text(word), ""});
    }
    if (!out_.known) return Unknown();
    MakeCells(limited || (type.words != nullptr && !type.words->empty()));
    if (!out_.known) return Unknown();
    for (size_t r = 0; r < pieces_.size(); ++r) {
      const Expression& tests = table_.tests[r][input_];
      out_.rules.push_back(CellsOf(pieces_[r], tests.root->kids.empty(), tests.root->negated));
    }
    if (limited) {
      const std::vector<char> within = CellsOf(allowed, false, values.root->negated);
      for (size_t c = 0; c < out_.count; ++c) out_.domain[c] = out_.domain[c] && within[c];
    }
    for (auto& cells : out_.rules) {
      for (size_t c = 0; c < out_.count; ++c) cells[c] = cells[c] && out_.domain[c];
    }
    return std::move(out_);
  }

 private:
  ColumnCells Unknown() {
    // One cell that every rule may match.
    out_.count = 1;
    out_.domain = {1};
    out_.rules.assign(table_.tests.size(), std::vector<char>{1});
    return std::move(out_);
  }
  void Refuse(int rule, std::string why) {
    if (!out_.known) return;
    out_.known = false;
    out_.where = rule;
    out_.why_not = std::move(why);
  }

  std::optional<Bound> BoundOf(const Node& n, const Expression& e) const {
    if (IsConstant(n)) return Bound{ConstantOf(n), ""};
    return Bound{Value::Null(), e.text.substr(n.begin, n.end - n.begin)};
  }

  std::vector<Piece> PiecesOf(const Expression& tests) const {
    std::vector<Piece> pieces;
    for (const auto& kid : tests.root->kids) AddPieces(*kid, tests, &pieces);
    return pieces;
  }

  void AddPieces(const Node& n, const Expression& e, std::vector<Piece>* pieces) const {
    Piece p;
    if (n.tests_input) {
      pieces->push_back(p);
      return;
    }
    if (n.op == Op::kList) {
      for (const auto& kid : n.kids) AddPieces(*kid, e, pieces);
      return;
    }
    if (n.op == Op::kRange) {
      p.shape = Piece::Shape::kInterval;
      p.low = BoundOf(*n.kids[0], e);
      p.high = BoundOf(*n.kids[1], e);
      p.low_included = n.low_included;
      p.high_included = n.high_included;
    } else if (n.op == Op::kUnaryRange) {
      const std::optional<Bound> bound = BoundOf(*n.kids[0], e);
      const Comparison c = n.compare;
      if (c == Comparison::kEqual || c == Comparison::kNotEqual) {
        p.shape = Piece::Shape::kPoint;
        p.low = bound;
        p.outside = c == Comparison::kNotEqual;
      } else {
        p.shape = Piece::Shape::kInterval;
        const bool below = c == Comparison::kLess || c == Comparison::kLessEqual;
        (below ? p.high : p.low) = bound;
        (below ? p.high_included : p.low_included) = c == Comparison::kLessEqual || c == Comparison::kGreaterEqual;
      }
    } else {
      p.low = BoundOf(n, e);
      const Kind kind = p.low->value.kind();
      if (p.low->formula.empty() && (kind == Kind::kRange || kind == Kind::kList || kind == Kind::kContext)) {
        p.shape = Piece::Shape::kOpaque;
      } else {
        p.shape = Piece::Shape::kPoint;
      }
    }
    pieces->push_back(std::move(p));
  }

  // Keeps the bounds of the pieces, and sees whether they are of one kind.
  void Note(const std::vector<Piece>& pieces, int rule) {
    for (const Piece& p : pieces) {
      if (p.shape == Piece::Shape::kOpaque) {
        Refuse(rule, "a test that is no interval or value");
        continue;
      }
      for (const std::optional<Bound>* b : {&p.low, &p.high}) {
        if (!b->has_value()) continue;
        const Bound& bound = **b;
        if (bound.formula.empty() && bound.value.IsNull()) {
          if (p.shape != Piece::Shape::kPoint) Refuse(rule, "a bound that is null");
          out_.has_null = true;
          continue;
        }
        if (p.shape == Piece::Shape::kInterval && bound.formula.empty() && !IsOrdered(bound.value.kind())) {
          Refuse(rule, "an interval of words");
          continue;
        }
        if (!AddPoint(bound)) {
          const bool symbolic = !bound.formula.empty() || (!points_.empty() && !points_[0].formula.empty());
          Refuse(rule, symbolic ? "bounds that are formulas, whose order is not known" : "bounds of two kinds");
        }
      }
    }
  }

  bool AddPoint(const Bound& bound) {
    for (const Bound& p : points_) {
      if (p.formula != bound.formula) return false;
      if (p.formula.empty() && p.value.kind() != bound.value.kind()) return false;
      if (p.value == bound.value) return true;
    }
    points_.push_back(bound);
    return true;
  }

  // No value strictly between two neighbouring bounds.
  bool NothingBetween(const Value& a, const Value& b) const {
    switch (a.kind()) {
      case Kind::kDate:
        return b.date().days - a.date().days <= 1;
      case Kind::kMonths:
        return b.months() - a.months() <= 1;
      case Kind::kDays:
        return b.seconds() - a.seconds() <= 1;
      default: {
        if (!table_.table.inputs[input_].whole) return false;
        const auto next = Decimal::Add(a.number().Round(0, Decimal::Mode::kFloor), Decimal::FromInt(1));
        return next && *next >= b.number();
      }
    }
  }

  void MakeCells(bool limited) {
    ordered_ = !points_.empty() && (!points_[0].formula.empty() || IsOrdered(points_[0].value.kind()));
    if (ordered_) {
      std::sort(points_.begin(), points_.end(),
                [](const Bound& a, const Bound& b) { return Less(a.value, b.value, NullRule::kFeel).value_or(false); });
      out_.count = 2 * points_.size() + 1;
      out_.domain.assign(out_.count, 1);
      for (const Bound& p : points_) out_.bounds.push_back(p.formula.empty() ? p.value.ToString() : p.formula);
      for (size_t i = 0; i < points_.size(); ++i) {
        if (!points_[i].formula.empty()) continue;
        if (i > 0 && NothingBetween(points_[i - 1].value, points_[i].value)) out_.domain[2 * i] = 0;
        if (table_.table.inputs[input_].whole && points_[i].value.kind() == Kind::kNumber &&
            !points_[i].value.number().IsInteger()) {
          out_.domain[2 * i + 1] = 0;
        }
      }
    } else if (!points_.empty() && points_[0].value.kind() == Kind::kBoolean) {
      points_ = {{Value::Boolean(true), ""}, {Value::Boolean(false), ""}};
      out_.count = 2;
      out_.words = {"true", "false"};
    } else {
      for (const Bound& p : points_) out_.words.push_back(p.value.ToString());
      out_.words.push_back(points_.empty() ? "anything" : "anything else");
      out_.count = out_.words.size();
    }
    if (!ordered_) {
      out_.domain.assign(out_.count, 1);
      // With the values listed there is no other word.
      if (limited && !points_.empty() && out_.count == points_.size() + 1) out_.domain.back() = 0;
    }
    if (out_.has_null) {
      out_.domain.push_back(1);
      ++out_.count;
    }
  }

  size_t PointIndex(const Bound& b) const {
    for (size_t i = 0; i < points_.size(); ++i) {
      if (points_[i].formula == b.formula && points_[i].value == b.value) return i;
    }
    return points_.size();
  }

  std::vector<char> CellsOf(const std::vector<Piece>& pieces, bool any, bool negated) const {
    std::vector<char> cells(out_.count, any ? 1 : 0);
    const size_t values = out_.has_null ? out_.count - 1 : out_.count;
    for (const Piece& p : pieces) {
      if (p.shape == Piece::Shape::kPoint && p.low->formula.empty() && p.low->value.IsNull()) {
        if (!p.outside) {
          cells[out_.count - 1] = 1;
        } else {
          for (size_t c = 0; c < values; ++c) cells[c] = 1;
        }
        continue;
      }
      if (p.shape == Piece::Shape::kPoint) {
        const size_t at = ordered_ ? 2 * PointIndex(*p.low) + 1 : PointIndex(*p.low);
        for (size_t c = 0; c < values; ++c) {
          if ((c == at) != p.outside) cells[c] = 1;
        }
        continue;
      }
      size_t from = 0, to = values - 1;
      if (p.low) from = 2 * PointIndex(*p.low) + (p.low_included ? 1 : 2);
      if (p.high) {
        const size_t at = 2 * PointIndex(*p.high) + 1;
        to = p.high_included ? at : at - 1;
      }
      for (size_t c = from; c <= to && c < values; ++c) cells[c] = 1;
    }
    if (negated) {
      for (char& c : cells) c = c == 0;
    }
    return cells;
  }

  const CompiledTable& table_;
  const size_t input_;
  ColumnCells out_;
  std::vector<std::vector<Piece>> pieces_;
  std::vector<Bound> points_;
  bool ordered_ = false;
};

}  // namespace

bool IsConstant(const Node& node) {
  switch (node.op) {
    case Op::kName:
    case Op::kInput:
    case Op::kTestInput:
    case Op::kFact:
    case Op::kSubjectFact:
    case Op::kMembers:
    case Op::kAsOf:
    case Op::kParameter:
    case Op::kParameterOn:
      return false;
    default:
      return std::all_of(node.kids.begin(), node.kids.end(), [](const auto& kid) { return IsConstant(*kid); });
  }
}

std::string ColumnCells::Describe(const std::vector<size_t>& cells) const {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : " or ") + part; };
  const size_t null_cell = has_null ? count - 1 : count;
  if (bounds.empty()) {
    std::string words_text;
    size_t shown = 0;
    for (const size_t c : cells) {
      if (++shown > 5) break;
      words_text += (words_text.empty() ? "" : " or ") + (c == null_cell ? "null" : words[c]);
    }
    if (shown > 5) words_text += " …";
    return input + " = " + words_text;
  }
  for (size_t i = 0; i < cells.size();) {
    if (cells[i] == null_cell) {
      add(input + " = null");
      ++i;
      continue;
    }
    size_t j = i;
    while (j + 1 < cells.size() && cells[j + 1] == cells[j] + 1 && cells[j + 1] != null_cell) ++j;
    const size_t from = cells[i], to = cells[j];
    const bool low_open = from % 2 == 0, high_open = to % 2 == 0;
    const bool no_low = from == 0, no_high = to == 2 * bounds.size();
    const std::string low = no_low ? "" : bounds[low_open ? from / 2 - 1 : from / 2];
    const std::string high = no_high ? "" : bounds[to / 2];
    if (no_low && no_high) {
      add("any " + input);
    } else if (no_low) {
      add(input + (high_open ? " < " : " <= ") + high);
    } else if (no_high) {
      add(input + (low_open ? " > " : " >= ") + low);
    } else if (from == to && !low_open) {
      add(input + " = " + low);
    } else {
      add(input + " in " + (low_open ? "(" : "[") + low + ".." + high + (high_open ? ")" : "]"));
    }
    i = j + 1;
  }
  return out;
}

std::vector<ColumnCells> CutColumns(const CompiledTable& table) {
  std::vector<ColumnCells> columns;
  for (size_t i = 0; i < table.table.inputs.size(); ++i) columns.push_back(Cutter(table, i).Cut());
  return columns;
}

bool AreDisjoint(const std::vector<ColumnCells>& columns, size_t a, size_t b) {
  for (const ColumnCells& column : columns) {
    bool meet = false;
    for (size_t c = 0; c < column.count && !meet; ++c) meet = column.rules[a][c] && column.rules[b][c];
    if (!meet) return true;
  }
  return false;
}

}  // namespace hearth::feel
