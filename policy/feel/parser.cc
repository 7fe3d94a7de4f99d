#include "policy/feel/parser.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/text.h"
#include "policy/feel/builtins.h"
#include "policy/feel/lexer.h"

namespace hearth::feel {
namespace {

// Recursive descent, one function a level of precedence, the loosest first:
// or; and; comparison, between, in; + -; * /; **; unary minus; instance of; path, filter, call.

using Kind = Token::Kind;
using NodePtr = std::unique_ptr<Node>;

constexpr std::array<std::string_view, 18> kKeywords = {"if",       "then",  "else",      "for",  "in",    "return",
                                                        "some",     "every", "satisfies", "and",  "or",    "between",
                                                        "instance", "of",    "function",  "true", "false", "null"};

bool IsKeyword(std::string_view word) { return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end(); }

std::optional<Comparison> ComparisonOf(std::string_view sign) {
  static constexpr struct {
    std::string_view sign;
    Comparison comparison;
  } kSigns[] = {{"=", Comparison::kEqual},      {"!=", Comparison::kNotEqual}, {"<", Comparison::kLess},
                {"<=", Comparison::kLessEqual}, {">", Comparison::kGreater},   {">=", Comparison::kGreaterEqual}};
  for (const auto& s : kSigns) {
    if (s.sign == sign) return s.comparison;
  }
  return std::nullopt;
}

class Parser {
 public:
  Parser(std::string_view text, std::span<const std::string> names, Problem* problem)
      : text_(text), problem_(problem), known_(names.begin(), names.end()) {}

  NodePtr Expression() {
    if (!ReadTokens(text_, &tokens_, problem_)) return nullptr;
    NodePtr n = ParseAny();
    if (n && Peek().kind != Kind::kEnd) return Unexpected("an operator or the end");
    return Done(std::move(n));
  }

  NodePtr UnaryTests() {
    if (!ReadTokens(text_, &tokens_, problem_)) return nullptr;
    NodePtr n = Make(Op::kTests);
    if (IsSign("-") && tokens_[at_ + 1].kind == Kind::kEnd) {
      Next();
      return Done(std::move(n));
    }
    const bool negated = IsWord("not") && tokens_[at_ + 1].text == "(" && ClosesAtEnd(at_ + 1);
    if (negated) {
      Next();
      Next();
      n->negated = true;
    }
    do {
      NodePtr test = ParseTest(/*alone=*/false);
      if (!test || !Adopt(n.get(), std::move(test))) return nullptr;
    } while (TakeSign(","));
    if (negated && !ExpectSign(")")) return nullptr;
    if (Peek().kind != Kind::kEnd) return Unexpected("\",\" or the end");
    return Done(std::move(n));
  }

 private:
  const Token& Peek() const { return tokens_[at_]; }
  const Token& Next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool IsSign(std::string_view s) const { return Peek().kind == Kind::kSign && Peek().text == s; }
  bool IsWord(std::string_view s) const { return Peek().kind == Kind::kWord && Peek().text == s; }
  bool TakeSign(std::string_view s) {
    if (!IsSign(s)) return false;
    Next();
    return true;
  }
  bool TakeWord(std::string_view s) {
    if (!IsWord(s)) return false;
    Next();
    return true;
  }
  NodePtr Fail(uint32_t at, std::string message) {
    if (problem_->message.empty()) *problem_ = {at, std::move(message)};
    return nullptr;
  }
  NodePtr Unexpected(std::string_view wanted) {
    const Token& t = Peek();
    const std::string found =
        t.kind == Kind::kEnd ? "the end" : "\"" + std::string(text_.substr(t.begin, t.end - t.begin)) + "\"";
    std::string hint;
    if (t.kind == Kind::kWord && IsKeyword(t.text)) hint = ", a reserved word";
    const std::string_view before = at_ > 0 ? std::string_view(tokens_[at_ - 1].text) : std::string_view();
    if (t.text == ">" && before == "<") hint = "; not equal is written !=";
    if (t.text == "=" && before == "=") hint = "; FEEL has one = and no ==";
    if (t.text == "'") hint = "; a text stands in double quotes";
    return Fail(t.begin, "expected " + std::string(wanted) + ", found " + found + hint);
  }
  bool ExpectSign(std::string_view s) {
    if (TakeSign(s)) return true;
    Unexpected("\"" + std::string(s) + "\"");
    return false;
  }
  bool ExpectWord(std::string_view s) {
    if (TakeWord(s)) return true;
    Unexpected("\"" + std::string(s) + "\"");
    return false;
  }

