#include "matchers/fellegi_sunter/sql_tokens.h"

namespace hearth::linkage {
namespace {

bool IsSqlDigit(char c) { return c >= '0' && c <= '9'; }
bool StartsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  StatusOr<std::vector<SqlToken>> Scan() {
    std::vector<SqlToken> tokens;
    while (true) {
      while (at_ < sql_.size() && std::string_view(" \t\r\n").find(sql_[at_]) != std::string_view::npos) ++at_;
      if (at_ == sql_.size()) break;
      HEARTH_ASSIGN_OR_RETURN(SqlToken token, Next());
      tokens.push_back(std::move(token));
    }
    tokens.emplace_back();
    return tokens;
  }

 private:
  StatusOr<SqlToken> Next() {
    const char c = sql_[at_];
    const std::string_view rest = sql_.substr(at_);
    if (rest.starts_with("--") || rest.starts_with("/*")) return InvalidArgument("holds a comment, which is not read");
    if (c == '\'') return Quoted(SqlToken::Kind::kText, "text");
    if (c == '"' || c == '`') return Quoted(SqlToken::Kind::kQuotedName, "name");
    if (StartsWord(c)) {
      return Taken(SqlToken::Kind::kWord, [](char d) { return StartsWord(d) || IsSqlDigit(d) || d == '$'; });
    }
    if (IsSqlDigit(c) || (c == '.' && at_ + 1 < sql_.size() && IsSqlDigit(sql_[at_ + 1]))) return Number();
    for (const std::string_view sign : {"<=", ">=", "<>", "!=", "==", "::", "->", "||"}) {
      if (!rest.starts_with(sign)) continue;
      at_ += 2;
      return SqlToken{SqlToken::Kind::kSign, std::string(sign == "!=" ? "<>" : sign == "==" ? "=" : sign)};
    }
    ++at_;
    return SqlToken{SqlToken::Kind::kSign, std::string(1, c)};
  }

  SqlToken Taken(SqlToken::Kind kind, bool (*belongs)(char)) {
    const size_t begin = at_;
    while (at_ < sql_.size() && belongs(sql_[at_])) ++at_;
    return {kind, std::string(sql_.substr(begin, at_ - begin))};
  }

  SqlToken Number() {
    const size_t begin = at_;
    while (at_ < sql_.size() && (IsSqlDigit(sql_[at_]) || sql_[at_] == '.')) ++at_;
    if (at_ < sql_.size() && (sql_[at_] == 'e' || sql_[at_] == 'E')) {
      ++at_;
      if (at_ < sql_.size() && (sql_[at_] == '-' || sql_[at_] == '+')) ++at_;
      while (at_ < sql_.size() && IsSqlDigit(sql_[at_])) ++at_;
    }
    return {SqlToken::Kind::kNumber, std::string(sql_.substr(begin, at_ - begin))};
  }

  // Up to the closing quote; a doubled one stands for itself.
  StatusOr<SqlToken> Quoted(SqlToken::Kind kind, std::string_view what) {
    const char quote = sql_[at_];
    SqlToken token{kind, ""};
    for (++at_; at_ < sql_.size(); ++at_) {
      if (sql_[at_] != quote) {
        token.text += sql_[at_];
      } else if (at_ + 1 < sql_.size() && sql_[at_ + 1] == quote) {
        token.text += sql_[++at_];
      } else {
        ++at_;
        return token;
      }
    }
    return InvalidArgument("a quoted " + std::string(what) + " is not closed");
  }

  const std::string_view sql_;
  size_t at_ = 0;
};

}  // namespace

StatusOr<std::vector<SqlToken>> SqlTokens(std::string_view sql) { return Scanner(sql).Scan(); }

}  // namespace hearth::linkage
