#include "tests/policy/tck_xml.h"

#include <cstdlib>

namespace hearth {
namespace {

std::string LocalName(std::string_view name) {
  const size_t colon = name.rfind(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

std::string Decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '&') {
      out += text[i];
      continue;
    }
    const size_t end = text.find(';', i);
    const std::string_view entity = end == std::string_view::npos ? "" : text.substr(i + 1, end - i - 1);
    if (entity == "lt")
      out += '<';
    else if (entity == "gt")
      out += '>';
    else if (entity == "amp")
      out += '&';
    else if (entity == "quot")
      out += '"';
    else if (entity == "apos")
      out += '\'';
    else if (entity.starts_with("#")) {
      const bool hex = entity.size() > 1 && entity[1] == 'x';
      const long code = std::strtol(std::string(entity.substr(hex ? 2 : 1)).c_str(), nullptr, hex ? 16 : 10);
      if (code < 0x80) {
        out += static_cast<char>(code);
      } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
      } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
      } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
      }
    } else {
      out += '&';
      continue;
    }
    i = end;
  }
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<XmlNode> Run() {
    SkipProlog();
    XmlNode root;
    if (!Element(&root)) return std::nullopt;
    return root;
  }

 private:
  bool At(std::string_view s) const { return text_.substr(i_).starts_with(s); }
  bool SkipTo(std::string_view s) {
    const size_t at = text_.find(s, i_);
    if (at == std::string_view::npos) return false;
    i_ = at + s.size();
    return true;
  }
  void SkipSpace() {
    while (i_ < text_.size() && std::string_view(" \t\r\n").find(text_[i_]) != std::string_view::npos) ++i_;
  }
  void SkipProlog() {
    if (At("\xEF\xBB\xBF")) i_ += 3;
    for (;;) {
      SkipSpace();
      if (At("<?"))
        SkipTo("?>");
      else if (At("<!--"))
        SkipTo("-->");
      else
        return;
    }
  }
  std::string_view Name() {
    const size_t begin = i_;
    while (i_ < text_.size() && std::string_view(" \t\r\n=/>").find(text_[i_]) == std::string_view::npos) ++i_;
    return text_.substr(begin, i_ - begin);
  }

  bool Element(XmlNode* out) {
    if (!At("<")) return false;
    ++i_;
    const std::string_view full = Name();
    out->name = LocalName(full);
    for (;;) {
      SkipSpace();
      if (At("/>")) {
        i_ += 2;
        return true;
      }
      if (At(">")) {
        ++i_;
        break;
      }
      const std::string key = LocalName(Name());
      SkipSpace();
      if (key.empty() || !At("=")) return false;
      ++i_;
      SkipSpace();
      if (i_ >= text_.size()) return false;
      const char quote = text_[i_++];
      const size_t end = text_.find(quote, i_);
      if (end == std::string_view::npos) return false;
      out->attributes[key] = Decode(text_.substr(i_, end - i_));
      i_ = end + 1;
    }
    for (;;) {
      const size_t lt = text_.find('<', i_);
      if (lt == std::string_view::npos) return false;
      out->text += Decode(text_.substr(i_, lt - i_));
      i_ = lt;
      if (At("<!--")) {
        if (!SkipTo("-->")) return false;
      } else if (At("<![CDATA[")) {
        i_ += 9;
        const size_t end = text_.find("]]>", i_);
        if (end == std::string_view::npos) return false;
        out->text += std::string(text_.substr(i_, end - i_));
        i_ = end + 3;
      } else if (At("</")) {
        i_ += 2;
        if (Name() != full) return false;
        SkipSpace();
        if (!At(">")) return false;
        ++i_;
        return true;
      } else {
        XmlNode kid;
        if (!Element(&kid)) return false;
        out->kids.push_back(std::move(kid));
      }
    }
  }

  std::string_view text_;
  size_t i_ = 0;
};

}  // namespace

std::optional<XmlNode> ReadXml(std::string_view text) { return Reader(text).Run(); }

}  // namespace hearth