  NodePtr Make(Op op) {
    auto n = std::make_unique<Node>();
    n->op = op;
    n->begin = Peek().begin;
    return n;
  }
  NodePtr Close(NodePtr n) {
    n->end = at_ > 0 ? tokens_[at_ - 1].end : 0;
    return n;
  }
  NodePtr Done(NodePtr n) {
    if (n) n->end = static_cast<uint32_t>(text_.size());
    return problem_->message.empty() ? std::move(n) : nullptr;
  }
  // Adds a child and keeps count of the depth; false when too deep.
  bool Adopt(Node* parent, NodePtr kid) {
    parent->depth = std::max(parent->depth, kid->depth + 1);
    parent->tests_input |= kid->tests_input;
    parent->kids.push_back(std::move(kid));
    if (parent->depth <= kDepthMax) return true;
    Fail(parent->begin, "nested deeper than " + std::to_string(kDepthMax) + " levels");
    return false;
  }
  NodePtr Binary(Op op, NodePtr left, NodePtr right) {
    if (!left || !right) return nullptr;
    NodePtr n = std::make_unique<Node>();
    n->op = op;
    n->begin = left->begin;
    if (!Adopt(n.get(), std::move(left)) || !Adopt(n.get(), std::move(right))) return nullptr;
    return Close(std::move(n));
  }

  // Guards the recursion itself, as a bracket opens a level without making a node.
  struct Level {
    explicit Level(Parser* p) : parser(p) { ++parser->level_; }
    ~Level() { --parser->level_; }
    Parser* parser;
  };
  bool TooDeep() {
    if (level_ <= 2 * kDepthMax) return false;  // a bracket takes two: its own and its expression's
    Fail(Peek().begin, "nested deeper than " + std::to_string(kDepthMax) + " levels");
    return true;
  }

  bool ClosesAtEnd(size_t open) const {
    int depth = 0;
    for (size_t i = open; i < tokens_.size(); ++i) {
      if (tokens_[i].kind != Kind::kSign) continue;
      if (tokens_[i].text == "(") ++depth;
      if (tokens_[i].text == ")" && --depth == 0) return tokens_[i + 1].kind == Kind::kEnd;
    }
    return false;
  }

  NodePtr ParseAny() {
    const Level level(this);
    if (TooDeep()) return nullptr;
    if (Peek().kind == Kind::kWord) {
      const std::string& word = Peek().text;
      if (word == "if") return ParseIf();
      if (word == "for") return ParseLoop(Op::kFor, "return");
      if (word == "some") return ParseLoop(Op::kSome, "satisfies");
      if (word == "every") return ParseLoop(Op::kEvery, "satisfies");
      if (word == "function") {
        return Fail(Peek().begin, "a function made by the user is outside the subset; write a derived fact instead");
      }
    }
    return ParseOr();
  }

  NodePtr ParseIf() {
    NodePtr n = Make(Op::kIf);
    for (const std::string_view word : {"if", "then", "else"}) {
      if (!ExpectWord(word)) return nullptr;
      NodePtr part = ParseAny();
      if (!part || !Adopt(n.get(), std::move(part))) return nullptr;
    }
    return Close(std::move(n));
  }

