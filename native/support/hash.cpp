#include "support/hash.h"

#include <openssl/evp.h>

#include <fstream>
#include <stdexcept>
#include <vector>

namespace catdog {

Sha256::Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("expected SHA-256 from OpenSSL, found none");
  }
}

Sha256::~Sha256() = default;

Sha256& Sha256::add(Bytes bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data, bytes.size);
  return *this;
}

Sha256& Sha256::add(const std::string& text) {
  EVP_DigestUpdate(context_.get(), text.data(), text.size());
  return *this;
}

std::string Sha256::hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_DigestFinal_ex(context_.get(), digest, &length);
  std::string digits;
  for (unsigned i = 0; i < length; ++i) {
    digits += "0123456789abcdef"[digest[i] >> 4];
    digits += "0123456789abcdef"[digest[i] & 15];
  }
  return digits;
}

std::string sha256(Bytes bytes) { return Sha256().add(bytes).hex(); }

std::string sha256_of_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  Sha256 hash;
  std::vector<char> block(1 << 20);
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    hash.add({reinterpret_cast<const std::uint8_t*>(block.data()), static_cast<std::size_t>(stream.gcount())});
  }
  if (!stream.eof()) throw std::runtime_error(file.string() + ": expected a readable file, found none");
  return hash.hex();
}

}  // namespace catdog
