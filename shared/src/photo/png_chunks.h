// The chunks of a PNG file (PNG specification, third edition, section 5).
#pragma once

#include <optional>

#include "catdog/bytes.h"
#include "catdog/result.h"

namespace catdog {

// What is wrong with the row of chunks up to IEND: the file ends in it, or a critical chunk is of a kind that no
// decoder here knows. (stb_image would put the name of such a chunk, as it is in the file, into a text that all threads
// share.) `file` begins with a PNG's signature. Nothing of what the chunks hold is looked at.
std::optional<Error> check_png_chunks(Bytes file);

}  // namespace catdog
