#include "support/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace catdog {
namespace {

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// One that can go back to the beginning of a line.
bool is_terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && kind != nullptr && std::string_view(kind) != "dumb" && *kind != '\0';
}

std::string bar(double part) {
  constexpr int kWidth = 24;
  const int full = static_cast<int>(part * kWidth + 0.5);
  std::string text;
  for (int i = 0; i < kWidth; ++i) text += i < full ? "█" : "░";
  return text;
}

}  // namespace

std::string format_duration(double seconds) {
  const long total = static_cast<long>(seconds + 0.5);
  char text[48];
  if (total >= 3600) {
    std::snprintf(text, sizeof text, "%ld h %02ld min", total / 3600, total / 60 % 60);
  } else if (total >= 60) {
    std::snprintf(text, sizeof text, "%ld min %02ld s", total / 60, total % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld s", total);
  }
  return text;
}

std::string format_count(std::size_t count) {
  std::string digits = std::to_string(count);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string progress_text(std::size_t done, std::size_t already, std::size_t total, const std::string& unit,
                          double seconds) {
  const double rate = static_cast<double>(done - std::min(already, done)) / std::max(seconds, 1e-9);
  char numbers[160];
  std::snprintf(numbers, sizeof numbers, "%s of %s %s, %.0f a second", format_count(done).c_str(),
                format_count(total).c_str(), unit.c_str(), rate);
  std::string text = numbers;
  if (done > already && done < total) {
    text += ", " + format_duration(static_cast<double>(total - done) / rate) + " left";
  }
  return text;
}

Progress::Progress(std::string doing, std::size_t total, std::string unit, std::size_t already)
    : doing_(std::move(doing)),
      total_(total),
      unit_(std::move(unit)),
      already_(already),
      terminal_(is_terminal()),
      next_(terminal_ ? start_ : start_ + std::chrono::seconds(5)) {}

Progress::~Progress() {
  if (line_open_) std::fputc('\n', stderr);
}

double Progress::seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

void Progress::show(std::size_t done, const std::string& note) {
  const auto now = Clock::now();
  if (now < next_ && !(terminal_ && done == total_)) return;
  next_ = now + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000));
  std::string text = progress_text(done, already_, total_, unit_, seconds());
  if (!note.empty()) text += "; " + note;
  if (!terminal_) {
    std::fprintf(stderr, "%s: %s\n", doing_.c_str(), text.c_str());
    return;
  }
  const std::size_t width = terminal_width();
  const std::size_t taken = doing_.size() + 27;
  if (taken + 10 < width && text.size() + taken > width - 1) text.resize(width - 1 - taken);
  const double part = total_ ? static_cast<double>(done) / static_cast<double>(total_) : 1.0;
  std::fprintf(stderr, "\r\033[K%s %s %s", doing_.c_str(), bar(part).c_str(), text.c_str());
  std::fflush(stderr);
  line_open_ = true;
}

}  // namespace catdog