  NodePtr ParseLoop(Op op, std::string_view then) {
    NodePtr n = Make(op);
    Next();
    const size_t known = known_.size();
    do {
      const std::optional<std::string> name = ParseVariable("in");
      if (!name) return Unexpected("the name of a variable");
      if (!ExpectWord("in")) return nullptr;
      NodePtr list = ParseAny();
      if (!list) return nullptr;
      if (TakeSign("..")) {
        NodePtr high = ParseAny();
        list = Binary(Op::kRange, std::move(list), std::move(high));
        if (!list) return nullptr;
      }
      n->names.push_back(*name);
      if (!Adopt(n.get(), std::move(list))) return nullptr;
      known_.push_back(*name);
    } while (TakeSign(","));
    if (op == Op::kFor) known_.push_back("partial");
    if (!ExpectWord(then)) return nullptr;
    NodePtr body = ParseAny();
    if (!body || !Adopt(n.get(), std::move(body))) return nullptr;
    known_.resize(known);
    return Close(std::move(n));
  }

  // Words up to a keyword or sign: "line item".
  std::optional<std::string> ParseVariable(std::string_view until) {
    std::string name;
    while (Peek().kind == Kind::kWord && Peek().text != until && !IsKeyword(Peek().text)) {
      if (!name.empty()) name += ' ';
      name += Next().text;
    }
    if (name.empty()) return std::nullopt;
    return name;
  }

  NodePtr ParseOr() {
    NodePtr left = ParseAnd();
    while (left && TakeWord("or")) {
      NodePtr right = ParseAnd();
      left = Join(Op::kOr, std::move(left), std::move(right));
    }
    return left;
  }
  NodePtr ParseAnd() {
    NodePtr left = ParseComparison();
    while (left && TakeWord("and")) {
      NodePtr right = ParseComparison();
      left = Join(Op::kAnd, std::move(left), std::move(right));
    }
    return left;
  }
  // a and b and c is one node of three.
  NodePtr Join(Op op, NodePtr left, NodePtr right) {
    if (left && right && left->op == op && !left->negated) {
      if (!Adopt(left.get(), std::move(right))) return nullptr;
      return Close(std::move(left));
    }
    return Binary(op, std::move(left), std::move(right));
  }

  NodePtr ParseComparison() {
    NodePtr left = ParseAdditive();
    for (;;) {
      if (!left) return nullptr;
      const std::optional<Comparison> comparison =
          Peek().kind == Kind::kSign ? ComparisonOf(Peek().text) : std::nullopt;
      if (comparison) {
        Next();
        // "= >= 2": a range open at one end.
        const bool equality = *comparison == Comparison::kEqual || *comparison == Comparison::kNotEqual;
        const bool range = equality && Peek().kind == Kind::kSign && Peek().text != "=" && Peek().text != "!=" &&
                           ComparisonOf(Peek().text);
        left = Binary(Op::kCompare, std::move(left), range ? ParseTest(/*alone=*/true) : ParseAdditive());
        if (left) left->compare = *comparison;
      } else if (TakeWord("between")) {
        NodePtr low = ParseAdditive();
        if (!low || !ExpectWord("and")) return nullptr;
        NodePtr high = ParseAdditive();
        left = Binary(Op::kBetween, std::move(left), std::move(low));
        if (!left || !high || !Adopt(left.get(), std::move(high))) return nullptr;
        left = Close(std::move(left));
      } else if (TakeWord("in")) {
        left = ParseIn(std::move(left));
      } else {
        return left;
      }
    }
  }

  NodePtr ParseIn(NodePtr left) {
    NodePtr n = std::make_unique<Node>();
    n->op = Op::kIn;
    n->begin = left->begin;
    if (!Adopt(n.get(), std::move(left))) return nullptr;
    if (IsSign("(") && !OpensRange()) {
      Next();
      do {
        NodePtr test = ParseTest(/*alone=*/false);
        if (!test || !Adopt(n.get(), std::move(test))) return nullptr;
      } while (TakeSign(","));
      if (!ExpectSign(")")) return nullptr;
    } else {
      NodePtr test = ParseTest(/*alone=*/true);
      if (!test || !Adopt(n.get(), std::move(test))) return nullptr;
    }
    return Close(std::move(n));
  }

