// NumPy's .npy files (format version 1.0, C order, little-endian), written row by row and read by memory mapping.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace catdog {

// Writes an array whose first dimension is known only at the end. Throws std::runtime_error when writing fails.
class NpyWriter {
 public:
  // `descr`: NumPy's name of the type: "|u1", "<f4", "<i8". `row_shape`: the shape without its first dimension.
  NpyWriter(const std::filesystem::path& file, std::string descr, std::vector<std::size_t> row_shape);
  void append(const void* row, std::size_t bytes);
  void finish(std::size_t rows);

 private:
  void write_header(std::size_t rows);

  std::filesystem::path file_;
  std::string descr_;
  std::vector<std::size_t> row_shape_;
  std::ofstream stream_;
};

// A mapped .npy file. Throws std::runtime_error naming the file, what was expected and what was found.
class NpyArray {
 public:
  explicit NpyArray(const std::filesystem::path& file);
  ~NpyArray();
  NpyArray(const NpyArray&) = delete;
  NpyArray& operator=(const NpyArray&) = delete;

  const std::string& descr() const { return descr_; }
  const std::vector<std::size_t>& shape() const { return shape_; }
  const std::uint8_t* data() const { return map_ + offset_; }

 private:
  void parse_header(const std::filesystem::path& file);

  std::uint8_t* map_ = nullptr;
  std::size_t size_ = 0;
  std::size_t offset_ = 0;
  std::string descr_;
  std::vector<std::size_t> shape_;
};

}  // namespace catdog
