// The static types of expressions: what fits beside what, arguments beside parameters, periods and words. The resolver
// calls it for each node once the node's parts are resolved. Internal to policy/feel.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/feel/builtins.h"
#include "policy/feel/compile.h"

namespace hearth::feel {

inline Type Simple(TypeKind kind, bool list = false) {
  Type t;
  t.kind = kind;
  t.list = list;
  return t;
}

inline bool IsTextLiteral(const Node& n) { return n.op == Op::kLiteral && n.literal.kind() == Value::Kind::kText; }

class TypeChecker {
 protected:
  TypeChecker(const CompileOptions& options, std::vector<Problem>* problems) : options_(options), problems_(problems) {}

  void Report(uint32_t offset, std::string message);
  void ReportStrict(uint32_t offset, std::string message);
  static Type ItemType(Type t);
  static std::string Signature(const std::vector<int>& candidates);
  // Puts named arguments in order, null for those left out; false when they do not fit.
  static bool ArrangeArguments(Node* n, const Builtin& b);
  void TypeCall(Node* n);
  // Each argument beside what its parameter takes, and the texts of days and durations that are written out.
  void CheckArguments(const Node& n, const Builtin& b);
  void Want(const Node& n, TypeKind kind, std::string_view where);
  void CheckPeriods(const Type& a, const Type& b, uint32_t at);
  void CheckPair(const Node& a, const Node& b);
  void CheckWords(const Type& t, const Node& literal);
  // The index of the code that a text literal means beside a column of codes; -1 when this is no such pair.
  int CodeOf(const Node& column, const Node& literal);
  void TypeCompare(std::unique_ptr<Node>* slot);
  void TypeIn(std::unique_ptr<Node>* slot);
  // The ends of a range; one problem is enough.
  void CheckEnds(const Node& value, const Node& range);
  // Unary tests beside the type of `?`.
  void TypeTests(Node* n);
  void TypeIf(Node* n);
  void TypeList(Node* n);
  void TypeArithmetic(Node* n);
  // Sums keep a period, and may not mix two. A monthly amount times 12 is a yearly one, a yearly one over 12 a
  // monthly; other factors change nothing.
  Period PeriodOf(const Node& n);

  const CompileOptions& options_;
  std::vector<Problem>* problems_;
};

}  // namespace hearth::feel
