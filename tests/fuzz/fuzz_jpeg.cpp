// libFuzzer: any bytes through the core's own decoder of JPEG at 1/8 and 2/8. What it takes, libjpeg-turbo must decode
// to the same pixels, without a warning. Under AddressSanitizer and UndefinedBehaviorSanitizer.
#include <cstdlib>

#include "shared/reference_jpeg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const catdog::Bytes file{data, size};
  for (const int numerator : {1, 2}) {
    const auto own = catdog::own_decoder_at(file, numerator);
    if (own && !(own == catdog::libjpeg_at(file, numerator))) std::abort();
  }
  return 0;
}
