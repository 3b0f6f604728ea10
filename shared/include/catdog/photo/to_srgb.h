// From the colours that a photo was stored in to sRGB, which networks and screens expect.
#pragma once

#include <memory>

#include "catdog/bytes.h"
#include "catdog/photo/image.h"

namespace catdog {

struct SrgbTables;

// Made of a colour profile (ICC.1:2022) of the kind that cameras, phones and screens have: RGB with a matrix and one
// curve for each channel (Display P3, Adobe RGB, ProPhoto, Rec. 2020, …), versions 2 and 4. Relative colorimetric,
// white stays white, and what sRGB cannot show is cut off. In integer arithmetic: the same pixels on every machine.
//
// Changes nothing where there is no profile, where the profile is of another kind (grey, CMYK, lookup tables alone),
// damaged or larger than kMaxProfileBytes (a profile is advice), and where it would change no pixel by more than
// one level of 255, as sRGB's own profiles do, of whichever maker: such photos keep their bits.
class ToSrgb {
 public:
  ToSrgb();  // changes nothing
  ~ToSrgb();
  ToSrgb(ToSrgb&&) noexcept;
  ToSrgb& operator=(ToSrgb&&) noexcept;

  // Of any bytes: for the profile embedded in a JPEG (APP2), PNG (iCCP), WebP (ICCP), PSD, TIFF (its first picture),
  // JPEG 2000, HEIC or AVIF. In the latter also for the primaries of Display P3 or Rec. 2020 as plain numbers (nclx,
  // ISO/IEC 23091-2) with the curve of a standard dynamic range, which is taken for sRGB's. Reads headers, no pixels.
  static ToSrgb of_file(Bytes file);

  // For a profile, any bytes.
  static ToSrgb of_profile(Bytes icc);

  bool changes_nothing() const { return tables_ == nullptr; }
  void apply(Image& picture) const;

 private:
  explicit ToSrgb(std::unique_ptr<const SrgbTables> tables);

  std::unique_ptr<const SrgbTables> tables_;  // null: changes nothing
};

}  // namespace catdog
