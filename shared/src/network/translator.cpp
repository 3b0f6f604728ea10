#include "translator.h"

#include <algorithm>
#include <utility>

namespace catdog::network {
namespace {

constexpr std::int64_t kLeastOpset = 7, kMostOpset = 23;

std::string quoted(const std::string& name) { return '\'' + name + '\''; }

}  // namespace

Result<LayerGraph> translate(const OnnxModel& file, const Signature& signature) {
  auto graph = Translator(file, signature).translate();
  if (graph || graph.error().problem != Problem::kNeedsPlatform) return graph;
  // Another engine may get the file: no constant may harm it.
  for (const OnnxConstant& constant : file.constants) {
    const auto values = floats_of(constant);
    if (!values && values.error().problem != Problem::kNeedsPlatform) return values.error();
  }
  return graph;
}

Result<LayerGraph> Translator::translate() {
  if (!check_signature() || !read_constants() || !check_names()) return error_;
  if (file_.opset < kLeastOpset || file_.opset > kMostOpset) {
    refuse("operators of version 7 to 23", std::to_string(file_.opset),
           file_.opset < 1 ? Problem::kCorrupt : Problem::kNeedsPlatform);
    return error_;
  }
  Layer photo;
  photo.op = Op::kInput;
  photo.output = names_[signature_.input] = 0;
  graph_.values.push_back({{3, signature_.size, signature_.size}, false, signature_.input});
  graph_.layers.push_back(std::move(photo));
  for (const OnnxNode& node : file_.nodes) {
    if (!translate_node(node)) return error_;
  }
  if (!finish()) return error_;
  return std::move(graph_);
}

bool Translator::refuse(const std::string& expected, const std::string& found, Problem problem) {
  std::string where;
  if (node_) where = "node " + quoted(node_->name) + " (" + node_->type + "): ";
  error_ = {problem, where + "expected " + expected + ", found " + found};
  return false;
}

bool Translator::failed(const Error& error) {
  error_ = error;
  return false;
}

bool Translator::read_constants() {
  for (const OnnxConstant& constant : file_.constants) {
    if (!constants_.emplace(constant.name, &constant).second) {
      return refuse("one constant called " + quoted(constant.name), "several", Problem::kCorrupt);
    }
  }
  return true;
}

bool Translator::translate_node(const OnnxNode& node) {
  node_ = &node;
  if (!node.domain.empty() && node.domain != "ai.onnx") return refuse("standard operators", quoted(node.domain));
  const Entry* entry = find_entry(node.type);
  if (!entry) return refuse("an operator that is known here", node.type);
  for (const OnnxAttribute& given : node.attributes) {
    if (entry->attributes.find(' ' + given.name + ' ') == std::string_view::npos) {
      return refuse("attributes that are known here", quoted(given.name));
    }
  }
  if (!(this->*entry->translate)()) return false;
  node_ = nullptr;
  return true;
}

bool Translator::finish() {
  const auto output = [&](const std::string& name, int& value) {
    if (name.empty()) return true;
    const auto found = names_.find(name);
    if (found == names_.end()) return refuse("an output that depends on the photo", quoted(name), Problem::kCorrupt);
    value = found->second;
    return true;
  };
  if (!output(signature_.probabilities, graph_.probabilities) || !output(signature_.presence, graph_.presence) ||
      !output(signature_.class_activation, graph_.class_activation)) {
    return false;
  }
  const auto check = [&](int value, int channels, bool flat, const std::string& name) {
    if (value == kNone) return true;
    const Value& found = graph_.values[value];
    const bool fits =
        flat ? found.flat && found.shape.values() == channels : !found.flat && found.shape.channels == channels;
    return fits || refuse(std::to_string(channels) + " values of " + quoted(name), "another number", Problem::kCorrupt);
  };
  return check(graph_.probabilities, signature_.classes, true, signature_.probabilities) &&
         check(graph_.presence, 1, true, signature_.presence) &&
         check(graph_.class_activation, signature_.classes, false, signature_.class_activation);
}

std::string Translator::input_name(std::size_t index) const {
  return index < node_->inputs.size() ? node_->inputs[index] : std::string();
}

const OnnxConstant* Translator::constant_input(std::size_t index) const {
  const auto found = constants_.find(input_name(index));
  return found == constants_.end() ? nullptr : found->second;
}

bool Translator::value_input(std::size_t index, int& value) {
  const auto found = names_.find(input_name(index));
  if (found == names_.end()) return refuse("input " + std::to_string(index) + " to depend on the photo", "a constant");
  value = found->second;
  return true;
}

bool Translator::floats_input(std::size_t index, std::vector<float>& values) {
  const OnnxConstant* constant = constant_input(index);
  if (!constant) return refuse("input " + std::to_string(index) + " to be a constant", quoted(input_name(index)));
  auto found = floats_of(*constant);
  if (!found) return failed(found.error());
  values = std::move(*found);
  return true;
}

bool Translator::integers_input(std::size_t index, std::vector<std::int64_t>& values) {
  const OnnxConstant* constant = constant_input(index);
  if (!constant) return refuse("input " + std::to_string(index) + " to be a constant", quoted(input_name(index)));
  if (constant->count > kMaxListed) return refuse("a short list", std::to_string(constant->count) + " numbers");
  auto found = integers_of(*constant);
  if (!found) return failed(found.error());
  values = std::move(*found);
  return true;
}

const OnnxAttribute* Translator::attribute(const char* name) const {
  for (const OnnxAttribute& one : node_->attributes) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

std::int64_t Translator::number(const char* name, std::int64_t otherwise) const {
  const OnnxAttribute* found = attribute(name);
  return found ? found->number : otherwise;
}

float Translator::real(const char* name, float otherwise) const {
  const OnnxAttribute* found = attribute(name);
  return found ? found->real : otherwise;
}

bool Translator::numbers(const char* name, std::size_t count, std::int64_t most, std::vector<std::int64_t> otherwise,
                         std::vector<int>& found) {
  if (const OnnxAttribute* given = attribute(name)) otherwise = given->numbers;
  if (otherwise.size() != count) {
    return refuse(std::to_string(count) + " numbers as " + name, std::to_string(otherwise.size()));
  }
  found.clear();
  for (const std::int64_t one : otherwise) {
    if (one < 0 || one > most) {
      return refuse(std::string(name) + " from 0 to " + std::to_string(most), std::to_string(one));
    }
    found.push_back(static_cast<int>(one));
  }
  return true;
}

bool Translator::add_layer(Layer&& layer, Shape shape, bool flat) {
  if (shape.values() > kMaxValues || shape.channels > kMaxChannels) {
    return refuse("tensors of at most " + std::to_string(kMaxValues) + " values", std::to_string(shape.values()),
                  Problem::kTooLarge);
  }
  const std::int64_t filter = std::int64_t{layer.window.kernel_h} * layer.window.kernel_w;
  std::int64_t each = filter;  // multiply-adds for a value of the output
  if (layer.op == Op::kConv) each = filter * shape_of(layer.inputs[0]).channels;
  if (layer.op == Op::kDense) each = shape_of(layer.inputs[0]).values();
  if (each > kMaxWork / std::max<std::int64_t>(shape.values(), 1) || work_ + each * shape.values() > kMaxWork) {
    return refuse("a network of at most " + std::to_string(kMaxWork) + " multiply-adds", "more", Problem::kTooLarge);
  }
  work_ += each * shape.values();
  layer.node = node_->name;
  layer.output = static_cast<int>(graph_.values.size());
  graph_.values.push_back({shape, flat, node_->outputs[0]});
  names_[node_->outputs[0]] = layer.output;
  graph_.layers.push_back(std::move(layer));
  return true;
}

}  // namespace catdog::network