  // The bracket at hand holds ".." at its own level.
  bool OpensRange() const {
    int depth = 0;
    for (size_t i = at_; i < tokens_.size(); ++i) {
      if (tokens_[i].kind != Kind::kSign) continue;
      const std::string& s = tokens_[i].text;
      if (s == ".." && depth == 1) return true;
      if (s == "," && depth == 1) return false;
      if (s == "(" || s == "[" || s == "{") ++depth;
      if ((s == ")" || s == "]" || s == "}") && --depth <= 0) return false;
    }
    return false;
  }

  // A positive unary test: a comparison without its left side, or an expression. `alone`: after `in` without brackets,
  // where "x in [1..5] and y" is an `and`.
  NodePtr ParseTest(bool alone) {
    const Level level(this);
    if (TooDeep()) return nullptr;
    const std::optional<Comparison> comparison = Peek().kind == Kind::kSign ? ComparisonOf(Peek().text) : std::nullopt;
    if (!comparison) return alone ? ParseAdditive() : ParseAny();
    NodePtr n = Make(Op::kUnaryRange);
    n->compare = *comparison;
    Next();
    NodePtr bound = ParseAdditive();
    if (!bound || !Adopt(n.get(), std::move(bound))) return nullptr;
    return Close(std::move(n));
  }

  NodePtr ParseAdditive() {
    NodePtr left = ParseMultiplicative();
    while (left && (IsSign("+") || IsSign("-"))) {
      const Op op = Next().text == "+" ? Op::kAdd : Op::kSubtract;
      left = Binary(op, std::move(left), ParseMultiplicative());
    }
    return left;
  }
  NodePtr ParseMultiplicative() {
    NodePtr left = ParsePower();
    while (left && (IsSign("*") || IsSign("/"))) {
      const Op op = Next().text == "*" ? Op::kMultiply : Op::kDivide;
      left = Binary(op, std::move(left), ParsePower());
    }
    return left;
  }
  NodePtr ParsePower() {
    NodePtr left = ParseUnary();
    while (left && TakeSign("**")) left = Binary(Op::kPower, std::move(left), ParseUnary());
    return left;
  }
  NodePtr ParseUnary() {
    if (!IsSign("-")) return ParseInstance();
    const Level level(this);
    if (TooDeep()) return nullptr;
    NodePtr n = Make(Op::kNegate);
    Next();
    NodePtr operand = ParseUnary();
    if (!operand || !Adopt(n.get(), std::move(operand))) return nullptr;
    return Close(std::move(n));
  }
  NodePtr ParseInstance() {
    NodePtr left = ParsePostfix();
    while (left && IsWord("instance") && tokens_[at_ + 1].text == "of") {
      Next();
      Next();
      std::optional<std::string> type = ParseType();
      if (!type) return Unexpected("the name of a type");
      NodePtr n = std::make_unique<Node>();
      n->op = Op::kInstanceOf;
      n->begin = left->begin;
      n->text = *type;
      if (!Adopt(n.get(), std::move(left))) return nullptr;
      left = Close(std::move(n));
    }
    return left;
  }

  // "number", "years and months duration", "list<number>", "context<a: string>", "function<number> -> Any".
  std::optional<std::string> ParseType() {
    const Level level(this);
    if (TooDeep()) return std::nullopt;
    std::optional<std::string> type;
    if (IsWord("function")) {
      type = Next().text;
    } else {
      type = ParseVariable("");
    }
    if (!type) return std::nullopt;
    // "years and months duration" holds a word that is otherwise an operator.
    if ((*type == "years" || *type == "days" || *type == "date") && IsWord("and") &&
        tokens_[at_ + 1].kind == Kind::kWord && !IsKeyword(tokens_[at_ + 1].text)) {
      *type += " " + Next().text;
      if (const auto rest = ParseVariable("")) *type += " " + *rest;
    }
    if (!TakeSign("<")) return type;
    *type += '<';
    while (!IsSign(">")) {
      if (type->back() == ',') *type += ' ';
      if (*type != "" && Peek().kind == Kind::kWord && tokens_[at_ + 1].text == ":") {
        *type += Next().text + ": ";
        Next();
      }
      const std::optional<std::string> part = ParseType();
      if (!part) return std::nullopt;
      *type += *part;
      if (!TakeSign(",")) break;
      *type += ',';
    }
    if (!TakeSign(">")) return std::nullopt;
    *type += '>';
    if (!TakeSign("->")) return type;
    const std::optional<std::string> result = ParseType();
    if (!result) return std::nullopt;
    return *type + "->" + *result;
  }

