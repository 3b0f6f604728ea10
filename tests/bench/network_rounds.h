// What the engines that bench_network.py compares have in common, for those in C++: one thread, one photo at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "catdog/network/network.h"

namespace catdog {

inline std::vector<std::uint8_t> bytes_of_file(const std::string& name) {
  std::ifstream stream(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The pictures in a file of size × size × 3 bytes each.
inline std::vector<Image> pictures_in(const std::string& name, int size) {
  const std::vector<std::uint8_t> bytes = bytes_of_file(name);
  const std::size_t each = std::size_t{3} * size * size;
  std::vector<Image> pictures;
  for (std::size_t start = 0; start + each <= bytes.size(); start += each) {
    pictures.push_back(Image::of_size(size, size));
    std::copy_n(bytes.data() + start, each, pictures.back().pixels.get());
  }
  return pictures;
}

// Says the engine's name, then outputs each line of standard input with one of JSON: the milliseconds that each picture
// took, and the outputs for it.
template <typename Run>
void answer_rounds(const std::string& engine, const std::vector<Image>& pictures, Run run) {
  std::printf("%s\n", engine.c_str());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::string times, outputs;
    for (const Image& picture : pictures) {
      const auto start = std::chrono::steady_clock::now();
      const network::Outputs found = run(picture);
      const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
      times += (times.empty() ? "" : ", ") + std::to_string(taken.count());
      outputs += outputs.empty() ? "[" : ", [";
      for (const float probability : found.probabilities) outputs += std::to_string(probability) + ", ";
      outputs += std::to_string(found.presence) + "]";
    }
    std::printf("{\"ms\": [%s], \"outputs\": [%s]}\n", times.c_str(), outputs.c_str());
    std::fflush(stdout);
  }
}

}  // namespace catdog
