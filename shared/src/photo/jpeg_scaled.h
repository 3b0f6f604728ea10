// Ordinary baseline JPEG files at 1/8 and 2/8 of their size, faster than libjpeg-turbo and with the same pixels.
#pragma once

#include <cstdio>

#include <jpeglib.h>

#include "catdog/photo/image.h"

namespace catdog {

// `info`: as it is after jpeg_read_header() from memory, jpeg_calc_output_dimensions(), and the choices of the accurate
// integer transform, of a scale n/8, and of RGB. `image`: of the output's size, its pixels there.
//
// Of the coefficients only those that the scale shows are decoded; the others are skipped, several at a time.
//
// False where the file is of another kind or scale, or damaged, or has anything unusual: libjpeg-turbo can go on from
// `info`, which is as it was. True: `image` is what libjpeg-turbo would make, to the bit and without a warning.
bool decode_scaled_jpeg(const jpeg_decompress_struct& info, Image& image);

}  // namespace catdog
