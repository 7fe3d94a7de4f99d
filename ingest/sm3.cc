#include "ingest/sm3.h"

#include <openssl/evp.h>

#include "core/status.h"

namespace hearth {

struct Sm3::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sm3::Sm3() : state_(std::make_unique<State>()) {
  const bool ok = state_->context != nullptr && EVP_DigestInit_ex(state_->context, EVP_sm3(), nullptr) == 1;
  HEARTH_CHECK(ok, "OpenSSL offers no SM3");
}
Sm3::~Sm3() = default;
Sm3::Sm3(Sm3&&) noexcept = default;
Sm3& Sm3::operator=(Sm3&&) noexcept = default;

void Sm3::Update(std::string_view bytes) {
  HEARTH_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1, "SM3 update");
}

std::string Sm3::Finish() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HEARTH_CHECK(EVP_DigestFinal_ex(state_->context, digest, &size) == 1, "SM3 finish");
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 15];
  }
  return hex;
}

std::string Sm3Hex(std::string_view bytes) {
  Sm3 sm3;
  sm3.Update(bytes);
  return sm3.Finish();
}

}  // namespace hearth
