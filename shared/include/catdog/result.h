// A value, or the reason why there is none. The core reports every failure this way; it never throws or prints.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace catdog {

enum class Problem {
  kNotAPicture,    // the bytes are no picture format that is known here
  kNeedsPlatform,  // a picture format that the core leaves to the platform (WebP, AVIF, HEIC, TIFF, JPEG 2000)
  kTooLarge,       // refused before it takes too much memory or work
  kCorrupt,        // a known format, but damaged or of an unsupported kind
  kNoMemory,       // the memory that decoding needs could not be had
};

struct Error {
  Problem problem;
  std::string message;  // "expected …, found …"; the file's name is the caller's to add
};

template <class T>
class Result {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT: implicit by intent
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by intent
  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  const Error& error() const { return error_; }  // meaningful only when there is no value

 private:
  std::optional<T> value_;
  Error error_{};
};

}  // namespace catdog
