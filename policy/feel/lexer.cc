#include "policy/feel/lexer.h"

#include <array>

namespace hearth::feel {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'; }

// Bytes of one space beyond ASCII (no-break space, the general spaces, ideographic space), 0 when there is none.
size_t WideSpace(std::string_view rest) {
  static constexpr std::array<std::string_view, 3> kSpaces = {"\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"};
  for (const std::string_view space : kSpaces) {
    if (rest.starts_with(space)) return space.size();
  }
  if (rest.size() >= 3 && rest.starts_with("\xE2\x80") && static_cast<uint8_t>(rest[2]) <= 0x8A) return 3;
  return 0;
}

void AppendUtf8(uint32_t c, std::string* out) {
  if (c < 0x80) {
    *out += static_cast<char>(c);
  } else if (c < 0x800) {
    *out += static_cast<char>(0xC0 | (c >> 6));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out += static_cast<char>(0xE0 | (c >> 12));
    *out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    *out += static_cast<char>(0xF0 | (c >> 18));
    *out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    *out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    *out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// The ASCII sign that a full-width one (as Chinese input methods type them) stands for, empty when it is none.
std::string_view NarrowSign(std::string_view rest) {
  static constexpr struct {
    std::string_view wide, narrow;
  } kSigns[] = {{"（", "("}, {"）", ")"}, {"，", ","}, {"：", ":"}, {"＞", ">"}, {"＜", "<"}, {"＝", "="}, {"＋", "+"},
                {"－", "-"}, {"＊", "*"}, {"／", "/"}, {"【", "["}, {"】", "]"}, {"“", "\""}, {"”", "\""}, {"。", "."},
                {"、", ","}, {"；", ";"}, {"≥", ">="}, {"≤", "<="}, {"≠", "!="}, {"×", "*"},  {"÷", "/"}};
  for (const auto& s : kSigns) {
    if (rest.starts_with(s.wide)) return s.narrow;
  }
  return {};
}

class Reader {
 public:
  Reader(std::string_view text, std::vector<Token>* tokens, Problem* problem)
      : text_(text), tokens_(tokens), problem_(problem) {}

  bool Run() {
    for (;;) {
      if (!SkipBlank()) return false;
      Token t;
      t.begin = At();
      if (i_ >= text_.size()) {
        t.end = t.begin;
        tokens_->push_back(t);
        return true;
      }
      const char c = text_[i_];
      if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) {
        ReadNumber(&t);
      } else if (c == '"') {
        t.kind = Token::Kind::kText;
        if (!ReadText(&t)) return false;
      } else if (c == '@' && Peek(1) == '"') {
        ++i_;
        t.kind = Token::Kind::kAtText;
        if (!ReadText(&t)) return false;
      } else if (IsNameByte(c)) {
        t.kind = Token::Kind::kWord;
        while (i_ < text_.size() && IsNameByte(text_[i_]) && WideSpace(text_.substr(i_)) == 0) {
          const std::string_view narrow = NarrowSign(text_.substr(i_));
          if (!narrow.empty()) return Fail(At(), "a full-width sign; write " + std::string(narrow));
          t.text += text_[i_++];
        }
      } else if (!ReadSign(&t)) {
        return Fail(t.begin, std::string("\"") + c + "\" is no sign of FEEL");
      }
      t.end = At();
      tokens_->push_back(std::move(t));
    }
  }

 private:
  uint32_t At() const { return static_cast<uint32_t>(i_); }
  char Peek(size_t n) const { return i_ + n < text_.size() ? text_[i_ + n] : '\0'; }
  bool Fail(uint32_t at, std::string message) {
    *problem_ = {at, std::move(message)};
    return false;
  }

  bool SkipBlank() {
    while (i_ < text_.size()) {
      const std::string_view rest = text_.substr(i_);
      if (IsSpace(rest[0])) {
        ++i_;
      } else if (const size_t wide = WideSpace(rest); wide > 0) {
        i_ += wide;
      } else if (rest.starts_with("//")) {
        while (i_ < text_.size() && text_[i_] != '\n') ++i_;
      } else if (rest.starts_with("/*")) {
        const size_t end = text_.find("*/", i_ + 2);
        if (end == std::string_view::npos) return Fail(At(), "the comment does not end: */ is missing");
        i_ = end + 2;
      } else {
        break;
      }
    }
    return true;
  }

  void ReadNumber(Token* t) {
    t->kind = Token::Kind::kNumber;
    const size_t begin = i_;
    while (IsDigit(Peek(0))) ++i_;
    if (Peek(0) == '.' && IsDigit(Peek(1))) {  // "1..5" is a range
      ++i_;
      while (IsDigit(Peek(0))) ++i_;
    }
    if (Peek(0) == 'e' || Peek(0) == 'E') {
      const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 2 : 1;
      if (IsDigit(Peek(sign))) {
        i_ += sign;
        while (IsDigit(Peek(0))) ++i_;
      }
    }
    t->text = std::string(text_.substr(begin, i_ - begin));
  }

  bool ReadHex(size_t digits, uint32_t* out) {
    uint32_t v = 0;
    for (size_t k = 0; k < digits; ++k) {
      const char c = Peek(0);
      const int d = IsDigit(c)             ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
      if (d < 0) return false;
      v = v * 16 + static_cast<uint32_t>(d);
      ++i_;
    }
    *out = v;
    return true;
  }

  bool ReadText(Token* t) {
    const uint32_t open = At();
    ++i_;
    uint32_t high_surrogate = 0;
    for (;;) {
      if (i_ >= text_.size()) return Fail(open, "the text does not end: a quote is missing");
      const char c = text_[i_++];
      if (c == '"') return true;
      if (c != '\\') {
        t->text += c;
        continue;
      }
      const uint32_t at = At() - 1;
      const char e = i_ < text_.size() ? text_[i_++] : '\0';
      switch (e) {
        case 'n':
          t->text += '\n';
          break;
        case 't':
          t->text += '\t';
          break;
        case 'r':
          t->text += '\r';
          break;
        case '"':
        case '\\':
        case '\'':
          t->text += e;
          break;
        case 'u':
        case 'U': {
          uint32_t code = 0;
          if (!ReadHex(e == 'u' ? 4 : 6, &code) || code > 0x10FFFF) return Fail(at, "bad \\u escape");
          if (code >= 0xD800 && code < 0xDC00) {
            high_surrogate = code;
          } else if (code >= 0xDC00 && code < 0xE000) {
            if (high_surrogate == 0) return Fail(at, "half of a surrogate pair");
            AppendUtf8(0x10000 + ((high_surrogate - 0xD800) << 10) + (code - 0xDC00), &t->text);
            high_surrogate = 0;
          } else {
            AppendUtf8(code, &t->text);
          }
          break;
        }
        default:  // any other backslash stands for itself
          t->text += '\\';
          if (e != '\0') --i_;
      }
    }
  }

  bool ReadSign(Token* t) {
    static constexpr std::array<std::string_view, 28> kSigns = {"..", "**", "<=", ">=", "!=", "->", "+", "-", "*", "/",
                                                                "=",  "<",  ">",  "(",  ")",  "[",  "]", "{", "}", ",",
                                                                ":",  ".",  "?",  "|",  ";",  "'",  "^", "%"};
    for (const std::string_view sign : kSigns) {
      if (text_.substr(i_).starts_with(sign)) {
        t->kind = Token::Kind::kSign;
        t->text = std::string(sign);
        i_ += sign.size();
        return true;
      }
    }
    return false;
  }

  std::string_view text_;
  std::vector<Token>* tokens_;
  Problem* problem_;
  size_t i_ = 0;
};

}  // namespace

bool IsNameByte(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<uint8_t>(c) >= 0x80;
}

bool ReadTokens(std::string_view text, std::vector<Token>* tokens, Problem* problem) {
  return Reader(text, tokens, problem).Run();
}

}  // namespace hearth::feel
