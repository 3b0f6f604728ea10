#include "quantize.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace catdog::network {
namespace {

constexpr double kLargestSum = 2147483647.0;
constexpr int kLargestCode = 32767, kLeastMost = 255;
// Photos may make more of a tensor than the samples did; what is beyond even that is clamped.
constexpr double kHeadroom = 1.25;

// One weight of a filter may be so many times smaller than the sum of all, so that inputs and weights share 31 bits.
double spread(const float* weights, std::size_t count) {
  double sum = 0, greatest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double magnitude = std::abs(static_cast<double>(weights[i]));
    sum += magnitude, greatest = std::max(greatest, magnitude);
  }
  return greatest > 0 ? sum / greatest : 1;
}

bool can_be_fixed(Op op) {
  switch (op) {
    case Op::kInput:
    case Op::kConv:
    case Op::kDepthwise:
    case Op::kMaxPool:
    case Op::kAveragePool:
    case Op::kAffine:
    case Op::kClamp:
    case Op::kAdd: return true;
    default: return false;
  }
}

// Writes the scale of its input: the result is between the input's values.
bool keeps_scale(Op op) { return op == Op::kMaxPool || op == Op::kAveragePool; }

// Numbers in the metadata are decimals with six places, so that no locale matters.
constexpr std::uint64_t kMillion = 1'000'000;

// The digits from `begin` up to `end`: at least one, at most `most`.
bool digits(const std::string& line, std::size_t begin, std::size_t end, std::size_t most, std::uint64_t& number) {
  number = 0;
  if (begin >= end || end - begin > most) return false;
  for (std::size_t i = begin; i < end; ++i) {
    if (line[i] < '0' || line[i] > '9') return false;
    number = number * 10 + static_cast<std::uint64_t>(line[i] - '0');
  }
  return true;
}

Error misread(const std::string& line) {
  return {Problem::kCorrupt,
          std::string(kRangesKey) + ": expected lines like 'NAME 1.500000', found '" + line.substr(0, 80) + "'"};
}

class Planner {
 public:
  Planner(LayerGraph& graph, const std::vector<Range>& ranges) : graph_(graph) {
    for (const Range& range : ranges) ranges_[range.tensor] = range.greatest;
  }

  std::vector<FixedPoint> plan() {
    fixed_.resize(graph_.values.size());
    for (const Layer& layer : graph_.layers) fixed_[layer.output].used = is_fixed(layer);
    dequantize_where_floats_are_read();
    share_bits();
    for (const Layer& layer : graph_.layers) {
      FixedPoint& out = fixed_[layer.output];
      if (!out.used) continue;
      if (keeps_scale(layer.op))
        out = fixed_[layer.inputs[0]];
      else
        out.scale = range_of(layer) / out.most;
    }
    return std::move(fixed_);
  }

 private:
  bool is_fixed(const Layer& layer) const {
    if (!can_be_fixed(layer.op) || !layer.for_outputs || graph_.values[layer.output].flat) return false;
    for (const int input : layer.inputs) {
      if (!fixed_[input].used) return false;
    }
    if (layer.residual != kNone && !fixed_[layer.residual].used) return false;
    return !needs_range(layer) || ranges_.count(graph_.values[layer.output].name);
  }

  double range_of(const Layer& layer) const {
    double range = 0;
    if (layer.op == Op::kInput) {
      for (const float value : layer.scale) range = std::max(range, std::abs(static_cast<double>(value)));
    } else {
      range = kHeadroom * ranges_.at(graph_.values[layer.output].name);
      const double limit =
          std::max(std::abs(static_cast<double>(layer.low)), std::abs(static_cast<double>(layer.high)));
      if (std::isfinite(limit)) range = std::min(range, limit);
    }
    return range > 0 ? range : 1;
  }

