#include "tracking/system_metrics.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

namespace catdog::tracking {
namespace {

constexpr double kMega = 1e6, kMebi = 1048576;
// A driver that hangs must not hold up the end of the training.
constexpr const char* kNvidiaSmi =
    "timeout 5 nvidia-smi --query-gpu=index,utilization.gpu,memory.used,memory.total,power.draw,enforced.power.limit "
    "--format=csv,noheader,nounits 2>/dev/null";

std::string output_of(const char* command) {
  std::string output;
  std::FILE* pipe = ::popen(command, "re");
  if (!pipe) return output;
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), got);
  return ::pclose(pipe) == 0 ? output : "";
}

double rounded(double value) { return std::round(value * 10) / 10; }

// kB, from /proc/meminfo
std::map<std::string, double> memory() {
  std::map<std::string, double> values;
  std::ifstream stream("/proc/meminfo");
  std::string line;
  while (std::getline(stream, line)) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) values[line.substr(0, colon)] = std::strtod(line.c_str() + colon + 1, nullptr);
  }
  return values;
}

}  // namespace

std::map<std::string, double> gpu_metrics(const std::string& nvidia_smi) {
  std::map<std::string, double> metrics;
  std::istringstream lines(nvidia_smi);
  for (std::string line; std::getline(lines, line);) {
    std::vector<double> cells;
    std::vector<bool> known;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) {
      char* end = nullptr;
      cells.push_back(std::strtod(cell.c_str(), &end));
      known.push_back(end != cell.c_str());
    }
    if (cells.size() != 6 || !known[0]) continue;
    const std::string gpu = "system/gpu_" + std::to_string(static_cast<int>(cells[0])) + '_';
    if (known[1]) metrics[gpu + "utilization_percentage"] = cells[1];
    if (known[2]) metrics[gpu + "memory_usage_megabytes"] = rounded(cells[2] * kMebi / kMega);
    if (known[2] && known[3] && cells[3] > 0)
      metrics[gpu + "memory_usage_percentage"] = rounded(100 * cells[2] / cells[3]);
    if (known[4]) metrics[gpu + "power_usage_watts"] = rounded(cells[4]);
    if (known[4] && known[5] && cells[5] > 0)
      metrics[gpu + "power_usage_percentage"] = rounded(100 * cells[4] / cells[5]);
  }
  return metrics;
}

SystemMetrics::SystemMetrics(Journal& journal, std::filesystem::path folder, double seconds,
                             std::function<void(const std::string&)> say)
    : journal_(journal),
      folder_(std::move(folder)),
      seconds_(seconds),
      say_(std::move(say)),
      first_(counters()),
      last_(first_),
      thread_([this] { run(); }) {}

SystemMetrics::~SystemMetrics() {
  backoff_.stop();
  thread_.join();
}

SystemMetrics::Counters SystemMetrics::counters() {
  Counters now;
  std::ifstream stat("/proc/stat");
  std::string cpu;
  stat >> cpu;
  // user nice system idle iowait irq softirq steal: the guests' time is in the first two already
  for (int i = 0; i < 8; ++i) {
    std::uint64_t ticks = 0;
    stat >> ticks;
    now.all += ticks;
    if (i != 3 && i != 4) now.busy += ticks;
  }
  std::ifstream network("/proc/net/dev");
  for (std::string line; std::getline(network, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::istringstream cells(line.substr(colon + 1));
    std::array<std::uint64_t, 9> values{};
    for (std::uint64_t& value : values) cells >> value;
    now.received += values[0];
    now.sent += values[8];
  }
  return now;
}

std::map<std::string, double> SystemMetrics::sample() {
  std::map<std::string, double> metrics;
  const Counters now = counters();
  if (now.all > last_.all) {
    metrics["system/cpu_utilization_percentage"] =
        rounded(100.0 * static_cast<double>(now.busy - last_.busy) / static_cast<double>(now.all - last_.all));
  }
  last_ = now;
  metrics["system/network_receive_megabytes"] = static_cast<double>(now.received - first_.received) / kMega;
  metrics["system/network_transmit_megabytes"] = static_cast<double>(now.sent - first_.sent) / kMega;
  auto kilobytes = memory();
  const double total = kilobytes["MemTotal"], used = total - kilobytes["MemAvailable"];
  if (total > 0) {
    metrics["system/system_memory_usage_megabytes"] = rounded(used * 1024 / kMega);
    metrics["system/system_memory_usage_percentage"] = rounded(100 * used / total);
  }
  std::error_code failed;
  const std::filesystem::space_info disk = std::filesystem::space(folder_, failed);
  if (!failed && disk.capacity > 0) {
    const auto taken = static_cast<double>(disk.capacity - disk.free), free = static_cast<double>(disk.available);
    metrics["system/disk_usage_percentage"] = rounded(100 * taken / (taken + free));
    metrics["system/disk_usage_megabytes"] = rounded(taken / kMega);
    metrics["system/disk_available_megabytes"] = rounded(free / kMega);
  }
  if (gpu_) metrics.merge(gpu_metrics(output_of(kNvidiaSmi)));
  return metrics;
}

void SystemMetrics::run() {
  try {
    gpu_ = !output_of(kNvidiaSmi).empty();
    for (std::size_t step = journal_.count("system/");; ++step) {
      backoff_.pause(seconds_, false);
      Json values = Json::object();
      for (const auto& [key, value] : sample()) values[key] = json_number(value);
      journal_.append("system/" + std::to_string(step), "metrics", {{"step", step}, {"values", values}});
    }
  } catch (const Stopped&) {
  } catch (const std::exception& problem) {
    say_(std::string("the machine's load is no longer recorded: ") + problem.what());
  }
}

}  // namespace catdog::tracking
