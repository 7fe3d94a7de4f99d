// NOT is driven inwards to the single tests, where null is decided: NOT of a test is true only when nothing it needs is
// null. Then tests of one side find their twin of the other side among what stands beside them.
#include "matchers/fellegi_sunter/sql_truth.h"

#include <algorithm>

#include "matchers/fellegi_sunter/column_expression.h"
#include "matchers/fellegi_sunter/condition_parser.h"

namespace hearth::linkage {
namespace {

using Kind = SqlTruth::Kind;

// A test, or a list under the other connective, and whether NOT stands before it.
struct Item {
  const SqlTruth* truth = nullptr;
  bool negated = false, used = false;
};

bool Joins(const SqlTruth& truth) { return truth.kind == Kind::kAnd || truth.kind == Kind::kOr; }

// What AND and OR mean under NOT.
Kind Joined(const SqlTruth& truth, bool negated) {
  return (truth.kind == Kind::kAnd) != negated ? Kind::kAnd : Kind::kOr;
}

void Flatten(const SqlTruth& truth, bool negated, Kind join, std::vector<Item>* out) {
  if (truth.kind == Kind::kNot) return Flatten(truth.parts[0], !negated, join, out);
  if (!Joins(truth) || Joined(truth, negated) != join) {
    out->push_back({&truth, negated});
    return;
  }
  for (const SqlTruth& part : truth.parts) Flatten(part, negated, join, out);
}

Condition Of(Test test, ColumnIndex a, ColumnIndex b) {
  Condition out;
  out.test = test;
  out.a = a;
  out.b = b;
  return out;
}

Condition Not(Condition part) {
  Condition out;
  out.test = Test::kNot;
  out.parts.push_back(std::move(part));
  return out;
}

class Symmetric {
 public:
  explicit Symmetric(const Model& model) : model_(model) {}

  StatusOr<Condition> Make(const SqlTruth& truth, bool negated) {
    if (truth.kind == Kind::kNot) return Make(truth.parts[0], !negated);
    const Kind join = Joins(truth) ? Joined(truth, negated) : Kind::kAnd;
    std::vector<Item> items;
    Flatten(truth, negated, join, &items);
    return MakeAll(&items, join);
  }

  StatusOr<Condition> MakeAll(std::vector<Item>* items, Kind join) {
    std::vector<Condition> parts;
    for (Item& item : *items) {
      if (item.used) continue;
      item.used = true;
      HEARTH_RETURN_IF_ERROR(Add(item, join, items, &parts));
    }
    if (parts.size() == 1) return std::move(parts[0]);
    const bool nulls =
        std::all_of(parts.begin(), parts.end(), [](const Condition& c) { return c.test == Test::kNull; });
    if (join == Kind::kOr && nulls) {
      std::vector<ColumnIndex> columns;
      for (const Condition& part : parts) columns.push_back(part.a);
      return NullOf(columns);
    }
    Condition out;
    out.test = join == Kind::kAnd ? Test::kAnd : Test::kOr;
    out.parts = std::move(parts);
    return out;
  }

 private:
  Status Add(const Item& item, Kind join, std::vector<Item>* items, std::vector<Condition>* parts) {
    const SqlTruth& truth = *item.truth;
    switch (truth.kind) {
      case Kind::kEqual:
        if (truth.a == truth.b) {
          AddTest(Of(Test::kEqual, truth.a, truth.a), item.negated, join, parts);
          return OkStatus();
        }
        return AddReversed(item, join, items, parts);
      case Kind::kMeasure:
        if (truth.measure) {
          AddTest(*truth.measure, item.negated, join, parts);
          return OkStatus();
        }
        if (item.negated) return InvalidArgument("holds a comparison that can never be true");
        parts->push_back(Not(Of(Test::kNull, truth.a, truth.a)));
        return OkStatus();
      case Kind::kNull:
        return AddNull(item, join, items, parts);
      case Kind::kLiteral:
        return AddLiteral(item, join, items, parts);
      case Kind::kAnd:
      case Kind::kOr:
      case Kind::kNot:
        break;
    }
    HEARTH_ASSIGN_OR_RETURN(Condition inner, Make(truth, item.negated));
    parts->push_back(std::move(inner));
    return OkStatus();
  }

