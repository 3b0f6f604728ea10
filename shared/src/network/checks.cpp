// What is checked of a graph before any engine sees it.
#include <algorithm>
#include <cmath>

#include "translator.h"

namespace catdog::network {
namespace {

std::string quoted(const std::string& name) { return '\'' + name + '\''; }

std::string names_of(const std::vector<OnnxValue>& values) {
  std::string names;
  for (const OnnxValue& value : values) names += (names.empty() ? "" : ", ") + quoted(value.name);
  return names.empty() ? "none" : names;
}

// Bounds of attributes that no engine should see beyond: zero strides and groups crash some.
struct Bounds {
  const char* attribute;
  std::int64_t least, most;
};
constexpr Bounds kBounds[] = {{"kernel_shape", 1, kMaxSide}, {"strides", 1, kMaxSide},   {"dilations", 1, kMaxSide},
                              {"pads", -kMaxSide, kMaxSide}, {"group", 1, kMaxChannels}, {"axis", -8, 8}};

}  // namespace

bool Translator::check_signature() {
  const std::int64_t size = signature_.size, classes = signature_.classes;
  std::vector<OnnxValue> inputs;
  for (const OnnxValue& input : file_.inputs) {
    const auto same = [&](const OnnxConstant& constant) { return constant.name == input.name; };
    if (std::none_of(file_.constants.begin(), file_.constants.end(), same)) inputs.push_back(input);
  }
  constexpr int kFloat = static_cast<int>(DataType::kFloat32);
  std::vector<OnnxValue> outputs = {{signature_.probabilities, kFloat, {kSymbolic, classes}}};
  if (!signature_.presence.empty()) outputs.push_back({signature_.presence, kFloat, {kSymbolic, 1}});
  if (!signature_.class_activation.empty()) {
    outputs.push_back({signature_.class_activation, kFloat, {kSymbolic, classes, kSymbolic, kSymbolic}});
  }
  return check_tensors("input", inputs, {{signature_.input, kFloat, {kSymbolic, 3, size, size}}}) &&
         check_tensors("output (one number for each label)", file_.outputs, outputs);
}

// The tensors must be the expected ones, in any order; a side of kSymbolic may be of any length.
bool Translator::check_tensors(const char* part, const std::vector<OnnxValue>& found,
                               const std::vector<OnnxValue>& expected) {
  const auto misfit = [&](const std::string& wanted, const std::string& instead) {
    error_ = {Problem::kCorrupt, std::string(part) + ": expected " + wanted + ", found " + instead};
    return false;
  };
  for (const OnnxValue& wanted : expected) {
    const auto same_name = [&](const OnnxValue& value) { return value.name == wanted.name; };
    const auto value = std::find_if(found.begin(), found.end(), same_name);
    if (value == found.end() || found.size() != expected.size()) {
      return misfit("only " + names_of(expected), names_of(found));
    }
    if (value->type != wanted.type) return misfit("float32 (data type 1)", "data type " + std::to_string(value->type));
    bool fits = value->shape.size() == wanted.shape.size() && value->shape[0] == kSymbolic;
    for (std::size_t i = 1; fits && i < wanted.shape.size(); ++i) {
      fits = wanted.shape[i] == kSymbolic || value->shape[i] == wanted.shape[i];
    }
    if (!fits) return misfit(shape_text(wanted.shape), shape_text(value->shape));
  }
  return true;
}

// Every node reads what stands before it, so there are no cycles; no name is given twice; nothing is out of bounds.
bool Translator::check_names() {
  std::map<std::string, bool> known;
  for (const auto& [name, constant] : constants_) known[name] = true;
  known[signature_.input] = true;
  for (const OnnxNode& node : file_.nodes) {
    node_ = &node;
    for (const std::string& name : node.inputs) {
      if (!name.empty() && !known.count(name)) {
        return refuse("inputs that an earlier node makes", quoted(name), Problem::kCorrupt);
      }
    }
    if (node.outputs.empty() || node.outputs[0].empty()) return refuse("an output", "none", Problem::kCorrupt);
    if (node.type != "Constant" && input_name(0).empty()) return refuse("an input", "none", Problem::kCorrupt);
    if (!check_sizes()) return false;
    for (const std::string& name : node.outputs) {
      if (!name.empty() && !known.emplace(name, true).second) {
        return refuse("outputs with new names", quoted(name), Problem::kCorrupt);
      }
    }
    for (const OnnxAttribute& attribute : node.attributes) {
      if (attribute.other) return refuse("plain attributes", quoted(attribute.name), Problem::kCorrupt);
      for (const Bounds& bounds : kBounds) {
        if (attribute.name != bounds.attribute) continue;
        std::vector<std::int64_t> numbers = attribute.numbers;
        if (attribute.has_number) numbers.push_back(attribute.number);
        for (const std::int64_t number : numbers) {
          if (number >= bounds.least && number <= bounds.most) continue;
          return refuse(attribute.name + " from " + std::to_string(bounds.least) + " to " + std::to_string(bounds.most),
                        std::to_string(number), Problem::kCorrupt);
        }
      }
    }
  }
  node_ = nullptr;
  for (const OnnxValue& output : file_.outputs) {
    if (!known.count(output.name)) {
      return refuse("a node that makes the output", "none for " + quoted(output.name), Problem::kCorrupt);
    }
  }
  return true;
}

// Operators that make pictures of any size, by numbers that are no attributes. Only those whose numbers are known here
// may reach another engine.
bool Translator::check_sizes() {
  for (const char* any : {"ConstantOfShape", "Expand", "If", "Loop", "Range", "Scan", "Tile", "Upsample"}) {
    if (node_->type == any) return refuse("operators whose sizes are bounded", any, Problem::kCorrupt);
  }
  if (node_->type != "Pad" && node_->type != "Resize" && node_->type != "Reshape") return true;
  for (std::size_t i = 1; i < node_->inputs.size(); ++i) {
    const OnnxConstant* constant = constant_input(i);
    if (!constant) continue;
    const auto integers = integers_of(*constant);
    const auto reals = floats_of(*constant);
    if (integers) {
      const std::int64_t most = node_->type == "Reshape" ? kMaxValues : kMaxSide;
      for (std::size_t place = 0; place < integers->size(); ++place) {
        const std::int64_t one = (*integers)[place];
        const bool copies_nothing = node_->type == "Reshape" && one == 0 && place >= 4;
        if (one < -kMaxSide || one > most || copies_nothing) {
          return refuse("sizes within bounds", std::to_string(one), Problem::kTooLarge);
        }
      }
    } else if (reals) {
      for (const float one : *reals) {
        if (!(std::abs(one) <= 64)) return refuse("factors of at most 64", std::to_string(one), Problem::kTooLarge);
      }
    }
  }
  return true;
}

}  // namespace catdog::network