  void dequantize_where_floats_are_read() {
    std::map<int, int> floats;  // of fixed values: the same as floats
    std::vector<Layer> layers;
    for (Layer& layer : graph_.layers) {
      const bool reads_fixed = fixed_[layer.output].used || layer.op == Op::kGlobalAveragePool;
      for (std::size_t i = 0; i <= layer.inputs.size(); ++i) {
        int& input = i < layer.inputs.size() ? layer.inputs[i] : layer.residual;
        if (input == kNone || reads_fixed || !fixed_[input].used) continue;
        const auto [place, is_new] = floats.emplace(input, static_cast<int>(graph_.values.size()));
        if (is_new) {
          Layer widen;
          widen.op = Op::kDequantize;
          widen.inputs = {input};
          widen.output = place->second;
          graph_.values.push_back(graph_.values[input]);
          fixed_.emplace_back();
          layers.push_back(std::move(widen));
        }
        input = place->second;
      }
      layers.push_back(std::move(layer));
    }
    // They run where any of their readers does.
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
      if (layer->op != Op::kDequantize) continue;
      for (const Layer& reader : layers) {
        const bool reads = std::count(reader.inputs.begin(), reader.inputs.end(), layer->output) > 0 ||
                           reader.residual == layer->output;
        layer->for_outputs = layer->for_outputs || (reads && reader.for_outputs);
        layer->for_map = layer->for_map || (reads && reader.for_map);
      }
    }
    graph_.layers = std::move(layers);
  }

  void share_bits() {
    for (FixedPoint& value : fixed_) value.most = kLargestCode;
    for (auto layer = graph_.layers.rbegin(); layer != graph_.layers.rend(); ++layer) {
      if (layer->inputs.empty() || !fixed_[layer->inputs[0]].used) continue;
      const Shape& shape = graph_.values[layer->inputs[0]].shape;
      int& most = fixed_[layer->inputs[0]].most;
      double limit = kLargestCode;
      if (layer->op == Op::kConv || layer->op == Op::kDepthwise) {
        const std::size_t outputs = layer->bias.size(), each = layer->weights.size() / outputs;
        double widest = 1;
        for (std::size_t o = 0; o < outputs; ++o) widest = std::max(widest, spread(&layer->weights[o * each], each));
        limit = std::sqrt(kLargestSum / widest);
      }
      if (keeps_scale(layer->op) && fixed_[layer->output].used) limit = fixed_[layer->output].most;
      if (layer->op == Op::kAveragePool) {
        limit = std::min(limit, kLargestSum / (layer->window.kernel_h * static_cast<double>(layer->window.kernel_w)));
      }
      if (layer->op == Op::kGlobalAveragePool) {
        limit = std::min(limit, kLargestSum / (static_cast<double>(shape.height) * shape.width));
      }
      most = std::min(most, std::max(static_cast<int>(limit), kLeastMost));
    }
  }

  LayerGraph& graph_;
  std::map<std::string, double> ranges_;
  std::vector<FixedPoint> fixed_;
};

}  // namespace

bool needs_range(const Layer& layer) {
  return layer.op == Op::kConv || layer.op == Op::kDepthwise || layer.op == Op::kAffine || layer.op == Op::kClamp ||
         layer.op == Op::kAdd;
}

std::vector<FixedPoint> plan_fixed_point(LayerGraph& graph, const std::vector<Range>& ranges) {
  return Planner(graph, ranges).plan();
}

double quantize_weights(const float* weights, std::size_t count, int most, std::int16_t* codes) {
  double sum = 0, greatest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double magnitude = std::abs(static_cast<double>(weights[i]));
    sum += magnitude, greatest = std::max(greatest, magnitude);
  }
  // Rounding adds at most a half to each code.
  const double room = std::max(kLargestSum / most - static_cast<double>(count) / 2, 1.0);
  const double scale = std::max({greatest / kLargestCode, sum / room, 1e-30});
  std::int64_t codes_sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    codes[i] = static_cast<std::int16_t>(std::floor(weights[i] / scale + 0.5));
    codes_sum += std::abs(codes[i]);
  }
  // Where there are so many weights that a half for each is more than there is room, all of them are dropped.
  if (codes_sum * most > static_cast<std::int64_t>(kLargestSum)) std::fill_n(codes, count, std::int16_t{0});
  return scale;
}

Result<std::vector<Range>> ranges_of(const OnnxModel& file) {
  std::vector<Range> ranges;
  for (const auto& [key, text] : file.metadata) {
    if (key != kRangesKey) continue;
    ranges.clear();
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string line = text.substr(begin, end - begin);
      begin = end + 1;
      const std::size_t space = line.rfind(' ');
      const std::size_t point = line.find('.', std::min(space, line.size()));
      if (space == std::string::npos || space == 0 || point == std::string::npos) return misread(line);
      std::uint64_t whole, millionths;
      if (!digits(line, space + 1, point, 12, whole) || !digits(line, point + 1, line.size(), 6, millionths)) {
        return misread(line);
      }
      ranges.push_back(
          {line.substr(0, space), static_cast<float>(static_cast<double>(whole * kMillion + millionths) / kMillion)});
    }
  }
  return ranges;
}

std::string ranges_text(const std::vector<Range>& ranges) {
  std::string text;
  for (const Range& range : ranges) {
    const double bounded = std::min(static_cast<double>(range.greatest), 999'999'999'999.0);
    const auto millionths = static_cast<std::uint64_t>(std::ceil(bounded * kMillion));
    text += range.tensor + ' ' + std::to_string(millionths / kMillion) + '.' +
            std::to_string(kMillion + millionths % kMillion).substr(1) + '\n';
  }
  return text;
}

}  // namespace catdog::network
