// UTF-8 text: what is well formed, and how text that came from elsewhere is shown.
#pragma once

#include <string>
#include <string_view>

namespace catdog {

// The length in bytes of the well-formed UTF-8 sequence (RFC 3629) at the front of `text`; 0 where there is none.
std::size_t utf8_length(std::string_view text);

// The same text with U+FFFD in place of each byte that is not well formed.
std::string well_formed(std::string_view text);

// Well-formed UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F).
bool is_plain(std::string_view text);

// For messages: at most 80 characters, the last of them "…" where some were left out. Control characters, and those
// that turn the direction of writing, stand as \u001b; bytes that are not well formed as U+FFFD.
std::string shown(std::string_view text);

}  // namespace catdog
