#include "training/distributed.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace catdog {
namespace {

constexpr std::int64_t kBucketValues = 1 << 20;  // 4 MiB
constexpr int kGrace = 10;                       // seconds in which ranks tell each other that they have noticed a loss
constexpr const char* kNoticed = "noticed";      // in the store, once any rank has noticed a loss
constexpr int kFarewell = 2;  // seconds more in which rank 0 waits for them to have heard the verdict

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

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')).substr(0, 200); }

// The sum whose gradient is a sum.
struct SumOverRanks : torch::autograd::Function<SumOverRanks> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& tensor, Ranks* ranks) {
    context->saved_data["ranks"] = reinterpret_cast<std::int64_t>(ranks);
    torch::Tensor total = tensor.detach().clone();
    ranks->sum(total);
    return total;
  }
  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               const torch::autograd::tensor_list& gradients) {
    auto* ranks = reinterpret_cast<Ranks*>(context->saved_data["ranks"].toInt());
    torch::Tensor total = gradients[0].contiguous().clone();
    ranks->sum(total);
    return {total, torch::Tensor()};
  }
};

}  // namespace

struct Ranks::Connection {
  c10::intrusive_ptr<c10d::TCPStore> store;
  std::unique_ptr<c10d::ProcessGroupGloo> group;

  // Not every rank is connected to every other in an exchange: who waits for one that is alive but has noticed a loss,
  // hears of it here.
  void wait_for(c10d::Work& work) {
    for (;;) {
      try {
        work.wait(std::chrono::milliseconds(500));
        return;
      } catch (const std::exception&) {
        if (work.isCompleted()) throw;
        if (store->check({kNoticed})) throw std::runtime_error("another rank has noticed a loss");
      }
    }
  }
};

struct Ranks::Bucket {
  std::vector<std::size_t> parameters;
  std::vector<torch::Tensor> gradients;
  std::int64_t values = 0;
  std::vector<torch::Tensor> flat;  // one tensor, once the exchange has begun
  c10::intrusive_ptr<c10d::Work> work;
};

std::unique_ptr<Ranks> Ranks::from_environment(double timeout) {
  if (variable("WORLD_SIZE").empty() || variable("WORLD_SIZE") == "1") return nullptr;
  return std::unique_ptr<Ranks>(new Ranks(timeout));
}

Ranks::Ranks(double timeout) : timeout_(timeout), connection_(std::make_unique<Connection>()) {
  count_ = number("WORLD_SIZE", 2, 65536);
  rank_ = number("RANK", 0, count_ - 1);
  const int port = number("MASTER_PORT", 1, 65535);
  const std::string host = variable("MASTER_ADDR");
  if (host.empty()) throw std::runtime_error("MASTER_ADDR: expected the address of rank 0's machine, found none");
  try {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(port);
    options.isServer = rank_ == 0;
    options.numWorkers = static_cast<std::size_t>(count_);
    options.timeout = milliseconds(timeout);
    connection_->store = c10::make_intrusive<c10d::TCPStore>(host, options);
    auto gloo = c10d::ProcessGroupGloo::Options::create();
    gloo->timeout = milliseconds(timeout);
    const std::string interface = variable("GLOO_SOCKET_IFNAME");
    gloo->devices.push_back(interface.empty() ? c10d::ProcessGroupGloo::createDefaultDevice()
                                              : c10d::ProcessGroupGloo::createDeviceForInterface(interface));
    const auto names = c10::make_intrusive<c10d::PrefixStore>("gloo", connection_->store);
    connection_->group = std::make_unique<c10d::ProcessGroupGloo>(names, rank_, count_, gloo);
  } catch (const std::exception& failure) {
    throw std::runtime_error("rank " + std::to_string(rank_) + ": expected " + std::to_string(count_) +
                             " ranks to meet at " + host + ":" + std::to_string(port) + " within " +
                             std::to_string(static_cast<int>(timeout)) + " s, found " + first_line(failure.what()));
  }
}

Ranks::~Ranks() = default;

