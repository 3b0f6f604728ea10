// What the core says about files that it leaves to the platform, before other libraries see them: cheap, and for tool
// and page alike.
#pragma once

#include <optional>

#include "catdog/bytes.h"
#include "catdog/result.h"

namespace catdog {

// What is wrong with a HEIC or AVIF file: an item that is derived from itself, a grid or overlay that contradicts the
// size that it promises, too many pixels, or too much work. Nothing is said about what only a decoder can know.
std::optional<Error> check_heif(Bytes file);

// What is wrong with the size in the header of a WebP file.
std::optional<Error> check_webp(Bytes file);

}  // namespace catdog
