// Compiles FEEL text: parses it and resolves each name to a slot, a column, a parameter or a function.
//
//   Expression e;
//   std::vector<Problem> problems;
//   if (!Compile("pc_income < line", scope, {}, &e, &problems)) Report(ShowProblem(text, problems[0]));
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/feel/compare.h"
#include "policy/feel/node.h"

namespace hearth::feel {

// What a name stands for.
struct Binding {
  enum class Kind : uint8_t { kFact, kMembers, kAsOf, kParameter, kInput };
  Kind kind = Kind::kFact;
  FactPlace place = FactPlace::kHousehold;  // kFact
  int index = -1;                           // slot, parameter or input
  Type type;
};

// The names that an expression may use.
class Scope {
 public:
  virtual ~Scope() = default;
  virtual std::optional<Binding> Find(std::string_view name) const = 0;
  // A fact read off a member (`m.age`): the member's own, else the unit's.
  virtual std::optional<Binding> FindOfMember(std::string_view name) const = 0;
  // All names, for the nearest one in a message and for names of several words.
  virtual std::vector<std::string> Names() const = 0;
  // More about a name that is not found ("is a fact of a member; …"); empty when there is nothing to say.
  virtual std::string WhyNot(std::string_view) const { return {}; }
};

struct CompileOptions {
  bool unary_tests = false;
  // true: a clash of types or periods, an unknown name and a wrong number of arguments are problems.
  // false: as in plain FEEL, they are null when evaluated; only constructs outside the subset are problems.
  bool strict = true;
  // Of `?`, the value that unary tests look at.
  Type test_type = {};
};

// False when there are problems; they are appended, in the order of the text.
bool Compile(std::string_view text, const Scope& scope, const CompileOptions& options, Expression* out,
             std::vector<Problem>* problems);

std::unique_ptr<Node> CloneNode(const Node& node);

// Whether the two can be types of one value: either is not known, or they are alike.
bool Fits(const Type& a, const Type& b);

// Calls visit(node) for the tree in order of writing.
template <class Visit>
void ForEachNode(const Node& node, const Visit& visit) {
  visit(node);
  for (const auto& kid : node.kids) ForEachNode(*kid, visit);
}

}  // namespace hearth::feel
