#include "support/say.h"

#include <cstdio>
#include <new>

#include "catdog/text.h"

namespace catdog {
namespace {

void write_to_stderr(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

void say(std::string_view line) { write_to_stderr(visible(line) + '\n'); }
void say_lines(std::string_view text) { write_to_stderr(visible_lines(text)); }

std::string reason_of(const std::exception& failure) {
  return dynamic_cast<const std::bad_alloc*>(&failure) ? "expected memory, found none" : failure.what();
}

}  // namespace catdog
