// One picture of a TIFF file, by libtiff.
#pragma once

#include <tiffio.h>

#include <cstdint>
#include <memory>
#include <string>

#include "catdog/photo/decode.h"

namespace catdog {

// A TIFF file in memory, open for reading.
class TiffFile {
 public:
  explicit TiffFile(Bytes file);
  TIFF* get() const { return tiff_.get(); }                    // null where libtiff refuses the file
  const std::string& complaint() const { return complaint_; }  // the last that libtiff said; may be empty

 private:
  static void hear(void* self, const char* module, const char* format, va_list arguments);

  Bytes file_;
  std::uint64_t at_ = 0;
  std::string complaint_;
  std::unique_ptr<TIFF, void (*)(TIFF*)> tiff_;

  friend struct TiffCallbacks;
};

// The picture of the current directory, over white, as stored (not upright). Grey and RGB of any depth, whole numbers
// or fractions (0 is black, 1 white); a sample beyond these counts as alpha where ExtraSamples says so, and not at all
// otherwise. CIE L*a*b* in the light D50. Palettes, YCbCr and CMYK as libtiff converts them.
Result<Decoded> read_tiff_page(TiffFile& file);

}  // namespace catdog
