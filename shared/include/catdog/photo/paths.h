// Which files of a folder are offered, and in what order: the same for the native tools and the page.
#pragma once

#include <string_view>

namespace catdog {

// True for what no person put there: dotfiles and all below dot-folders, __MACOSX, Thumbs.db, desktop.ini.
// `path`: relative, '/' between folders.
bool is_clutter(std::string_view path);

// The order of rows: by the bytes of the UTF-8 path.
inline bool path_less(std::string_view left, std::string_view right) { return left < right; }

}  // namespace catdog
