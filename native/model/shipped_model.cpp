#include "model/shipped_model.h"

#include <system_error>

namespace catdog {

std::filesystem::path shipped_model() {
  std::error_code unknown;  // without /proc, the current folder stands for the tool's
  const std::filesystem::path tool = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return (tool.parent_path() / "../share/catdog/model").lexically_normal();
}

}  // namespace catdog
