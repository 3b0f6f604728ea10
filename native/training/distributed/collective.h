// What ProcessGroup speak through: PyTorch's c10d, with NCCL between GPUs where LibTorch was built with it, else with
// Gloo.
#pragma once

#include <torch/torch.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <vector>
#if TORCH_VERSION_MAJOR >= 2
#include <torch/csrc/distributed/c10d/Backend.hpp>
#else
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#endif

namespace catdog {

class Collective {
 public:
  struct Meeting {
    int rank = 0, count = 1;
    std::string host;  // of rank 0's machine
    int port = 0;
    double timeout = 0;     // seconds, to meet and for each exchange
    std::string interface;  // of the network, for Gloo; empty: that of the machine's name
    torch::Device device = torch::kCPU;
  };

  // GPUs of this machine that processes can train on together; 0: they meet on the CPU.
  static int gpus();

  // Waits for the others. In all functions here: throws std::exception where they are not there in time.
  explicit Collective(const Meeting& meeting);

  const torch::Device& device() const { return meeting_.device; }
  // Does something with the store, which rank 0 keeps. LibTorch waits without end where rank 0 has stopped: then this
  // throws after `limit`, and `action` is left waiting, so it must hold what it uses. Throws what `action` throws.
  using Action = std::function<std::string(c10d::TCPStore&)>;
  std::string with_store(std::chrono::milliseconds limit, Action action);
  // In the store, once any rank has noticed a loss.
  static constexpr const char* kNoticed = "noticed";

  using Exchange = c10::intrusive_ptr<c10d::Work>;
  // Begins to sum a tensor on device() in place; it must be kept until wait_for() has returned.
  Exchange begin_sum(std::vector<torch::Tensor>& one) { return group_->allreduce(one); }
  void wait_for(c10d::Work& exchange);

 private:
#if TORCH_VERSION_MAJOR >= 2
  using Group = c10d::Backend;
#else
  using Group = c10d::ProcessGroup;
#endif
  c10::intrusive_ptr<Group> gloo() const;
  c10::intrusive_ptr<Group> nccl() const;
  void expect_same_device();
  bool is_done(c10d::Work& exchange) const;

  Meeting meeting_;
  c10::intrusive_ptr<c10d::TCPStore> store_;
  c10::intrusive_ptr<Group> group_;
  std::future<std::string> noticed_;  // whether anybody has: asked, and perhaps not yet answered
};

}  // namespace catdog
