#include <array>

#include "policy/feel/parser.h"

namespace hearth::feel {
namespace {

std::string LiteralText(const Value& v) {
  switch (v.kind()) {
    case Value::Kind::kDate:
    case Value::Kind::kMonths:
    case Value::Kind::kDays:
      return "@\"" + v.ToString() + "\"";
    default:
      return v.ToString();
  }
}

std::string_view SignOf(Comparison c) {
  static constexpr std::array<std::string_view, 6> kSigns = {"=", "!=", "<", "<=", ">", ">="};
  return kSigns[static_cast<size_t>(c)];
}

std::string Joined(const Node& n, size_t from, std::string_view between) {
  std::string out;
  for (size_t i = from; i < n.kids.size(); ++i) {
    if (i > from) out += between;
    out += PrintExpression(*n.kids[i]);
  }
  return out;
}

std::string Binary(const Node& n, std::string_view sign) {
  return "(" + PrintExpression(*n.kids[0]) + " " + std::string(sign) + " " + PrintExpression(*n.kids[1]) + ")";
}

// An operation stands in brackets already; a range or a test must not get more.
std::string LoopText(const Node& n, std::string_view word, std::string_view then) {
  std::string out = "(" + std::string(word) + " ";
  for (size_t i = 0; i < n.names.size(); ++i) {
    out += (i > 0 ? ", " : "") + n.names[i] + " in " + PrintExpression(*n.kids[i]);
  }
  return out + " " + std::string(then) + " " + PrintExpression(*n.kids.back()) + ")";
}

}  // namespace

std::string PrintExpression(const Node& n) {
  const auto kid = [&](size_t i) { return PrintExpression(*n.kids[i]); };
  switch (n.op) {
    case Op::kLiteral:
      return LiteralText(n.literal);
    case Op::kName:
      return n.text;
    case Op::kTestInput:
      return "?";
    case Op::kPath:
      return "(" + kid(0) + ")." + n.text;
    case Op::kFilter:
      return "(" + kid(0) + ")[" + kid(1) + "]";
    case Op::kIf:
      return "(if " + kid(0) + " then " + kid(1) + " else " + kid(2) + ")";
    case Op::kFor:
      return LoopText(n, "for", "return");
    case Op::kSome:
      return LoopText(n, "some", "satisfies");
    case Op::kEvery:
      return LoopText(n, "every", "satisfies");
    case Op::kAnd:
      return "(" + Joined(n, 0, " and ") + ")";
    case Op::kOr:
      return "(" + Joined(n, 0, " or ") + ")";
    case Op::kCompare:
      return Binary(n, SignOf(n.compare));
    case Op::kBetween:
      return "(" + kid(0) + " between " + kid(1) + " and " + kid(2) + ")";
    case Op::kIn:
      return "(" + kid(0) + " in (" + Joined(n, 1, ", ") + "))";
    case Op::kAdd:
      return Binary(n, "+");
    case Op::kSubtract:
      return Binary(n, "-");
    case Op::kMultiply:
      return Binary(n, "*");
    case Op::kDivide:
      return Binary(n, "/");
    case Op::kPower:
      return Binary(n, "**");
    case Op::kNegate:
      return "(-" + kid(0) + ")";
    case Op::kRange:
      return (n.low_included ? "[" : "(") + kid(0) + ".." + kid(1) + (n.high_included ? "]" : ")");
    case Op::kUnaryRange:
      return "(" + std::string(SignOf(n.compare)) + " " + kid(0) + ")";
    case Op::kList:
      return "[" + Joined(n, 0, ", ") + "]";
    case Op::kContext: {
      std::string out = "{";
      for (size_t i = 0; i < n.kids.size(); ++i) out += (i > 0 ? ", " : "") + n.names[i] + ": " + kid(i);
      return out + "}";
    }
    case Op::kCall: {
      std::string out = n.text + "(";
      for (size_t i = 0; i < n.kids.size(); ++i) {
        out += (i > 0 ? ", " : "") + (n.names.empty() ? "" : n.names[i] + ": ") + kid(i);
      }
      return out + ")";
    }
    case Op::kInstanceOf:
      return "(" + kid(0) + " instance of " + n.text + ")";
    case Op::kTests:
      if (n.kids.empty()) return "-";
      return n.negated ? "not(" + Joined(n, 0, ", ") + ")" : Joined(n, 0, ", ");
    default:  // only after resolving
      return "null";
  }
}

}  // namespace hearth::feel