  NodePtr ParsePostfix() {
    NodePtr left = ParsePrimary();
    while (left) {
      if (TakeSign(".")) {
        const uint32_t at = Peek().begin;
        const std::optional<std::string> name = TakeName(/*any_word=*/true);
        if (!name) return Unexpected("a name after \".\"");
        NodePtr n = std::make_unique<Node>();
        n->op = Op::kPath;
        n->begin = left->begin;
        n->index = static_cast<int32_t>(at);  // where the name stands, for messages
        n->text = *name;
        if (!Adopt(n.get(), std::move(left))) return nullptr;
        left = Close(std::move(n));
      } else if (IsSign("[") && !EndsRange()) {
        Next();
        NodePtr condition = ParseFilterBody();
        if (!condition || !ExpectSign("]")) return nullptr;
        left = Binary(Op::kFilter, std::move(left), std::move(condition));
      } else if (IsSign("(")) {
        return Fail(Peek().begin, "only a built-in function can be called here");
      } else {
        return left;
      }
    }
    return nullptr;
  }

  // "[" after a value opens a filter, but for the end of a half-open range, "[1..10[": nothing that could begin a
  // condition follows it there.
  bool EndsRange() const {
    const Token& next = tokens_[at_ + 1 < tokens_.size() ? at_ + 1 : at_];
    static constexpr std::array<std::string_view, 13> kAfter = {")", "]",  "}",  ",", "=", "!=", "<",
                                                                ">", "<=", ">=", "+", "*", "."};
    static constexpr std::array<std::string_view, 8> kWords = {"and",  "or",     "in",        "then",
                                                               "else", "return", "satisfies", "between"};
    if (next.kind == Kind::kEnd) return true;
    if (next.kind == Kind::kSign) return std::find(kAfter.begin(), kAfter.end(), next.text) != kAfter.end();
    return next.kind == Kind::kWord && std::find(kWords.begin(), kWords.end(), next.text) != kWords.end();
  }

  NodePtr ParseFilterBody() {
    const Level level(this);
    if (TooDeep()) return nullptr;
    known_.push_back("item");
    NodePtr n = ParseAny();
    known_.pop_back();
    return n;
  }

  // The longest known name that starts at the token at hand, else one word.
  std::optional<std::string> TakeName(bool any_word) {
    if (Peek().kind != Kind::kWord) return std::nullopt;
    size_t best = 0;
    const std::string* best_name = nullptr;
    const auto consider = [&](const std::string& name) {
      const size_t tokens = MatchName(name);
      if (tokens > best) {
        best = tokens;
        best_name = &name;
      }
    };
    for (const std::string& name : known_) consider(name);
    for (const std::string& name : BuiltinNames()) consider(name);
    if (best > 1) {
      at_ += best;
      return *best_name;
    }
    if (!any_word && IsKeyword(Peek().text)) return std::nullopt;
    return Next().text;
  }

  // Number of tokens that spell the name, white space being free; 0 when they do not.
  size_t MatchName(const std::string& name) const {
    size_t i = 0, token = at_;
    while (i < name.size()) {
      if (name[i] == ' ') {
        ++i;
        continue;
      }
      const Token& t = tokens_[token];
      if (t.kind == Kind::kEnd || t.kind == Kind::kText || t.kind == Kind::kAtText) return 0;
      if (name.compare(i, t.text.size(), t.text) != 0) return 0;
      i += t.text.size();
      // A word must end where the name's word ends.
      if (i < name.size() && IsNameByte(name[i]) && IsNameByte(t.text.back())) return 0;
      ++token;
    }
    return token - at_;
  }

