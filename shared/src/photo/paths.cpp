#include "catdog/photo/paths.h"

namespace catdog {

bool is_clutter(std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    const bool dotfile = !part.empty() && part[0] == '.' && part != "." && part != "..";
    if (dotfile || part == "__MACOSX" || part == "Thumbs.db" || part == "desktop.ini") {
      return true;
    }
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace catdog
