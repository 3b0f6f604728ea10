// Which picture format some bytes are, told by their first bytes and never by a file's name.
#pragma once

#include <string>

#include "catdog/bytes.h"

namespace catdog {

enum class Format { kUnknown, kJpeg, kPng, kGif, kBmp, kPsd, kPnm, kTga, kWebp, kAvif, kHeic, kTiff, kJpeg2000 };

Format sniff_format(Bytes bytes);

// "JPEG", "PNG", …; "unknown" for kUnknown.
const char* format_name(Format format);

// The core decodes these itself; the rest is left to the platform (OpenCV, the browser).
bool is_decoded_by_core(Format format);

// For messages: what bytes of an unknown format seem to be ("an empty file", "a PDF document", "text", …).
std::string describe_bytes(Bytes bytes);

}  // namespace catdog