  NodePtr ParsePrimary() {
    const Token& t = Peek();
    switch (t.kind) {
      case Kind::kNumber: {
        NodePtr n = Make(Op::kLiteral);
        StatusOr<Decimal> d = Decimal::Parse(t.text);
        if (!d.ok()) return Fail(t.begin, Message(d.status()));
        n->literal = Value::Number(*d);
        Next();
        return Close(std::move(n));
      }
      case Kind::kText: {
        NodePtr n = Make(Op::kLiteral);
        n->literal = Value::Text(t.text);
        Next();
        return Close(std::move(n));
      }
      case Kind::kAtText:
        return ParseAtLiteral();
      case Kind::kWord:
        return ParseWord();
      case Kind::kSign:
        break;
      case Kind::kEnd:
        return Unexpected("an expression");
    }
    if (IsSign("(") || IsSign("[") || IsSign("]")) return ParseBracket();
    if (IsSign("{")) return ParseContext();
    if (IsSign("?")) {
      NodePtr n = Make(Op::kTestInput);
      n->tests_input = true;
      Next();
      return Close(std::move(n));
    }
    return Unexpected("an expression");
  }

  NodePtr ParseAtLiteral() {
    NodePtr n = Make(Op::kLiteral);
    const Token& t = Peek();
    const std::optional<Value> v = AtLiteral(t.text);
    if (!v) return Fail(t.begin, WhyNoAtLiteral(t.text));
    n->literal = *v;
    Next();
    return Close(std::move(n));
  }

  NodePtr ParseWord() {
    const Token& t = Peek();
    static constexpr std::array<std::string_view, 3> kConstants = {"true", "false", "null"};
    if (std::find(kConstants.begin(), kConstants.end(), t.text) != kConstants.end()) {
      NodePtr n = Make(Op::kLiteral);
      if (t.text != "null") n->literal = Value::Boolean(t.text == "true");
      Next();
      return Close(std::move(n));
    }
    if (t.text == "if" || t.text == "for" || t.text == "some" || t.text == "every" || t.text == "function") {
      return ParseAny();
    }
    NodePtr n = Make(Op::kName);
    const std::optional<std::string> name = TakeName(/*any_word=*/false);
    if (!name) return Unexpected("an expression");
    n->text = *name;
    if (!IsSign("(")) return Close(std::move(n));
    return ParseCall(std::move(n));
  }

  NodePtr ParseCall(NodePtr n) {
    n->op = Op::kCall;
    Next();
    if (TakeSign(")")) return Close(std::move(n));
    const bool named = NextArgumentIsNamed();
    do {
      if (named) {
        std::string name;
        while (!IsSign(":")) {
          if (Peek().kind == Kind::kEnd) return Unexpected("\":\"");
          if (!name.empty()) name += ' ';
          name += Next().text;
        }
        Next();
        n->names.push_back(name);
      }
      NodePtr argument = ParseAny();
      if (argument && TakeSign("..")) argument = Binary(Op::kRange, std::move(argument), ParseAny());
      if (!argument || !Adopt(n.get(), std::move(argument))) return nullptr;
    } while (TakeSign(","));
    if (!ExpectSign(")")) return nullptr;
    return Close(std::move(n));
  }

  // Words and then ":".
  bool NextArgumentIsNamed() const {
    size_t i = at_;
    while (tokens_[i].kind == Kind::kWord) ++i;
    return i > at_ && tokens_[i].kind == Kind::kSign && tokens_[i].text == ":";
  }

