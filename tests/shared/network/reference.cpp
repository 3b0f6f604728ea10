#include "reference.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace catdog {
namespace {

using Tensor = ReferenceTensor;

std::vector<std::int64_t> ints(const onnx::NodeProto& node, const char* name, std::vector<std::int64_t> otherwise) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return {attribute.ints().begin(), attribute.ints().end()};
  }
  return otherwise;
}

std::int64_t integer(const onnx::NodeProto& node, const char* name, std::int64_t otherwise) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return attribute.i();
  }
  return otherwise;
}

// Goes over all windows of a picture; use(channel, output place, values within the picture with their place in the
// kernel).
struct Tap {
  std::int64_t ky, kx, y, x;
};
template <class Use>
Tensor slide(const onnx::NodeProto& node, const Tensor& in, std::int64_t channels, std::int64_t kh, std::int64_t kw,
             Use use) {
  const auto strides = ints(node, "strides", {1, 1}), pads = ints(node, "pads", {0, 0, 0, 0}),
             dilations = ints(node, "dilations", {1, 1});
  const std::int64_t h = in.shape[2], w = in.shape[3];
  const std::int64_t oh = (h + pads[0] + pads[2] - ((kh - 1) * dilations[0] + 1)) / strides[0] + 1;
  const std::int64_t ow = (w + pads[1] + pads[3] - ((kw - 1) * dilations[1] + 1)) / strides[1] + 1;
  Tensor out{{1, channels, oh, ow}, {}};
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t oy = 0; oy < oh; ++oy) {
      for (std::int64_t ox = 0; ox < ow; ++ox) {
        std::vector<Tap> taps;
        for (std::int64_t ky = 0; ky < kh; ++ky) {
          for (std::int64_t kx = 0; kx < kw; ++kx) {
            const std::int64_t y = oy * strides[0] - pads[0] + ky * dilations[0];
            const std::int64_t x = ox * strides[1] - pads[1] + kx * dilations[1];
            if (y >= 0 && y < h && x >= 0 && x < w) taps.push_back({ky, kx, y, x});
          }
        }
        out.values.push_back(use(c, taps));
      }
    }
  }
  return out;
}

double at(const Tensor& t, std::int64_t c, std::int64_t y, std::int64_t x) {
  return t.values[static_cast<std::size_t>((c * t.shape[2] + y) * t.shape[3] + x)];
}

Tensor conv(const onnx::NodeProto& node, const Tensor& in, const Tensor& weight, const Tensor* bias) {
  const std::int64_t groups = integer(node, "group", 1), out = weight.shape[0], each = weight.shape[1];
  return slide(node, in, out, weight.shape[2], weight.shape[3], [&](std::int64_t c, const std::vector<Tap>& taps) {
    double sum = bias ? bias->values[c] : 0;
    for (const Tap& tap : taps) {
      for (std::int64_t i = 0; i < each; ++i) {
        const std::int64_t from = c / (out / groups) * each + i;
        sum += at(in, from, tap.y, tap.x) *
               weight.values[((c * each + i) * weight.shape[2] + tap.ky) * weight.shape[3] + tap.kx];
      }
    }
    return sum;
  });
}

template <class Each>
Tensor map(const Tensor& in, Each each) {
  Tensor out = in;
  for (double& value : out.values) value = each(value);
  return out;
}

// The value of a constant that belongs to a channel.
double for_channel(const Tensor& constant, std::size_t channel) {
  return constant.values.size() == 1 ? constant.values[0] : constant.values[channel];
}

template <class Each>
Tensor by_channel(const Tensor& in, Each each) {
  Tensor out = in;
  const std::size_t places = in.values.size() / static_cast<std::size_t>(in.shape[1]);
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] = each(out.values[i], i / places);
  return out;
}

Tensor pool(const onnx::NodeProto& node, const Tensor& in) {
  const auto kernel = ints(node, "kernel_shape", {});
  const bool maximum = node.op_type() == "MaxPool", all = integer(node, "count_include_pad", 0) != 0;
  return slide(node, in, in.shape[1], kernel[0], kernel[1], [&](std::int64_t c, const std::vector<Tap>& taps) {
    double most = -INFINITY, sum = 0;
    for (const Tap& tap : taps) most = std::max(most, at(in, c, tap.y, tap.x)), sum += at(in, c, tap.y, tap.x);
    return maximum ? most : sum / static_cast<double>(all ? kernel[0] * kernel[1] : taps.size());
  });
}

Tensor gemm(const onnx::NodeProto& node, const Tensor& in, const Tensor& matrix, const Tensor* bias) {
  const bool turned = integer(node, "transB", 0) != 0;
  const std::int64_t outputs = matrix.shape[turned ? 0 : 1], inputs = matrix.shape[turned ? 1 : 0];
  Tensor out{{1, outputs}, {}};
  for (std::int64_t o = 0; o < outputs; ++o) {
    double sum = bias ? bias->values[o] : 0;
    for (std::int64_t i = 0; i < inputs; ++i) {
      sum += in.values[i] * matrix.values[turned ? o * inputs + i : i * outputs + o];
    }
    out.values.push_back(sum);
  }
  return out;
}

double mean_of(const Tensor& in, std::size_t channel) {
  const std::size_t places = static_cast<std::size_t>(in.shape[2] * in.shape[3]);
  double sum = 0;
  for (std::size_t i = 0; i < places; ++i) sum += in.values[channel * places + i];
  return sum / static_cast<double>(places);
}

