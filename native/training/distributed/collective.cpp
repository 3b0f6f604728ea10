#include "training/distributed/collective.h"

#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace catdog {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook(500);     // so often one who waits asks whether another has noticed a loss
constexpr std::chrono::microseconds kNap(50);       // so often one looks whether a GPU has finished
constexpr std::chrono::milliseconds kLater(60000);  // LibTorch's own limit comes so much after ours

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

// On a thread of its own, which nobody waits for: it may never end.
std::future<std::string> begin_with(const c10::intrusive_ptr<c10d::TCPStore>& store, Collective::Action action) {
  std::packaged_task<std::string()> task([store, action = std::move(action)] { return action(*store); });
  std::future<std::string> result = task.get_future();
  std::thread(std::move(task)).detach();
  return result;
}

}  // namespace

int Collective::gpus() {
#ifdef USE_C10D_NCCL
  return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
#else
  return 0;
#endif
}

Collective::Collective(const Meeting& meeting) : meeting_(meeting) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(meeting.port);
  options.isServer = meeting.rank == 0;
  options.numWorkers = static_cast<std::size_t>(meeting.count);
  options.timeout = milliseconds(meeting.timeout);
  store_ = c10::make_intrusive<c10d::TCPStore>(meeting.host, options);
  expect_same_device();
  group_ = device().is_cuda() ? nccl() : gloo();
}

c10::intrusive_ptr<Collective::Group> Collective::gloo() const {
  auto options = c10d::ProcessGroupGloo::Options::create();
  options->timeout = milliseconds(meeting_.timeout);
  options->devices.push_back(meeting_.interface.empty()
                                 ? c10d::ProcessGroupGloo::createDefaultDevice()
                                 : c10d::ProcessGroupGloo::createDeviceForInterface(meeting_.interface));
  const auto names = c10::make_intrusive<c10d::PrefixStore>("gloo", store_);
  return c10::make_intrusive<c10d::ProcessGroupGloo>(names, meeting_.rank, meeting_.count, options);
}

c10::intrusive_ptr<Collective::Group> Collective::nccl() const {
#ifdef USE_C10D_NCCL
  // A loss is noticed and named here; LibTorch's own watchdog would end the process without a word of ours.
  for (const char* name : {"TORCH_NCCL_ASYNC_ERROR_HANDLING", "NCCL_ASYNC_ERROR_HANDLING"}) setenv(name, "0", 0);
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = milliseconds(meeting_.timeout) + kLater;
  const auto names = c10::make_intrusive<c10d::PrefixStore>("nccl", store_);
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(names, meeting_.rank, meeting_.count, options);
#else
  throw std::logic_error("NCCL, which this program was built without");
#endif
}

// One that has no GPU, or was built without NCCL, would wait for the others in vain.
void Collective::expect_same_device() {
  const std::string kind = device().is_cuda() ? "on GPUs" : "on the CPU";
  if (meeting_.rank == 0) store_->set("device", std::vector<std::uint8_t>(kind.begin(), kind.end()));
  const auto told = store_->get("device");
  const std::string of_rank_0(told.begin(), told.end());
  if (of_rank_0 == kind) return;
  throw std::runtime_error("that rank 0 trains " + of_rank_0 + " and this one " + kind +
                           " (CUDA_VISIBLE_DEVICES= for all of them makes all use the CPU)");
}

// Waits a while.
bool Collective::is_done(c10d::Work& exchange) const {
  if (device().is_cuda()) {
    // WorkNCCL::wait() lets only the GPU wait, or ends the program: so look.
    const auto end = Clock::now() + kLook;
    while (!exchange.isCompleted()) {
      if (Clock::now() > end) return false;
      std::this_thread::sleep_for(kNap);
    }
    exchange.wait();  // throws what went wrong, if anything did
    return true;
  }
  try {
    exchange.wait(kLook);
  } catch (const std::exception&) {
    if (!exchange.isCompleted()) return false;
    exchange.wait();  // it was just then completed, or throws why it failed
  }
  return true;
}

// Not every rank is connected to every other in an exchange: who waits for one that is alive but has noticed a loss,
// hears of it here.
void Collective::wait_for(c10d::Work& exchange) {
  const auto begin = Clock::now();
  while (!is_done(exchange)) {
    if (!noticed_.valid()) {
      noticed_ = begin_with(store_, [](c10d::TCPStore& store) { return store.check({kNoticed}) ? "yes" : ""; });
    }
    if (noticed_.wait_for(kLook) == std::future_status::ready && !noticed_.get().empty()) {
      throw std::runtime_error("another rank has noticed a loss");
    }
    if (device().is_cuda() && Clock::now() - begin > milliseconds(meeting_.timeout)) {
      throw std::runtime_error("nothing for " + std::to_string(static_cast<int>(meeting_.timeout)) + " s");
    }
  }
}

std::string Collective::with_store(std::chrono::milliseconds limit, Action action) {
  std::future<std::string> result = begin_with(store_, std::move(action));
  if (result.wait_for(limit) == std::future_status::ready) return result.get();
  throw std::runtime_error("no answer of rank 0's store");
}

}  // namespace catdog
