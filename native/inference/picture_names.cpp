#include "inference/picture_names.h"

#include <algorithm>
#include <vector>

#include "catdog/text.h"

namespace catdog {
namespace {

constexpr std::size_t kMostOfName = 180;  // bytes: room for "-2.png" and for the name of a file in the making

// At most so many bytes, not ending amid a character.
std::string cut(const std::string& name) {
  if (name.size() <= kMostOfName) return name;
  constexpr std::size_t kLongestCharacter = 4;
  for (std::size_t back = 1; back < kLongestCharacter; ++back) {
    const std::size_t begin = kMostOfName - back;
    if (utf8_length(std::string_view(name).substr(begin)) > back) return name.substr(0, begin);
  }
  return name.substr(0, kMostOfName);
}

// The path's parts that can be names of files.
std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    std::string part = path.substr(begin, end - begin);
    std::replace(part.begin(), part.end(), '\0', '_');
    if (!part.empty() && part != "." && part != "..") parts.push_back(cut(part));
    begin = end + 1;
  }
  if (parts.empty()) parts.push_back("photo");
  return parts;
}

std::string numbered(const std::string& name, int number) {
  return number == 1 ? name : name + '-' + std::to_string(number);
}

}  // namespace

std::filesystem::path PictureNames::next(const std::string& path) {
  const std::vector<std::string> parts = parts_of(path);
  std::string above;  // with its slash
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    int number = 1;
    while (files_.count(above + numbered(parts[i], number)) > 0) ++number;
    above += numbered(parts[i], number);
    folders_.insert(above);
    above += '/';
  }
  std::string file;
  for (int number = 1; file.empty() || folders_.count(file) > 0 || !files_.insert(file).second; ++number) {
    file = above + numbered(parts.back(), number) + ".png";
  }
  return file;
}

}  // namespace catdog
