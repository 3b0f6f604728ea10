// Translates the nodes of an ONNX graph one after the other.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers.h"

namespace catdog::network {

class Translator {
 public:
  Translator(const OnnxModel& file, const Signature& signature) : file_(file), signature_(signature) {}
  Result<LayerGraph> translate();

 private:
  using Operator = bool (Translator::*)();
  struct Entry {
    const char* type;
    Operator translate;
    std::string_view attributes;  // those that are understood, each between spaces
  };
  static const Entry* find_entry(const std::string& type);  // null: not known

  // checks.cpp. Whatever gives bool: false after refuse().
  bool check_signature();
  bool check_tensors(const char* part, const std::vector<OnnxValue>& found, const std::vector<OnnxValue>& expected);
  bool check_names();
  bool check_sizes();
  // translator.cpp: names and attributes.
  bool read_constants();
  bool translate_node(const OnnxNode& node);
  bool finish();
  bool refuse(const std::string& expected, const std::string& found, Problem problem = Problem::kNeedsPlatform);
  bool failed(const Error& error);
  std::string input_name(std::size_t index) const;
  bool has_input(std::size_t index) const { return !input_name(index).empty(); }
  const OnnxConstant* constant_input(std::size_t index) const;
  bool value_input(std::size_t index, int& value);
  bool floats_input(std::size_t index, std::vector<float>& values);
  bool integers_input(std::size_t index, std::vector<std::int64_t>& values);
  const OnnxAttribute* attribute(const char* name) const;
  std::int64_t number(const char* name, std::int64_t otherwise) const;
  float real(const char* name, float otherwise) const;
  bool numbers(const char* name, std::size_t count, std::int64_t most, std::vector<std::int64_t> otherwise,
               std::vector<int>& found);
  const Shape& shape_of(int value) const { return graph_.values[value].shape; }
  // Adds a layer that writes the node's first output.
  bool add_layer(Layer&& layer, Shape shape, bool flat);
  // The node's output is another name of what it reads.
  bool alias(int value) { return names_[node_->outputs[0]] = value, true; }

  // window.cpp
  bool read_window(const Shape& input, int kernel_h, int kernel_w, Window& window, Shape& output);
  bool resolve_padding(const Shape& input, Window& window);
  bool output_side(int input, int kernel, int stride, int dilation, int before, int& after, int& side);

  // operators.cpp
  bool constant();
  bool cast();
  bool same();
  bool conv();
  bool grouped_conv(Layer&& layer, const std::vector<std::int64_t>& shape, int groups, const Shape& output);
  bool gemm();
  bool matmul();
  bool dense(int input, std::vector<float> weights, std::int64_t rows, std::int64_t columns, bool transposed,
             std::vector<float> bias);
  // pointwise.cpp
  bool relu();
  bool clip();
  bool batch_norm();
  bool add() { return arithmetic('+'); }
  bool subtract() { return arithmetic('-'); }
  bool multiply() { return arithmetic('*'); }
  bool divide() { return arithmetic('/'); }
  bool arithmetic(char sign);
  bool affine(int input, std::vector<float> scale, std::vector<float> bias);
  bool softmax();
  bool sigmoid();
  // spatial.cpp
  bool max_pool();
  bool average_pool();
  bool global_average_pool();
  bool reduce_mean();
  bool flatten();
  bool reshape();
  bool squeeze();
  bool slice();
  bool pad();
  bool resize();
  bool axes(std::vector<std::int64_t>& found);

  const OnnxModel& file_;
  const Signature& signature_;
  LayerGraph graph_;
  std::map<std::string, int> names_;  // of values
  std::map<std::string, const OnnxConstant*> constants_;
  std::int64_t work_ = 0;  // multiply-adds
  const OnnxNode* node_ = nullptr;
  Error error_{};
};

}  // namespace catdog::network
