// Any bytes as stored values: each is refused or decodes, and what decoded keeps its value when it is stored again.
#include "core/status.h"
#include "store/codec.h"

namespace {

template <class Decode, class Encode>
void Check(std::string_view bytes, Decode decode, Encode encode) {
  const auto value = decode(bytes);
  if (!value.ok()) return;
  const std::string stored = encode(*value);
  const auto again = decode(stored);
  HEARTH_CHECK(again.ok() && encode(*again) == stored, "storing a value changes it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes, hearth::DecodePerson, hearth::EncodePerson);
  Check(bytes, hearth::DecodeHousehold, hearth::EncodeHousehold);
  Check(bytes, hearth::DecodeUnit, hearth::EncodeUnit);
  Check(bytes, hearth::DecodeKin, hearth::EncodeKin);
  Check(bytes, hearth::DecodeAlert, hearth::EncodeAlert);
  return 0;
}
