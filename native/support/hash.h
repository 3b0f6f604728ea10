// SHA-256, as hexadecimal digits.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "catdog/bytes.h"

struct evp_md_ctx_st;

namespace catdog {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256& add(Bytes bytes);
  Sha256& add(const std::string& text);
  std::string hex();  // once, at the end: 64 digits

 private:
  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

std::string sha256(Bytes bytes);

// Of a file of any size. Throws std::runtime_error where it cannot be read.
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace catdog
