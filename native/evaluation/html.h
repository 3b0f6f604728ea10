// Text for HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace catdog {

// As text or as a quoted attribute: & < > " and the apostrophe are escaped. (Of broken UTF-8 the browser makes U+FFFD.)
std::string html_text(std::string_view text);

}  // namespace catdog
