// Training in several processes, which share each step's photos.
//
// Each process is started with the variables that torchrun, Slurm and Kubernetes jobs set: RANK, WORLD_SIZE,
// MASTER_ADDR, MASTER_PORT, and LOCAL_RANK where there are GPUs. All of them hold the whole network; gradients and the
// statistics of batch normalisation are summed over the ranks, so that N processes take the steps that one would take
// with the same photos.
#pragma once

#include <torch/torch.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "support/shard.h"

namespace catdog {

class Collective;

class ProcessGroup {
 public:
  // Null where WORLD_SIZE is not set or 1. Waits for the others `timeout` seconds, later as long for each exchange.
  // Throws std::runtime_error where a variable is missing or wrong, or the others are not there in time.
  static std::unique_ptr<ProcessGroup> from_environment(double timeout);
  ~ProcessGroup();

  int rank() const { return rank_; }
  int count() const { return count_; }
  bool is_primary() const { return rank_ == 0; }
  // What this one trains on.
  const torch::Device& device() const;
  // This rank's part of each step's photos.
  Shard part() const { return {static_cast<std::size_t>(rank_) + 1, static_cast<std::size_t>(count_)}; }

  // Throws std::runtime_error where another rank was given another `text`, which says what must be the same for all.
  void expect_same(const std::string& text);

  // Whether it is so on all ranks.
  bool all(bool so);

  // The sum over all ranks, in place. In all functions here: throws std::runtime_error naming the ranks that are lost
  // or stalled, at the latest timeout + 15 seconds after the others began to wait.
  void sum(torch::Tensor tensor);
  // The same as a function that is differentiated: its gradient is the sum of the ranks' gradients.
  torch::Tensor differentiable_sum(const torch::Tensor& tensor);

  // From now on the gradients of these parameters are summed while backward() goes on: as soon as so many are there
  // that a bucket is full, its exchange begins.
  void watch(const std::vector<torch::Tensor>& parameters);
  // After backward(): waits for the buckets, puts the sums in place of the parameters' gradients.
  void finish_gradients();

 private:
  struct Bucket;
  explicit ProcessGroup(double timeout);
  void gradient_ready(std::size_t parameter, const torch::Tensor& gradient);
  void send_bucket();
  template <class Exchange>
  void guard(Exchange exchange);
  [[noreturn]] void throw_lost_ranks(const std::string& reason);

  int rank_ = 0, count_ = 1;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<Collective> collective_;
  std::vector<torch::Tensor> parameters_;
  std::vector<Bucket> buckets_;  // the last one is being filled
};

}  // namespace catdog
