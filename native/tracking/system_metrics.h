// Samples the machine's load while a training runs, under the names that MLflow gives them: system/cpu_… and so on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "tracking/backoff.h"
#include "tracking/journal.h"

namespace catdog::tracking {

class SystemMetrics {
 public:
  // Every `seconds`, into the journal. Disk usage is that of the disk where `folder` is.
  SystemMetrics(Journal& journal, std::filesystem::path folder, double seconds,
                std::function<void(const std::string&)> say);
  ~SystemMetrics();
  SystemMetrics(const SystemMetrics&) = delete;
  SystemMetrics& operator=(const SystemMetrics&) = delete;

 private:
  struct Counters {
    std::uint64_t busy = 0, all = 0;       // of the processors, ticks
    std::uint64_t received = 0, sent = 0;  // bytes
  };
  static Counters counters();
  void run();
  std::map<std::string, double> sample();

  Journal& journal_;
  std::filesystem::path folder_;
  double seconds_;
  std::function<void(const std::string&)> say_;
  Counters first_, last_;
  bool gpu_ = false;
  Backoff backoff_;
  std::thread thread_;
};

// From what `nvidia-smi --query-gpu=index,utilization.gpu,memory.used,memory.total,power.draw,enforced.power.limit
// --format=csv,noheader,nounits` prints. What the card does not tell ("[N/A]") is left out.
std::map<std::string, double> gpu_metrics(const std::string& nvidia_smi);

}  // namespace catdog::tracking
