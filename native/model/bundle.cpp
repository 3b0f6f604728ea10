#include "model/bundle.h"

#include <stdexcept>
#include <system_error>

#include "support/files.h"
#include "support/hash.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// `problem` begins with the file's name in `folder`; empty: none.
void refuse(const fs::path& folder, const std::string& problem) {
  if (!problem.empty()) throw std::runtime_error((folder / problem).string());
}

// The size of a regular file, so that one of another size need not be read; 0 where that is for read_file to say.
std::uint64_t size_of(const fs::path& file) {
  std::error_code failed;
  const std::uintmax_t size = fs::is_regular_file(file, failed) ? fs::file_size(file, failed) : 0;
  return failed ? 0 : size;
}

std::vector<std::uint8_t> read_part(const fs::path& file) {
  try {
    return read_file(file);
  } catch (const std::exception& failure) {
    throw std::runtime_error(file.string() + ": " + failure.what());
  }
}

}  // namespace

ModelBundle read_bundle(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    fail(folder, "a model bundle (a folder with model.json and model.onnx)",
         fs::exists(folder) ? "a file" : "nothing of that name");
  }
  const fs::path card_file = folder / "model.json";
  auto card = size_of(card_file) > kMaxCardBytes ? read_card({nullptr, size_of(card_file)})
                                                 : read_card(view(read_part(card_file)));
  if (!card) refuse(folder, card.error().message);
  ModelBundle bundle;
  bundle.card = std::move(*card);
  bundle.onnx_file = folder / bundle.card.onnx.name;
  if (const auto size = size_of(bundle.onnx_file); size > 0) refuse(folder, problem_with_size(bundle.card.onnx, size));
  bundle.onnx = read_part(bundle.onnx_file);
  refuse(folder, problem_with_size(bundle.card.onnx, bundle.onnx.size()));
  refuse(folder, problem_with_hash(bundle.card.onnx, sha256(view(bundle.onnx))));
  return bundle;
}

}  // namespace catdog
