#include "support/npy.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <regex>
#include <stdexcept>

#include "support/files.h"

namespace catdog {
namespace {

constexpr std::size_t kHeaderBytes = 128;  // room for any number of rows; NumPy wants a multiple of 64
constexpr char kMagic[] = "\x93NUMPY\x01";

std::size_t item_bytes(const std::string& descr) {
  if (descr == "|u1") return 1;
  if (descr == "<f4") return 4;
  if (descr == "<i8") return 8;
  return 0;
}

}  // namespace

NpyWriter::NpyWriter(const std::filesystem::path& file, std::string descr, std::vector<std::size_t> row_shape)
    : file_(file), descr_(std::move(descr)), row_shape_(std::move(row_shape)), stream_(file, std::ios::binary) {
  if (!stream_) fail(file_, "a file that can be written", std::strerror(errno));
  write_header(0);
}

void NpyWriter::write_header(std::size_t rows) {
  std::string text = "{'descr': '" + descr_ + "', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ",";
  for (const std::size_t side : row_shape_) text += " " + std::to_string(side) + ",";
  if (!row_shape_.empty()) text.pop_back();
  text += "), }";
  text.resize(kHeaderBytes - 11, ' ');
  std::string header(kMagic, 7);
  header += '\0';
  header += static_cast<char>((kHeaderBytes - 10) & 255);
  header += static_cast<char>((kHeaderBytes - 10) >> 8);
  stream_ << header << text << '\n';
}

void NpyWriter::append(const void* row, std::size_t bytes) {
  stream_.write(static_cast<const char*>(row), static_cast<std::streamsize>(bytes));
  if (!stream_) fail(file_, "to be written whole", std::strerror(errno));
}

void NpyWriter::finish(std::size_t rows) {
  stream_.seekp(0);
  write_header(rows);
  stream_.close();
  if (!stream_) fail(file_, "to be written whole", std::strerror(errno));
  sync_to_disk(file_);
}

NpyArray::NpyArray(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail(file, "a NumPy array", std::strerror(errno));
  struct stat status {};
  ::fstat(descriptor, &status);
  size_ = static_cast<std::size_t>(status.st_size);
  void* map = size_ > 0 ? ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, descriptor, 0) : MAP_FAILED;
  ::close(descriptor);
  if (map == MAP_FAILED) fail(file, "a NumPy array", size_ ? std::strerror(errno) : "an empty file");
  map_ = static_cast<std::uint8_t*>(map);
  try {
    parse_header(file);
  } catch (...) {
    ::munmap(map_, size_);
    throw;
  }
}

NpyArray::~NpyArray() { ::munmap(map_, size_); }

void NpyArray::parse_header(const std::filesystem::path& file) {
  if (size_ < 10 || std::memcmp(map_, kMagic, 7) != 0) fail(file, "a NumPy array (format 1.0)", "other bytes");
  const std::size_t length = map_[8] | map_[9] << 8;
  offset_ = 10 + length;
  if (offset_ > size_) fail(file, "a header of " + std::to_string(length) + " bytes", "the end of the file");
  const std::string header(reinterpret_cast<const char*>(map_) + 10, length);
  static const std::regex kHeader(
      R"(\s*\{\s*'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \(([0-9, ]*)\),? *\}\s*)");
  std::smatch match;
  if (!std::regex_match(header, match, kHeader)) fail(file, "a NumPy header", header.substr(0, 80));
  if (match[2] == "True") fail(file, "C order", "Fortran order");
  descr_ = match[1];
  const std::string shape = match[3];
  std::size_t needed = item_bytes(descr_);
  if (needed == 0) fail(file, "the type |u1, <f4 or <i8", descr_);
  static const std::regex kNumber("[0-9]{1,18}");
  for (std::sregex_iterator at(shape.begin(), shape.end(), kNumber), end; at != end; ++at) {
    shape_.push_back(std::stoull(at->str()));
    if (__builtin_mul_overflow(needed, shape_.back(), &needed)) fail(file, "a shape that fits in memory", shape);
  }
  if (size_ - offset_ != needed) {
    fail(file, std::to_string(needed) + " bytes of data", std::to_string(size_ - offset_));
  }
}

}  // namespace catdog
