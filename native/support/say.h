// What the tools say to people, on stderr.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace catdog {

// One line. What it holds of strangers (paths, labels, bytes of files) is made visible (catdog/text.h).
void say(std::string_view line);

// The same for a text of several lines, which brings its line ends.
void say_lines(std::string_view text);

// Why something failed, in words also where the library says only "std::bad_alloc".
std::string reason_of(const std::exception& failure);

}  // namespace catdog
