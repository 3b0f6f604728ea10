// One run of a network: the memory, and the steps one after the other.
#pragma once

#include "elementwise.h"
#include "plan.h"

namespace catdog::network {

struct Wanted {
  bool outputs = false;  // probabilities and presence
  bool map = false;      // class activation
  std::vector<Range>* ranges = nullptr;
};

class Network::Workspace {
 public:
  explicit Workspace(const Plan& plan);
  static std::size_t bytes_for(const Plan& plan);
  bool sound() const { return arena_ && scratch_ && zeros_; }

  Result<bool> run(const Plan& plan, const Image& picture, const Wanted& wanted);
  const float* floats(const Plan& plan, int value) const {
    return reinterpret_cast<const float*>(arena_.data() + plan.slots[value].offset);
  }

 private:
  template <class T>
  View<T> view(const Plan& plan, int value);
  template <class T>
  void run_step(const Plan& plan, const Step& step, const Image& picture);
  template <class T>
  void convolve(const Plan& plan, const Step& step);
  template <class T>
  void filter(const Plan& plan, const Step& step);
  void dense(const Plan& plan, const Step& step);
  void run_float_step(const Plan& plan, const Step& step);
  void observe(const Plan& plan, const Step& step, std::vector<Range>& ranges);

  AlignedArray<std::uint8_t> arena_, scratch_, zeros_;
  std::vector<const void*> taps_;
};

}  // namespace catdog::network