// Those who have noticed that somebody is missing tell it; who tells nothing is missing. The first to conclude decides
// for all, so that they name the same.
void Ranks::blame(const std::string& reason) {
  std::string missing;
  const auto noticed = [](int rank) { return "noticed/" + std::to_string(rank); };
  const auto told = [](int rank) { return "told/" + std::to_string(rank); };
  const std::string verdict = "lost";
  try {
    c10d::TCPStore& store = *connection_->store;
    store.setTimeout(milliseconds(kGrace));
    store.set(noticed(rank_), std::vector<std::uint8_t>{1});
    store.set(kNoticed, std::vector<std::uint8_t>{1});
    std::vector<int> silent;
    for (int waited = 0; waited < kGrace * 10 && !store.check({verdict}); ++waited) {
      silent.clear();
      for (int rank = 0; rank < count_; ++rank) {
        if (!store.check({noticed(rank)})) silent.push_back(rank);
      }
      if (silent.size() == 1 && waited >= 5) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    for (const int rank : silent) missing += (missing.empty() ? "rank " : ", rank ") + std::to_string(rank);
    const auto agreed = store.compareSet(verdict, {}, std::vector<std::uint8_t>(missing.begin(), missing.end()));
    missing.assign(agreed.begin(), agreed.end());
    store.set(told(rank_), std::vector<std::uint8_t>{1});
    // The store is rank 0's: the others may still be asking.
    for (int waited = 0; rank_ == 0 && waited < kFarewell * 10; ++waited) {
      const auto has_told = [&](int rank) { return store.check({told(rank)}); };
      int left = 0;
      for (int rank = 0; rank < count_; ++rank) left += !has_told(rank);
      if (left <= static_cast<int>(std::count(missing.begin(), missing.end(), ',')) + 1) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  } catch (const std::exception&) {
    missing = "rank 0";  // it keeps the store, which does not answer
  }
  throw std::runtime_error("rank " + std::to_string(rank_) + ": expected all " + std::to_string(count_) +
                           " ranks to take part, found no answer of " + (missing.empty() ? "one" : missing) + " (" +
                           first_line(reason) + "). Start again with --resume, with as many ranks as you like");
}

template <class Exchange>
void Ranks::guard(Exchange exchange) {
  std::string reason;
  try {
    return exchange();
  } catch (const std::exception& failure) {
    reason = failure.what();
  }
  blame(reason);
}

void Ranks::expect_same(const std::string& text) {
  bool same = true;
  guard([&] {
    const std::vector<std::uint8_t> own(text.begin(), text.end());
    if (rank_ == 0) connection_->store->set("same", own);
    same = connection_->store->get("same") == own;
  });
  torch::Tensor different = torch::full({1}, same ? 0.0f : 1.0f);
  sum(different);
  if (different.item<float>() > 0) {
    throw std::runtime_error("rank " + std::to_string(rank_) +
                             ": expected the same options and photos on all ranks, found " +
                             (same ? "others elsewhere" : "others than rank 0's: " + text));
  }
}

void Ranks::sum(torch::Tensor tensor) {
  guard([&] {
    std::vector<torch::Tensor> tensors = {tensor};
    connection_->wait_for(*connection_->group->allreduce(tensors));
  });
}

torch::Tensor Ranks::differentiable_sum(const torch::Tensor& tensor) { return SumOverRanks::apply(tensor, this); }

void Ranks::watch(const std::vector<torch::Tensor>& parameters) {
  parameters_ = parameters;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    // A parameter is read once in a pass, so what the hook gets is its whole gradient.
    parameters_[i].register_hook([this, i](torch::Tensor gradient) { gradient_ready(i, gradient); });
  }
}

// All ranks run the same graph on one thread, so gradients come in the same order and buckets are the same everywhere.
void Ranks::gradient_ready(std::size_t parameter, const torch::Tensor& gradient) {
  if (buckets_.empty() || buckets_.back().work) buckets_.emplace_back();
  Bucket& bucket = buckets_.back();
  bucket.parameters.push_back(parameter);
  bucket.gradients.push_back(gradient.detach().reshape({-1}));
  bucket.values += gradient.numel();
  if (bucket.values >= kBucketValues) send_bucket();
}

void Ranks::send_bucket() {
  Bucket& bucket = buckets_.back();
  bucket.flat = {torch::cat(bucket.gradients)};
  bucket.gradients.clear();
  guard([&] { bucket.work = connection_->group->allreduce(bucket.flat); });
}

void Ranks::finish_gradients() {
  if (!buckets_.empty() && !buckets_.back().work) send_bucket();
  for (Bucket& bucket : buckets_) {
    guard([&] { connection_->wait_for(*bucket.work); });
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