  // (a), (a..b), [a, b], [a..b], ]a..b[.
  NodePtr ParseBracket() {
    const Level level(this);
    if (TooDeep()) return nullptr;
    NodePtr list = Make(Op::kList);
    const std::string open = Next().text;
    if (open == "[" && TakeSign("]")) return Close(std::move(list));
    if (open == "(" && Peek().kind == Kind::kSign && ComparisonOf(Peek().text)) {  // (< 10): a range open at one end
      NodePtr range = ParseTest(/*alone=*/true);
      if (!range || !ExpectSign(")")) return nullptr;
      return range;
    }
    NodePtr first = ParseAny();
    if (!first) return nullptr;
    if (TakeSign("..")) {
      NodePtr range = Binary(Op::kRange, std::move(first), ParseAny());
      if (!range) return nullptr;
      range->begin = list->begin;
      range->low_included = open == "[";
      if (TakeSign("]")) {
        range->high_included = true;
      } else if (TakeSign(")") || TakeSign("[")) {
        range->high_included = false;
      } else {
        return Unexpected("the end of the range: \"]\", \")\" or \"[\"");
      }
      return Close(std::move(range));
    }
    if (open == "(") {
      if (!ExpectSign(")")) return nullptr;
      first->negated |= first->op == Op::kAnd || first->op == Op::kOr;  // brackets keep their own node
      first->begin = list->begin;                                       // a part of the text is whole with its brackets
      return Close(std::move(first));
    }
    if (open == "]") return Unexpected("\"..\"");
    if (!Adopt(list.get(), std::move(first))) return nullptr;
    while (TakeSign(",")) {
      NodePtr item = ParseAny();
      if (!item || !Adopt(list.get(), std::move(item))) return nullptr;
    }
    if (!ExpectSign("]")) return nullptr;
    return Close(std::move(list));
  }

  NodePtr ParseContext() {
    const Level level(this);
    if (TooDeep()) return nullptr;
    NodePtr n = Make(Op::kContext);
    Next();
    if (TakeSign("}")) return Close(std::move(n));
    const size_t known = known_.size();
    do {
      std::string key;
      while (!IsSign(":")) {
        if (Peek().kind == Kind::kEnd || IsSign("}") || IsSign(",")) return Unexpected("\":\" after the key");
        if (!key.empty() && Peek().begin > tokens_[at_ - 1].end) key += ' ';
        key += Next().text;
      }
      if (key.empty()) return Unexpected("a key");
      Next();
      NodePtr entry = ParseAny();
      if (!entry || !Adopt(n.get(), std::move(entry))) return nullptr;
      n->names.push_back(key);
      known_.push_back(key);
    } while (TakeSign(","));
    known_.resize(known);
    if (!ExpectSign("}")) return nullptr;
    return Close(std::move(n));
  }

  std::string_view text_;
  Problem* problem_;
  std::vector<std::string> known_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int level_ = 0;
};

}  // namespace

std::unique_ptr<Node> ParseExpression(std::string_view text, std::span<const std::string> names, Problem* problem) {
  problem->message.clear();
  return Parser(text, names, problem).Expression();
}

std::unique_ptr<Node> ParseUnaryTests(std::string_view text, std::span<const std::string> names, Problem* problem) {
  problem->message.clear();
  return Parser(text, names, problem).UnaryTests();
}

std::string ShowProblem(std::string_view text, const Problem& problem) {
  const size_t at = std::min<size_t>(problem.offset, text.size());
  const size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const size_t end = std::min(text.find('\n', at), text.size());
  // The caret stands under the place, counted in columns of a terminal; a tab stays a tab.
  std::string pad;
  for (size_t i = begin; i < at;) {
    size_t next = i + 1;
    while (next < at && (static_cast<uint8_t>(text[next]) & 0xC0) == 0x80) ++next;
    if (text[i] == '\t')
      pad += '\t';
    else
      pad.append(static_cast<size_t>(std::max(0, DisplayWidth(text.substr(i, next - i)))), ' ');
    i = next;
  }
  return problem.message + "\n  " + std::string(text.substr(begin, end - begin)) + "\n  " + pad + "^";
}

std::string TypeText(const Type& t) {
  static constexpr std::array<std::string_view, 12> kNames = {
      "anything",         "null",  "boolean", "number", "text",  "date", "duration in months",
      "duration in days", "range", "context", "row",    "member"};
  std::string name(kNames[static_cast<size_t>(t.kind)]);
  if (t.list) return t.registry != nullptr ? "rows of " + t.registry->id : "list of " + name;
  return t.registry != nullptr ? "row of " + t.registry->id : name;
}

}  // namespace hearth::feel
