// The program itself, run as people and scripts run it, and what reads its outputs.
//
//   const Ran ran = Hearth({"alerts", "--config", site.config()}, site.path());
//   EXPECT_EQ(ran.exit, 0) << ran.err;
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "tests/nightly/made_site.h"

namespace hearth {

struct Ran {
  int exit = -1;
  std::string out, err;
};

inline std::string Quoted(const std::string& argument) {
  std::string quoted = "'";
  for (const char c : argument) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

inline Ran Hearth(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
  std::string command = Quoted(HEARTH_PROGRAM);
  for (const std::string& a : arguments) command += " " + Quoted(a);
  const std::filesystem::path out = folder / "out.txt", err = folder / "err.txt";
  const int status = std::system((command + " >" + Quoted(out.string()) + " 2>" + Quoted(err.string())).c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadBytes(out), ReadBytes(err)};
}

// Reads one JSON value (RFC 8259) and keeps the texts it holds; says where it stops being one.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {
    Value(0);
    Space();
    ok_ = ok_ && at_ == text_.size();
  }
  bool ok() const { return ok_; }
  size_t at() const { return at_; }
  // Values of a key that are texts, wherever they stand.
  std::vector<std::string> Texts(const std::string& key) const {
    const auto found = texts_.find(key);
    return found == texts_.end() ? std::vector<std::string>{} : found->second;
  }

 private:
  void Space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool Take(char c) {
    Space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void Need(bool condition) { ok_ = ok_ && condition; }
  std::string Text() {
    Need(Take('"'));
    std::string value;
    while (ok_ && at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_++];
      Need(static_cast<unsigned char>(c) >= 0x20);
      if (c == '\\') {
        Need(at_ < text_.size() && std::string_view("\"\\/bfnrtu").find(text_[at_]) != std::string_view::npos);
        if (!ok_) return value;
        if (text_[at_] == 'u') {
          for (int i = 1; i <= 4; ++i) Need(at_ + i < text_.size() && std::isxdigit(text_[at_ + i]));
          at_ += 4;
        }
        ++at_;
      } else {
        value += c;
      }
    }
    Need(Take('"'));
    return value;
  }
  void Value(int depth, const std::string& key = "") {
    Space();
    Need(depth < 50 && at_ < text_.size());
    if (!ok_) return;
    if (text_[at_] == '"') {
      texts_[key].push_back(Text());
    } else if (Take('{')) {
      if (Take('}')) return;
      do {
        const std::string name = Text();
        Need(Take(':'));
        if (ok_) Value(depth + 1, name);
      } while (ok_ && Take(','));
      Need(Take('}'));
    } else if (Take('[')) {
      if (Take(']')) return;
      do {
        Value(depth + 1, key);
      } while (ok_ && Take(','));
      Need(Take(']'));
    } else {
      static const std::regex kScalar("true|false|null|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?");
      std::cmatch found;
      Need(std::regex_search(text_.data() + at_, text_.data() + text_.size(), found, kScalar,
                             std::regex_constants::match_continuous));
      if (ok_) at_ += static_cast<size_t>(found.length());
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  bool ok_ = true;
  std::map<std::string, std::vector<std::string>> texts_;
};

// A run of exactly eighteen places that looks like a citizen number; an id (p-, u-) is none.
inline bool HoldsCitizenNumber(const std::string& text) {
  static const std::regex kNumber("(^|[^0-9A-Za-z-])[1-9][0-9]{16}[0-9Xx]($|[^0-9A-Za-z])");
  return std::regex_search(text, kNumber);
}

}  // namespace hearth
