// Text that came from elsewhere (names of files, labels, what a file holds), made fit to be shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace catdog {

// The length in bytes of the well-formed UTF-8 sequence (RFC 3629) at the front of `text`; 0 where there is none.
std::size_t utf8_length(std::string_view text);

// The same text with U+FFFD in place of each byte that is not well formed.
std::string well_formed(std::string_view text);

// Well-formed UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F).
bool is_plain(std::string_view text);

// `text` for a message, a terminal or a table: well-formed UTF-8 that cannot move the cursor, change colours, forge a
// line or turn the direction of writing. Control characters (U+0000 to U+001F, U+007F to U+009F), separators of lines
// (U+2028, U+2029) and bidirectional controls (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) become
// \u001b; bytes that are not UTF-8 become \xE9. All else stays as it is. Linear time.
std::string visible(std::string_view text);

// The same for text of several lines: line feeds stay, and carriage returns before them.
std::string visible_lines(std::string_view text);

// For messages: at most 80 characters of `text` made visible(), with "…" where some were left out.
std::string shown(std::string_view text);

}  // namespace catdog
