#include "matchers/similarity/signature.h"

namespace hearth {
namespace {

template <class Unit>
StringSignature BagOf(std::basic_string_view<Unit> text) {
  StringSignature bag;
  for (Unit unit : text) {
    uint8_t& count = bag.count[static_cast<uint32_t>(unit) % 32];
    if (count < 255) ++count;
  }
  return bag;
}

}  // namespace

StringSignature SignatureOf(std::string_view text) { return BagOf(text); }
StringSignature SignatureOf(std::u32string_view text) { return BagOf(text); }

}  // namespace hearth