// Pad (with zeros), Slice (of height and width) and Resize (to the nearest, by whole factors): for each output place
// the input place that it shows, if any.
template <class Input>
Tensor place(const onnx::NodeProto& node, const Tensor& in, Input input) {
  std::int64_t h = in.shape[2], w = in.shape[3], dy = 0, dx = 0, factor = 1;
  if (node.op_type() == "Pad") {
    const auto pads = [&](int i) { return static_cast<std::int64_t>(input(1)->values[i]); };
    dy = -pads(2), dx = -pads(3), h += pads(2) + pads(6), w += pads(3) + pads(7);
  } else if (node.op_type() == "Slice") {
    dy = static_cast<std::int64_t>(input(1)->values[0]), dx = static_cast<std::int64_t>(input(1)->values[1]);
    h = static_cast<std::int64_t>(input(2)->values[0]) - dy, w = static_cast<std::int64_t>(input(2)->values[1]) - dx;
  } else {
    factor = static_cast<std::int64_t>(input(2)->values[2]);
    h *= factor, w *= factor;
  }
  Tensor out{{1, in.shape[1], h, w}, {}};
  for (std::int64_t c = 0; c < in.shape[1]; ++c) {
    for (std::int64_t y = 0; y < h; ++y) {
      for (std::int64_t x = 0; x < w; ++x) {
        const std::int64_t from_y = (y + dy) / factor, from_x = (x + dx) / factor;
        const bool inside = y + dy >= 0 && x + dx >= 0 && from_y < in.shape[2] && from_x < in.shape[3];
        out.values.push_back(inside ? at(in, c, from_y, from_x) : 0);
      }
    }
  }
  return out;
}

Tensor softmax(const Tensor& in) {
  const double most = *std::max_element(in.values.begin(), in.values.end());
  Tensor out = map(in, [&](double x) { return std::exp(x - most); });
  double sum = 0;
  for (const double value : out.values) sum += value;
  return map(out, [&](double x) { return x / sum; });
}

}  // namespace

std::map<std::string, Tensor> reference(const std::string& file, const Image& picture) {
  onnx::ModelProto model;
  if (!model.ParseFromString(file)) throw std::runtime_error("no ONNX");
  std::map<std::string, Tensor> known;
  for (const auto& constant : model.graph().initializer()) {
    Tensor tensor{{constant.dims().begin(), constant.dims().end()}, {}};
    tensor.values.assign(constant.float_data().begin(), constant.float_data().end());
    for (const std::int64_t value : constant.int64_data()) tensor.values.push_back(static_cast<double>(value));
    known[constant.name()] = tensor;
  }
  Tensor photo{{1, 3, picture.height, picture.width}, {}};
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < picture.height; ++y) {
      for (int x = 0; x < picture.width; ++x) photo.values.push_back(picture.row(y)[3 * x + c] / 255.0);
    }
  }
  known[model.graph().input(0).name()] = photo;
  for (const auto& node : model.graph().node()) {
    const auto input = [&](int i) -> const Tensor* {
      return i < node.input_size() && !node.input(i).empty() ? &known.at(node.input(i)) : nullptr;
    };
    const std::string& type = node.op_type();
    const Tensor& in = *input(0);
    Tensor out;
    if (type == "Conv")
      out = conv(node, in, *input(1), input(2));
    else if (type == "Relu")
      out = map(in, [](double x) { return std::max(x, 0.0); });
    else if (type == "Clip")
      out = map(in, [&](double x) { return std::clamp(x, input(1)->values[0], input(2)->values[0]); });
    else if (type == "Sigmoid")
      out = map(in, [](double x) { return 1 / (1 + std::exp(-x)); });
    else if (type == "MaxPool" || type == "AveragePool")
      out = pool(node, in);
    else if (type == "Gemm" || type == "MatMul")
      out = gemm(node, in, *input(1), input(2));
    else if (type == "Softmax")
      out = softmax(in);
    else if (type == "BatchNormalization")
      out = by_channel(in, [&](double x, std::size_t c) {
        const auto value = [&](int i) { return input(i)->values[c]; };
        return (x - value(3)) / std::sqrt(value(4) + 1e-5) * value(1) + value(2);
      });
    else if (type == "GlobalAveragePool" || type == "ReduceMean") {
      out.shape = {1, in.shape[1], 1, 1};
      for (std::int64_t c = 0; c < in.shape[1]; ++c) out.values.push_back(mean_of(in, static_cast<std::size_t>(c)));
    } else if (type == "Pad" || type == "Slice" || type == "Resize") {
      out = place(node, in, [&](int i) { return input(i); });
    } else if (type == "Flatten" || type == "Reshape" || type == "Squeeze") {
      out = {{1, static_cast<std::int64_t>(in.values.size())}, in.values};
    } else if (type == "Add" && input(1)->shape == in.shape) {
      out = in;
      for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i] += input(1)->values[i];
    } else if (type == "Add" || type == "Sub" || type == "Mul" || type == "Div") {
      const bool turned = in.shape.size() < input(1)->shape.size();  // a constant comes first
      const Tensor &value = turned ? *input(1) : in, &constant = turned ? in : *input(1);
      out = by_channel(value, [&](double number, std::size_t c) {
        const double other = for_channel(constant, c);
        const double x = turned ? other : number, y = turned ? number : other;
        return type == "Add" ? x + y : type == "Sub" ? x - y : type == "Mul" ? x * y : x / y;
      });
    } else {
      throw std::runtime_error("no reference for " + type);
    }
    known[node.output(0)] = out;
  }
  return known;
}

}  // namespace catdog
