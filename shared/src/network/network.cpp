#include "catdog/network/network.h"

#include <cmath>
#include <new>

#include "plan.h"
#include "run.h"

namespace catdog::network {
namespace {

constexpr std::size_t kMostWorkspace = std::size_t{1} << 30;  // bytes

Error no_memory() { return {Problem::kNoMemory, "expected memory for the network, found none"}; }

bool has_finite_weights(const LayerGraph& graph) {
  for (const Layer& layer : graph.layers) {
    for (const auto* list : {&layer.weights, &layer.scale, &layer.bias}) {
      for (const float value : *list) {
        if (!std::isfinite(value)) return false;
      }
    }
  }
  return true;
}

Result<std::unique_ptr<Network::Plan>> make_plan(Bytes onnx, const Signature& signature, Precision precision) {
  const auto file = read_onnx(onnx);
  if (!file) return file.error();
  const auto ranges = ranges_of(*file);
  if (!ranges) return ranges.error();
  auto graph = translate(*file, signature);
  if (!graph) return graph.error();
  auto plan = std::make_unique<Network::Plan>();
  plan->graph = std::move(*graph);
  fuse(plan->graph);
  if (!has_finite_weights(plan->graph)) {
    return Error{Problem::kCorrupt, "expected weights that stay finite when layers are merged, found others"};
  }
  plan->kernels = &best_kernels();
  plan->size = signature.size;
  std::vector<FixedPoint> fixed;
  if (precision != Precision::kFloat32 && !ranges->empty()) fixed = plan_fixed_point(plan->graph, *ranges);
  for (const Layer& layer : plan->graph.layers) {
    if (!fixed.empty() && layer.op == Op::kConv && fixed[layer.output].used) plan->precision = Precision::kInt16;
  }
  if (precision == Precision::kInt16 && plan->precision != precision) {
    return Error{Problem::kNeedsPlatform,
                 std::string("expected a network that states its tensors' ranges (metadata '") + kRangesKey +
                     "') for int16, found none: use float32"};
  }
  if (!pack(*plan, fixed)) return no_memory();
  if (plan->arena_bytes + plan->scratch_bytes > kMostWorkspace) {
    return Error{Problem::kTooLarge, "expected a network that needs at most 1 GiB of memory, found one that needs " +
                                         std::to_string((plan->arena_bytes + plan->scratch_bytes) >> 20) + " MiB"};
  }
  return plan;
}

}  // namespace

void Network::WorkspaceDeleter::operator()(Workspace* workspace) const { delete workspace; }

Network::Network(std::unique_ptr<const Plan> plan) : plan_(std::move(plan)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Result<Network> Network::load(Bytes onnx, const Signature& signature, Precision precision) {
  try {
    auto plan = make_plan(onnx, signature, precision);
    if (!plan) return plan.error();
    return Network(std::move(*plan));
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

Precision Network::precision() const { return plan_->precision; }

std::size_t Network::weight_bytes() const {
  std::size_t bytes = 0;
  for (const Step& step : plan_->steps) {
    bytes += (step.weights.size() + step.scale.size() + step.bias.size()) * sizeof(float) +
             (step.codes.size() + step.table.size()) * sizeof(std::int16_t);
  }
  return bytes;
}

std::size_t Network::workspace_bytes() const { return Workspace::bytes_for(*plan_); }

Network::WorkspacePointer Network::make_workspace() const {
  WorkspacePointer workspace(new (std::nothrow) Workspace(*plan_));
  if (!workspace || !workspace->sound()) return nullptr;
  return workspace;
}

Result<Outputs> Network::run(const Image& picture, Workspace& workspace) const {
  try {
    if (auto fits = workspace.run(*plan_, picture, {true, false}); !fits) return fits.error();
    const LayerGraph& graph = plan_->graph;
    Outputs outputs;
    const float* probabilities = workspace.floats(*plan_, graph.probabilities);
    outputs.probabilities.assign(probabilities, probabilities + graph.values[graph.probabilities].shape.values());
    if (graph.presence != kNone) outputs.presence = *workspace.floats(*plan_, graph.presence);
    return outputs;
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

Result<ActivationMap> Network::class_activation(const Image& picture, Workspace& workspace) const {
  try {
    const int value = plan_->graph.class_activation;
    if (value == kNone) {
      return Error{Problem::kCorrupt, "expected a network that tells where it looked, found one that does not"};
    }
    if (auto fits = workspace.run(*plan_, picture, {false, true}); !fits) return fits.error();
    const Shape& shape = plan_->graph.values[value].shape;
    const float* from = workspace.floats(*plan_, value);
    const std::size_t places = static_cast<std::size_t>(shape.height) * shape.width;
    const auto stride = static_cast<std::size_t>(plan_->slots[value].stride);
    ActivationMap map{shape.width, shape.height, std::vector<float>(places * shape.channels)};
    for (int c = 0; c < shape.channels; ++c) {
      for (std::size_t i = 0; i < places; ++i) map.values[c * places + i] = from[i * stride + c];
    }
    return map;
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

Result<bool> Network::observe(const Image& picture, Workspace& workspace, std::vector<Range>& ranges) const {
  try {
    return workspace.run(*plan_, picture, {true, false, &ranges});
  } catch (const std::bad_alloc&) {
    return no_memory();
  }
}

}  // namespace catdog::network
