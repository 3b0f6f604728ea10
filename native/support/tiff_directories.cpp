#include "support/tiff_directories.h"

#include <algorithm>
#include <cstring>

namespace catdog {
namespace {

// TIFF 6.0, TIFF/EP (ISO 12234-2) and DNG 1.6.
enum Tag : std::uint64_t {
  kNewSubfileType = 254,
  kImageWidth = 256,
  kImageLength = 257,
  kCompression = 259,
  kPhotometric = 262,
  kStripOffsets = 273,
  kOrientation = 274,
  kStripByteCounts = 279,
  kSubIfds = 330,
  kJpegOffset = 513,
  kJpegBytes = 514,
  kDngVersion = 50706,
};
constexpr std::uint64_t kColourFilterArray = 32803, kLinearRaw = 34892;  // photometric
constexpr std::uint64_t kOldJpeg = 6, kJpeg = 7;                         // compression

// Numbers at places in a file; 0 beyond its end.
class Numbers {
 public:
  Numbers(Bytes file, bool little) : file_(file), little_(little) {}
  std::uint64_t u8(std::uint64_t at) const { return at < file_.size ? file_.data[at] : 0; }
  std::uint64_t u16(std::uint64_t at) const { return little_ ? u8(at) | u8(at + 1) << 8 : u8(at) << 8 | u8(at + 1); }
  std::uint64_t u32(std::uint64_t at) const {
    return little_ ? u16(at) | u16(at + 2) << 16 : u16(at) << 16 | u16(at + 2);
  }

 private:
  Bytes file_;
  bool little_;
};

struct Entry {
  std::uint64_t tag, count, at;  // at: where its values are
  std::uint64_t bytes;           // of each
};

Entry read_entry(const Numbers& numbers, std::uint64_t at) {
  constexpr std::uint64_t kBytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};  // by type
  const std::uint64_t type = numbers.u16(at + 2);
  Entry entry{numbers.u16(at), numbers.u32(at + 4), at + 8, type < std::size(kBytes) ? kBytes[type] : 0};
  if (entry.bytes * entry.count > 4) entry.at = numbers.u32(at + 8);
  return entry;
}

std::uint64_t value(const Numbers& numbers, const Entry& entry, std::uint64_t index = 0) {
  if (entry.bytes == 1) return numbers.u8(entry.at + index);
  if (entry.bytes == 2) return numbers.u16(entry.at + 2 * index);
  return entry.bytes == 4 ? numbers.u32(entry.at + 4 * index) : 0;
}

// The bytes there, where a JPEG file begins with them; else none.
Bytes jpeg_at(Bytes file, std::uint64_t offset, std::uint64_t bytes) {
  if (offset >= file.size || file.size - offset < 4) return {};
  const Bytes found{file.data + offset, static_cast<std::size_t>(std::min<std::uint64_t>(bytes, file.size - offset))};
  return found.size > 4 && std::memcmp(found.data, "\xFF\xD8\xFF", 3) == 0 ? found : Bytes();
}

// Reads the directory; adds where those within it are to `within`. Gives where the next one is; 0: nowhere.
std::uint64_t read_directory(Bytes file, const Numbers& numbers, TiffDirectory& directory,
                             std::vector<std::uint64_t>& within) {
  std::uint64_t strips = 0, strip = 0, strip_bytes = 0, jpeg = 0, jpeg_bytes = 0;
  const std::uint64_t entries = numbers.u16(directory.offset), begin = directory.offset + 2;
  for (std::uint64_t at = begin; at < begin + 12 * entries && at + 12 <= file.size; at += 12) {
    const Entry entry = read_entry(numbers, at);
    const std::uint64_t first = value(numbers, entry);
    switch (entry.tag) {
      case kNewSubfileType: directory.reduced = (first & 1) != 0; break;
      case kImageWidth: directory.width = first; break;
      case kImageLength: directory.height = first; break;
      case kCompression: directory.compression = first; break;
      case kPhotometric: directory.photometric = first; break;
      case kOrientation: directory.orientation = first; break;
      case kDngVersion: directory.has_dng_version = true; break;
      case kStripOffsets: strips = entry.count, strip = first; break;
      case kStripByteCounts: strip_bytes = first; break;
      case kJpegOffset: jpeg = first; break;
      case kJpegBytes: jpeg_bytes = first; break;
      case kSubIfds:
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(entry.count, kMostDirectories); ++i) {
          within.push_back(value(numbers, entry, i));
        }
        break;
      default: break;
    }
  }
  const bool is_jpeg = directory.compression == kOldJpeg || directory.compression == kJpeg;
  directory.jpeg = jpeg_at(file, jpeg, jpeg_bytes);
  if (directory.jpeg.size == 0 && is_jpeg && strips == 1) directory.jpeg = jpeg_at(file, strip, strip_bytes);
  return numbers.u32(begin + 12 * entries);
}

}  // namespace

std::vector<TiffDirectory> read_tiff_directories(Bytes file) {
  std::vector<TiffDirectory> found;
  if (file.size < 8) return found;
  const Numbers numbers(file, file.data[0] == 'I');
  if (numbers.u16(2) != 42) return found;
  std::vector<std::uint64_t> within;
  const auto add = [&](std::uint64_t offset) {
    TiffDirectory directory;
    directory.offset = offset;
    const std::uint64_t next = read_directory(file, numbers, directory, within);
    found.push_back(directory);
    return next;
  };
  // A chain may lead back into itself: its length is bounded.
  for (std::uint64_t at = numbers.u32(4); at != 0 && at < file.size && found.size() < kMostDirectories;) at = add(at);
  for (std::size_t i = 0; i < within.size() && found.size() < kMostDirectories; ++i) {
    if (within[i] != 0 && within[i] < file.size) add(within[i]);
  }
  return found;
}

bool is_sensor_data(const TiffDirectory& directory) {
  return directory.photometric == kColourFilterArray || directory.photometric == kLinearRaw;
}

bool is_camera_raw(Bytes file, const std::vector<TiffDirectory>& directories) {
  if (file.size > 10 && std::memcmp(file.data + 8, "CR", 2) == 0) return true;  // CR2 says so, and its data does not
  return std::any_of(directories.begin(), directories.end(), [](const TiffDirectory& directory) {
    return is_sensor_data(directory) || directory.has_dng_version;
  });
}

}  // namespace catdog