  // NOT of a test needs what the test needs.
  static void AddTest(Condition test, bool negated, Kind join, std::vector<Condition>* parts) {
    if (!negated) return parts->push_back(std::move(test));
    Condition filled = Not(Of(Test::kNull, test.a, test.b)), differs = Not(std::move(test));
    if (join == Kind::kAnd) {
      parts->push_back(std::move(filled));
      parts->push_back(std::move(differs));
      return;
    }
    Condition both;
    both.test = Test::kAnd;
    both.parts = {std::move(filled), std::move(differs)};
    parts->push_back(std::move(both));
  }

  // The first item that is not used yet and that the claim holds for, now used.
  template <class Claim>
  static bool TakeTwin(std::vector<Item>* items, const Item& item, const Claim& claim) {
    for (Item& other : *items) {
      if (other.used || other.truth->kind != item.truth->kind || other.negated != item.negated) continue;
      if (!claim(*other.truth)) continue;
      other.used = true;
      return true;
    }
    return false;
  }

  Status AddReversed(const Item& item, Kind join, std::vector<Item>* items, std::vector<Condition>* parts) {
    const SqlTruth& truth = *item.truth;
    const std::string a = Name(truth.a), b = Name(truth.b);
    if (item.negated) return InvalidArgument("denies l." + a + " = r." + b + ", which is not read");
    if (!TakeTwin(items, item, [&](const SqlTruth& t) { return t.a == truth.b && t.b == truth.a; })) {
      return InvalidArgument("compares l." + a + " with r." + b + " in one direction only, which is not read; add l." +
                             b + " = r." + a);
    }
    parts->push_back(Of(join == Kind::kAnd ? Test::kReversed : Test::kEitherReversed, truth.a, truth.b));
    return OkStatus();
  }

  Status AddNull(const Item& item, Kind join, std::vector<Item>* items, std::vector<Condition>* parts) {
    const SqlTruth& truth = *item.truth;
    const std::string name = Name(truth.a), is = item.negated ? " IS NOT NULL " : " IS NULL ";
    if (!TakeTwin(items, item, [&](const SqlTruth& t) { return t.a == truth.a && t.side != truth.side; })) {
      return InvalidArgument("asks" + is + "of " + name + " on one side only, which is not read");
    }
    if ((join == Kind::kOr) == item.negated) {
      return InvalidArgument("asks" + is + "of " + name +
                             (item.negated ? " on either side" : " on both sides at once") +
                             ", which is not read; write l.x IS NULL OR r.x IS NULL, or its opposite");
    }
    Condition null = Of(Test::kNull, truth.a, truth.a);
    parts->push_back(item.negated ? Not(std::move(null)) : std::move(null));
    return OkStatus();
  }

  Status AddLiteral(const Item& item, Kind join, std::vector<Item>* items, std::vector<Condition>* parts) {
    const SqlTruth& truth = *item.truth;
    const auto twin = [&](const SqlTruth& t) { return t.a == truth.a && t.text == truth.text && t.side != truth.side; };
    if (item.negated || join != Kind::kAnd || !TakeTwin(items, item, twin)) {
      return InvalidArgument("compares " + Name(truth.a) +
                             " with a text other than as l.x = 'text' AND r.x = 'text', which "
                             "is not read");
    }
    Condition literal = Of(Test::kLiteral, truth.a, truth.a);
    literal.text = truth.text;
    parts->push_back(std::move(literal));
    return OkStatus();
  }

  std::string Name(ColumnIndex column) const { return ColumnText(model_.columns[column]); }

  const Model& model_;
};

}  // namespace

StatusOr<Condition> MakeSymmetric(const SqlTruth& truth, const Model& model) {
  return Symmetric(model).Make(truth, false);
}

StatusOr<BlockingRule> MakeRule(const SqlTruth& truth, const Model& model) {
  std::vector<Item> items, rest;
  Flatten(truth, false, Kind::kAnd, &items);
  BlockingRule rule;
  for (const Item& item : items) {
    if (item.truth->kind != Kind::kEqual || item.negated) {
      rest.push_back(item);
      continue;
    }
    const KeyPart part{item.truth->a, item.truth->b};
    if (std::find(rule.parts.begin(), rule.parts.end(), part) == rule.parts.end()) rule.parts.push_back(part);
  }
  if (rule.parts.empty()) {
    const bool either = items.size() == 1 && Joins(*items[0].truth);
    return InvalidArgument(either ? "joins its equalities by OR; make each a blocking rule of its own"
                                  : "holds no column equal on both sides, so it would make every pair");
  }
  if (rest.empty()) return rule;
  HEARTH_ASSIGN_OR_RETURN(rule.filter, Symmetric(model).MakeAll(&rest, Kind::kAnd));
  return rule;
}

}  // namespace hearth::linkage
