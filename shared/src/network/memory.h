// Arrays that start at a cache line, for vector instructions.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace catdog::network {

inline constexpr std::size_t kAlignment = 64;
// Whoever works on whole vectors may read so many bytes past the end of an array.
inline constexpr std::size_t kSlack = 256;

// Zeros at first. Null where the memory cannot be had.
template <class T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t count) : size_(count) {
    const std::size_t bytes = count * sizeof(T) + kSlack;
    memory_ = static_cast<std::uint8_t*>(std::malloc(bytes + kAlignment));
    if (!memory_) return;
    const auto address = reinterpret_cast<std::uintptr_t>(memory_);
    data_ = reinterpret_cast<T*>(memory_ + (kAlignment - address % kAlignment) % kAlignment);
    std::memset(static_cast<void*>(data_), 0, bytes);
  }
  AlignedArray(AlignedArray&& other) noexcept { swap(other); }
  AlignedArray& operator=(AlignedArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~AlignedArray() { std::free(memory_); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](std::size_t i) { return data_[i]; }
  std::size_t size() const { return size_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  void swap(AlignedArray& other) {
    std::swap(memory_, other.memory_), std::swap(data_, other.data_), std::swap(size_, other.size_);
  }
  std::uint8_t* memory_ = nullptr;
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace catdog::network
