// Progress on stderr: a bar on a terminal, a line every few seconds elsewhere (also where TERM is "dumb" or not set).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace catdog {

// "1 h 02 min", "3 min 20 s", "12 s"
std::string format_duration(double seconds);
// "22,549"
std::string format_count(std::size_t count);

// "300 of 1,000 photos, 20 a second, 35 s left". `already`: of `done`, what was done before the `seconds` began.
std::string progress_text(std::size_t done, std::size_t already, std::size_t total, const std::string& unit,
                          double seconds);

class Progress {
 public:
  // `doing`: "Reading photos"; `unit`: "photos"; `already`: what earlier work has done of `total`.
  Progress(std::string doing, std::size_t total, std::string unit, std::size_t already = 0);
  ~Progress();  // ends the bar's line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap enough to be called for every photo; from one thread. `note` is shown at the end of the line.
  void show(std::size_t done, const std::string& note = {});
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  std::string doing_;
  std::size_t total_;
  std::string unit_;
  std::size_t already_;
  bool terminal_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_;
  bool line_open_ = false;
};

}  // namespace catdog
