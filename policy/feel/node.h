// The tree of a FEEL expression. The parser makes it with names in it; the resolver turns names into slots, columns
// and functions, and gives each node its static type. After that it is immutable and shared by threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/determination.h"
#include "core/facts.h"
#include "core/schema.h"
#include "core/value.h"

namespace hearth::feel {

// Expressions nested deeper than this are refused, so that neither parsing nor evaluating can exhaust the stack.
inline constexpr int kDepthMax = 256;

enum class TypeKind : uint8_t {
  kAny,
  kNull,
  kBoolean,
  kNumber,
  kText,
  kDate,
  kMonths,
  kDays,
  kRange,
  kContext,
  kRow,
  kMember
};

struct FieldTypes;

// What is known of a value before it is there. `list`: a list of such values (a list of lists is kAny).
struct Type {
  TypeKind kind = TypeKind::kAny;
  bool list = false;
  const RegistrySchema* registry = nullptr;         // kRow
  const FieldTypes* fields = nullptr;               // kContext: all of its fields; nullptr: not known
  const std::vector<std::string>* words = nullptr;  // kText: the only words it may hold
  Period period = Period::kNone;                    // kNumber: yuan per this; kNone: not known or none

  bool IsAny() const { return kind == TypeKind::kAny && !list; }
  bool Is(TypeKind k) const { return kind == k && !list; }
};
struct FieldTypes {
  std::vector<std::pair<std::string, Type>> items;
  // nullptr when there is no such field.
  const Type* Find(std::string_view name) const {
    for (const auto& [field, type] : items) {
      if (field == name) return &type;
    }
    return nullptr;
  }
};
std::string TypeText(const Type& t);  // "number", "list of rows of vehicles"

enum class Op : uint8_t {
  kLiteral,      // literal
  kName,         // text; only before resolving
  kInput,        // index in the inputs given to the evaluation
  kTestInput,    // the `?` of unary tests
  kFact,         // slot `index` at `place`, of the subject under evaluation
  kSubjectFact,  // slot `index` at kMember of the member that kids[0] is
  kMembers,      // the unit's members
  kAsOf,         // the day of the evaluation
  kParameter,    // index
  kParameterOn,  // parameter `index` on the day kids[0]
  kLocal,        // slot `index` of the frame
  kItemField,    // field `text` of the item in local `index` where it has one, else kids[0]
  kColumn,       // field `index` (named `text`) of the row, or of each of the rows, that kids[0] is
  kCodeCompare,  // kids[0] (a kColumn of codes) = or != kids[1] (a literal whose code index is `index`)
  kPath,         // kids[0].text
  kFilter,       // kids[0][kids[1]], the item in local `index`
  kIndex,        // kids[0][kids[1]] with a number
  kIf,           // kids[0], kids[1], kids[2]
  kFor,          // names and kids[0..n-1]: variables and lists; kids[n]: result. Locals from `index`; `partial` last
  kSome,
  kEvery,  // the same, kids[n]: condition
  kAnd,
  kOr,       // kids
  kCompare,  // kids[0] compare kids[1]
  kBetween,  // kids[0] between kids[1] and kids[2]
  kIn,       // kids[0] in any of kids[1..]
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kPower,
  kNegate,
  kRange,       // kids[0] .. kids[1]; low_included, high_included
  kUnaryRange,  // compare kids[0]: the numbers below, above … it
  kList,
  kContext,     // kids; names are the keys of a context, locals from `index`
  kCall,        // function `index`, kids in its order of parameters
  kInstanceOf,  // kids[0] instance of `text`
  kTests,       // unary tests of kids on the test input; negated: not(…)
};

enum class Comparison : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

struct Node {
  Op op = Op::kLiteral;
  Comparison compare = Comparison::kEqual;
  FactPlace place = FactPlace::kHousehold;
  bool low_included = true, high_included = true;
  bool negated = false;
  bool tests_input = false;  // in unary tests: mentions `?`, so it is the answer itself
  int32_t index = -1;
  uint32_t begin = 0, end = 0;  // place in the text, bytes
  int depth = 1;
  Type type;
  Value literal;
  std::string text;
  std::vector<std::string> names;  // variables, keys, or names of arguments (empty: by place)
  std::vector<std::unique_ptr<Node>> kids;
};

// A compiled expression.
struct Expression {
  std::string text;  // as written
  std::unique_ptr<Node> root;
  int locals = 0;  // size of the frame
};

// Something wrong at a place of an expression.
struct Problem {
  uint32_t offset = 0;  // byte in the text
  std::string message;
};

// The message, the line of the text it is about and a caret under the place.
std::string ShowProblem(std::string_view text, const Problem& problem);

}  // namespace hearth::feel
