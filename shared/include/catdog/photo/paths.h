// Which files of a folder are offered, in what order, and how their paths are written: the same for the native tools
// and the page.
#pragma once

#include <string>
#include <string_view>

namespace catdog {

// True for what no person put there: dotfiles and all below dot-folders, __MACOSX, Thumbs.db, desktop.ini.
// `path`: relative, '/' between folders.
bool is_hidden_or_system_file(std::string_view path);

// The order of rows: by the bytes of the UTF-8 path.
inline bool path_less(std::string_view left, std::string_view right) { return left < right; }

// A path of any bytes as UTF-8 text. Nearly every path stays as it is. One that holds bytes which are not UTF-8 has
// \xE9 in place of each of them, and every backslash of it is doubled; so is a path in UTF-8 that reads like one of
// those (a backslash, x, and two digits from 80 to FF). No two paths become the same text. Linear time.
std::string escape_path(std::string_view path);

// The path that escape_path() was given. Text that it never writes stays as it is.
std::string unescape_path(std::string_view text);

}  // namespace catdog
