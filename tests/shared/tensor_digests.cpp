// tensor_digests SIZE < LIST: for each file named on a line of standard input, a line with the SHA-256 of its tensor
// and its width and height, or with the error's message. The same lines are made by WebAssembly in parity_test.mjs.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "catdog/photo/preprocess.h"
#include "support/hash.h"
#include "support/test_data.h"

int main(int argc, char** argv) {
  const int size = argc == 2 ? std::atoi(argv[1]) : 0;
  if (size < 1) {
    std::fprintf(stderr, "Usage: tensor_digests SIZE < LIST\n");
    return 2;
  }
  for (std::string path; std::getline(std::cin, path);) {
    const std::vector<unsigned char> bytes = catdog::bytes_of(path);
    const auto result = catdog::preprocess({bytes.data(), bytes.size()}, size);
    if (!result) {
      std::printf("error %s\n", result.error().message.c_str());
      continue;
    }
    std::vector<float> tensor(std::size_t{3} * size * size);
    catdog::to_tensor(result->picture, tensor.data());
    const std::string digest =
        catdog::sha256({reinterpret_cast<const std::uint8_t*>(tensor.data()), tensor.size() * sizeof tensor[0]});
    // Whether there is a warning; its words may count the bytes that libjpeg happened to have read ahead.
    std::printf("%s %d×%d %s%s\n", digest.c_str(), result->width, result->height, catdog::format_name(result->format),
                result->warning.empty() ? "" : " damaged");
  }
  return 0;
}
