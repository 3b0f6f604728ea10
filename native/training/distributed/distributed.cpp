#include "training/distributed/distributed.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "training/distributed/collective.h"

namespace catdog {
namespace {

constexpr std::int64_t kBucketValues = 1 << 20;  // 4 MiB

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kGrace(10'000);     // in which ranks tell each other that they have noticed a loss
constexpr std::chrono::milliseconds kSettled(500);      // of it, before one who alone is silent is taken for lost
constexpr std::chrono::milliseconds kFarewell(2'000);   // more, in which rank 0 waits for them to hear the verdict
constexpr std::chrono::milliseconds kPatience(15'000);  // with rank 0's store, for all of that
constexpr std::chrono::milliseconds kBetweenLooks(100);

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int number(const char* name, int low, int high) {
  const std::string text = variable(name);
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != 0 || value < low || value > high) {
    throw std::runtime_error(std::string(name) + ": expected a number from " + std::to_string(low) + " to " +
                             std::to_string(high) + " (set by torchrun, Slurm, or scripts/train --workers), found '" +
                             text + "'");
  }
  return static_cast<int>(value);
}

// The GPU that LOCAL_RANK names, where processes can train on those. Where there is one only, it need not be named.
torch::Device own_device() {
  const int gpus = Collective::gpus();
  if (gpus == 0) return torch::kCPU;
  if (gpus == 1 && variable("LOCAL_RANK").empty()) return {torch::kCUDA, 0};
  return {torch::kCUDA, static_cast<c10::DeviceIndex>(number("LOCAL_RANK", 0, gpus - 1))};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')).substr(0, 200); }

// Those who have noticed that somebody is missing tell it; who tells nothing is missing. The first to conclude decides
// for all, so that they name the same. Gives the names of those who are missing.
std::string conclude(c10d::TCPStore& store, int own, int count) {
  const std::vector<std::uint8_t> yes{1};
  const auto noticed = [](int rank) { return "noticed/" + std::to_string(rank); };
  const auto told = [](int rank) { return "told/" + std::to_string(rank); };
  const std::string verdict = "lost";
  store.setTimeout(kGrace);
  store.set(noticed(own), yes);
  store.set(Collective::kNoticed, yes);
  std::vector<int> silent;
  const auto begin = Clock::now();
  while (Clock::now() - begin < kGrace && !store.check({verdict})) {
    silent.clear();
    for (int rank = 0; rank < count; ++rank) {
      if (!store.check({noticed(rank)})) silent.push_back(rank);
    }
    if (silent.size() == 1 && Clock::now() - begin > kSettled) break;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  std::string missing;
  for (const int rank : silent) missing += (missing.empty() ? "rank " : ", rank ") + std::to_string(rank);
  const auto agreed = store.compareSet(verdict, {}, std::vector<std::uint8_t>(missing.begin(), missing.end()));
  missing.assign(agreed.begin(), agreed.end());
  store.set(told(own), yes);
  // The store is rank 0's: the others may still be asking.
  const auto concluded = Clock::now();
  while (own == 0 && Clock::now() - concluded < kFarewell) {
    int left = 0;
    for (int rank = 0; rank < count; ++rank) left += !store.check({told(rank)});
    if (left <= static_cast<int>(std::count(missing.begin(), missing.end(), ',')) + 1) break;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return missing;
}

// The sum whose gradient is a sum.
struct SumOverRanks : torch::autograd::Function<SumOverRanks> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& tensor,
                               ProcessGroup* ranks) {
    context->saved_data["ranks"] = reinterpret_cast<std::int64_t>(ranks);
    torch::Tensor total = tensor.detach().clone();
    ranks->sum(total);
    return total;
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               const torch::autograd::tensor_list& gradients) {
    auto* ranks = reinterpret_cast<ProcessGroup*>(context->saved_data["ranks"].toInt());
    torch::Tensor total = gradients[0].contiguous().clone();
    ranks->sum(total);
    return {total, torch::Tensor()};
  }
};

}  // namespace

struct ProcessGroup::Bucket {
  std::vector<std::size_t> parameters;
  std::vector<torch::Tensor> gradients;
  std::int64_t values = 0;
  std::vector<torch::Tensor> flat;  // one tensor, once the exchange has begun
  Collective::Exchange exchange;
};

std::unique_ptr<ProcessGroup> ProcessGroup::from_environment(double timeout) {
  if (variable("WORLD_SIZE").empty() || variable("WORLD_SIZE") == "1") return nullptr;
  return std::unique_ptr<ProcessGroup>(new ProcessGroup(timeout));
}

ProcessGroup::ProcessGroup(double timeout) : timeout_(static_cast<std::int64_t>(timeout * 1000)) {
  Collective::Meeting meeting;
  meeting.count = count_ = number("WORLD_SIZE", 2, 65536);
  meeting.rank = rank_ = number("RANK", 0, count_ - 1);
  meeting.port = number("MASTER_PORT", 1, 65535);
  meeting.host = variable("MASTER_ADDR");
  meeting.interface = variable("GLOO_SOCKET_IFNAME");
  meeting.timeout = timeout;
  meeting.device = own_device();
  if (meeting.host.empty())
    throw std::runtime_error("MASTER_ADDR: expected the address of rank 0's machine, found none");
  try {
    collective_ = std::make_unique<Collective>(meeting);
  } catch (const std::exception& failure) {
    throw std::runtime_error("rank " + std::to_string(rank_) + ": expected " + std::to_string(count_) +
                             " ranks to meet at " + meeting.host + ":" + std::to_string(meeting.port) + " within " +
                             std::to_string(static_cast<int>(timeout)) + " s, found " + first_line(failure.what()));
  }
}

ProcessGroup::~ProcessGroup() = default;

const torch::Device& ProcessGroup::device() const { return collective_->device(); }

void ProcessGroup::throw_lost_ranks(const std::string& reason) {
  std::string missing;
  try {
    missing = collective_->with_store(
        kPatience, [rank = rank_, count = count_](c10d::TCPStore& store) { return conclude(store, rank, count); });
  } catch (const std::exception&) {
    missing = "rank 0";  // it keeps the store, which does not answer
  }
  throw std::runtime_error("rank " + std::to_string(rank_) + ": expected all " + std::to_string(count_) +
                           " ranks to take part, found no answer of " + (missing.empty() ? "one" : missing) + " (" +
                           first_line(reason) + "). Start again with --resume, with as many ranks as you like");
}

template <class Exchange>
void ProcessGroup::guard(Exchange exchange) {
  std::string reason;
  try {
    return exchange();
  } catch (const std::exception& failure) {
    reason = failure.what();
  }
  throw_lost_ranks(reason);
}

void ProcessGroup::expect_same(const std::string& text) {
  bool same = true;
  guard([&] {
    same = collective_->with_store(timeout_, [text, leads = is_primary()](c10d::TCPStore& store) {
      if (leads) store.set("same", std::vector<std::uint8_t>(text.begin(), text.end()));
      const std::vector<std::uint8_t> led = store.get("same");
      return std::string(led.begin(), led.end());
    }) == text;
  });
  if (!all(same)) {
    throw std::runtime_error("rank " + std::to_string(rank_) +
                             ": expected the same options and photos on all ranks, found " +
                             (same ? "others elsewhere" : "others than rank 0's: " + text));
  }
}

bool ProcessGroup::all(bool so) {
  torch::Tensor against = torch::full({1}, so ? 0.0f : 1.0f);
  sum(against);
  return against.item<float>() == 0;
}

void ProcessGroup::sum(torch::Tensor tensor) {
  std::vector<torch::Tensor> there = {tensor.to(device())};
  guard([&] { collective_->wait_for(*collective_->begin_sum(there)); });
  if (!there[0].is_same(tensor)) tensor.copy_(there[0]);
}

torch::Tensor ProcessGroup::differentiable_sum(const torch::Tensor& tensor) {
  return SumOverRanks::apply(tensor, this);
}

void ProcessGroup::watch(const std::vector<torch::Tensor>& parameters) {
  parameters_ = parameters;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    // A parameter is read once in a pass, so what the hook gets is its whole gradient.
    parameters_[i].register_hook([this, i](torch::Tensor gradient) { gradient_ready(i, gradient); });
  }
}

// All ranks run the same graph on one thread, so gradients come in the same order and buckets are the same everywhere.
void ProcessGroup::gradient_ready(std::size_t parameter, const torch::Tensor& gradient) {
  if (buckets_.empty() || buckets_.back().exchange) buckets_.emplace_back();
  Bucket& bucket = buckets_.back();
  bucket.parameters.push_back(parameter);
  bucket.gradients.push_back(gradient.detach().reshape({-1}));
  bucket.values += gradient.numel();
  if (bucket.values >= kBucketValues) send_bucket();
}

void ProcessGroup::send_bucket() {
  Bucket& bucket = buckets_.back();
  bucket.flat = {torch::cat(bucket.gradients)};
  bucket.gradients.clear();
  guard([&] { bucket.exchange = collective_->begin_sum(bucket.flat); });
}

void ProcessGroup::finish_gradients() {
  if (!buckets_.empty() && !buckets_.back().exchange) send_bucket();
  for (Bucket& bucket : buckets_) {
    guard([&] { collective_->wait_for(*bucket.exchange); });
    std::int64_t begin = 0;
    for (const std::size_t i : bucket.parameters) {
      torch::Tensor& parameter = parameters_[i];
      parameter.mutable_grad() = bucket.flat[0].slice(0, begin, begin + parameter.numel()).view(parameter.sizes());
      begin += parameter.numel();
    }
  }
  buckets_.clear();
}

}  // namespace catdog
