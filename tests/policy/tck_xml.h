// A small reader of the XML that the conformance cases are written in: elements, attributes, text, CDATA, comments,
// the five named entities and numeric ones. No DTD, no namespaces beyond dropping the prefix.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth {

struct XmlNode {
  std::string name;                               // without prefix
  std::map<std::string, std::string> attributes;  // without prefix
  std::string text;                               // of this element itself
  std::vector<XmlNode> kids;

  const XmlNode* Find(std::string_view child) const {
    for (const XmlNode& k : kids) {
      if (k.name == child) return &k;
    }
    return nullptr;
  }
  std::string Attribute(const std::string& key) const {
    const auto it = attributes.find(key);
    return it == attributes.end() ? "" : it->second;
  }
  std::string ChildText(std::string_view child) const {
    const XmlNode* k = Find(child);
    return k == nullptr ? "" : k->text;
  }
};

// nullopt when the text is not well formed.
std::optional<XmlNode> ReadXml(std::string_view text);

}  // namespace hearth
