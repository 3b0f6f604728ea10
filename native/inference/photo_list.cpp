#include "inference/photo_list.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <stdexcept>

#include "catdog/photo/paths.h"
#include "support/files.h"
#include "support/interrupt.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// "photos" for photos, photos/, ./photos, and for "." in it; empty for the root.
std::string own_name(const fs::path& folder) {
  std::error_code failed;
  fs::path whole = fs::absolute(folder, failed).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  return whole.filename().string();
}

// "2024/photos" for 2024/photos/ and ./2024/photos.
std::string given_name(const fs::path& folder) {
  const fs::path given = folder.lexically_normal();
  return (given.has_filename() ? given : given.parent_path()).string();
}

// Waits in short turns, so that Ctrl-C is heard. Gives 0 at the end.
std::size_t read_some(int descriptor, char* buffer, std::size_t size) {
  constexpr int kTurn = 200;  // milliseconds
  for (;;) {
    check_interrupt();
    pollfd waiting{descriptor, POLLIN, 0};
    if (::poll(&waiting, 1, kTurn) <= 0) continue;
    const ssize_t got = ::read(descriptor, buffer, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) {
      throw std::runtime_error(std::string("standard input: expected a list of paths, found ") + std::strerror(errno));
    }
  }
}

}  // namespace

void PhotoList::leave_out(const fs::path& own) {
  std::error_code failed;
  const fs::path whole = fs::absolute(own, failed).lexically_normal();
  const fs::path named = whole.has_filename() ? whole : whole.parent_path();
  // By its own name, and by that of the file which it leads to where it is a link.
  for (const fs::path& path :
       {fs::weakly_canonical(named.parent_path(), failed) / named.filename(), fs::weakly_canonical(named, failed)}) {
    if (!path.empty()) own_.push_back(path);
  }
}

// `file`: its folder without links.
bool PhotoList::is_own(const fs::path& file) const {
  const std::string& path = file.native();
  return std::any_of(own_.begin(), own_.end(), [&](const fs::path& one) {
    const std::string& own = one.native();
    return path.compare(0, own.size(), own) == 0 && (path.size() == own.size() || path[own.size()] == '/');
  });
}

void PhotoList::add(const std::string& argument) {
  std::error_code failed;
  const fs::file_status status = fs::symlink_status(argument, failed);
  if (!fs::exists(status)) {
    throw std::runtime_error(argument + ": expected a folder or a file, found " +
                             (status.type() == fs::file_type::not_found ? "nothing of that name" : failed.message()));
  }
  if (!fs::is_directory(argument, failed)) {
    entries_.push_back({argument, -1});
    return;
  }
  const std::string name = own_name(argument);
  folders_.push_back({argument, name, name});
  const fs::path place = fs::canonical(argument, failed);
  for (const std::string& path : list_files(argument)) {
    if (is_own(place / path)) {
      ++own_files_;
      continue;
    }
    entries_.push_back({name + '/' + path, static_cast<int>(folders_.size()) - 1});
  }
}

// Takes a path that has been read whole.
void PhotoList::end_listed(std::string& path, char separator, bool first) {
  if (separator == '\n') {
    if (first && path.rfind("\xEF\xBB\xBF", 0) == 0) path.erase(0, 3);
    if (!path.empty() && path.back() == '\r') path.pop_back();
  }
  if (!path.empty()) entries_.push_back({path, -1});
  path.clear();
}

void PhotoList::add_listed(int descriptor, char separator) {
  std::string path;
  bool first = true;
  char buffer[1 << 16];
  while (const std::size_t got = read_some(descriptor, buffer, sizeof buffer)) {
    for (std::size_t i = 0; i < got; ++i) {
      if (buffer[i] == '\0' && separator != '\0') {
        const bool utf_16 = first && (path.rfind("\xFF\xFE", 0) == 0 || path.rfind("\xFE\xFF", 0) == 0);
        if (utf_16) throw std::runtime_error("standard input: expected a list of paths in UTF-8, found UTF-16");
        throw std::runtime_error(
            "standard input: expected paths ended by new lines, found NUL; with --null they end so");
      }
      if (buffer[i] != separator) {
        path += buffer[i];
      } else {
        end_listed(path, separator, first);
        first = false;
      }
    }
  }
  end_listed(path, separator, first);
}

void PhotoList::sort() {
  tell_folders_apart();
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& left, const Entry& right) { return path_less(left.path, right.path); });
}

void PhotoList::keep(std::size_t begin, std::size_t end) {
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(end), entries_.end());
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(begin));
}

std::string PhotoList::file(std::size_t index) const {
  const Entry& entry = entries_[index];
  if (entry.folder < 0) return entry.path;
  const Folder& folder = folders_[entry.folder];
  return folder.place + entry.path.substr(folder.called.size());
}

void PhotoList::tell_folders_apart() {
  std::map<std::string, int> times;
  for (const Folder& folder : folders_) ++times[folder.own_name];
  for (Folder& folder : folders_) {
    if (times[folder.own_name] > 1) folder.called = given_name(folder.place);
  }
  for (Entry& entry : entries_) {
    if (entry.folder < 0) continue;
    const Folder& folder = folders_[entry.folder];
    if (folder.called != folder.own_name) entry.path = folder.called + entry.path.substr(folder.own_name.size());
  }
}

}  // namespace catdog
