// make_hostile_bundles OUT: writes bundles into OUT/NAME, each with something in its network that must be refused.
#include <onnx/onnx_pb.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "bundles/test_bundle.h"
#include "support/files.h"
#include "support/hash.h"
#include "support/tool.h"

namespace {

namespace fs = std::filesystem;
using Spoil = std::function<void(onnx::GraphProto&)>;

onnx::NodeProto& convolution(onnx::GraphProto& graph) { return *graph.mutable_node(0); }
onnx::TensorProto& weights(onnx::GraphProto& graph) { return *graph.mutable_initializer(0); }

void set_ints(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.name() != name) continue;
    for (std::int64_t& number : *attribute.mutable_ints()) number = value;
  }
}

void set_sides(onnx::GraphProto& graph, std::initializer_list<std::int64_t> sides) {
  weights(graph).clear_dims();
  for (const std::int64_t side : sides) weights(graph).add_dims(side);
}

void add_group(onnx::GraphProto& graph, std::int64_t count) {
  onnx::AttributeProto& group = *convolution(graph).add_attribute();
  group.set_name("group");
  group.set_type(onnx::AttributeProto::INT);
  group.set_i(count);
}

void move_outside(onnx::GraphProto& graph) {
  onnx::StringStringEntryProto& place = *weights(graph).add_external_data();
  place.set_key("location");
  place.set_value("../model.json");
  weights(graph).clear_float_data();
  weights(graph).set_data_location(onnx::TensorProto::EXTERNAL);
}

void not_a_number(onnx::GraphProto& graph) {
  weights(graph).set_float_data(5, std::numeric_limits<float>::quiet_NaN());
}

const std::vector<std::pair<std::string, Spoil>> kCases = {
    {"group of 0", [](onnx::GraphProto& graph) { add_group(graph, 0); }},
    {"groups that do not divide", [](onnx::GraphProto& graph) { add_group(graph, 2); }},
    {"cycle",
     [](onnx::GraphProto& graph) {
       const std::string later = graph.node(1).output(0);
       convolution(graph).set_input(0, later);
     }},
    {"values in another file", move_outside},
    {"weight that is no number", not_a_number},
    {"weight that is no number, foreign operator",
     [](onnx::GraphProto& graph) {
       not_a_number(graph);
       graph.mutable_node(1)->set_op_type("Softsign");
     }},
    {"weights larger than the file",
     [](onnx::GraphProto& graph) {
       set_sides(graph, {6, 3, 3, 4000});
     }},
    {"weights of 2^31 by 2^31",
     [](onnx::GraphProto& graph) {
       set_sides(graph, {std::int64_t{1} << 31, std::int64_t{1} << 31});
     }},
    {"weights of a negative size",
     [](onnx::GraphProto& graph) {
       set_sides(graph, {-6, 3, 3, 3});
     }},
    {"huge pads", [](onnx::GraphProto& graph) { set_ints(convolution(graph), "pads", std::int64_t{1} << 40); }},
    {"pads that make a huge tensor", [](onnx::GraphProto& graph) { set_ints(convolution(graph), "pads", 4096); }},
    {"stride of 0", [](onnx::GraphProto& graph) { set_ints(convolution(graph), "strides", 0); }},
    {"node without inputs", [](onnx::GraphProto& graph) { convolution(graph).clear_input(); }},
    {"a million nodes",
     [](onnx::GraphProto& graph) {
       for (int i = 0; i < 1'000'000; ++i) graph.add_node();
     }},
};

void write_hostile_bundle(const fs::path& folder, const Spoil& spoil) {
  catdog::TestBundle sound;
  sound.out = folder;
  catdog::write_test_bundle(sound);
  onnx::ModelProto model;
  const auto bytes = catdog::read_file(folder / "model.onnx");
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw std::runtime_error("expected the sound bundle's network, found no ONNX model");
  }
  spoil(*model.mutable_graph());
  const std::string onnx = model.SerializeAsString();
  auto card = nlohmann::ordered_json::parse(catdog::read_file(folder / "model.json"));
  card["onnx"]["sha256"] = catdog::Sha256().add(onnx).hex();
  card["onnx"]["bytes"] = onnx.size();
  catdog::write_file(folder / "model.onnx", onnx);
  catdog::write_file(folder / "model.json", card.dump(2) + "\n");
}

}  // namespace

int main(int argc, char** argv) {
  fs::path out;
  CLI::App app{"Writes model bundles that must be refused, for tests.", "make_hostile_bundles"};
  app.add_option("out", out, "Folder of the bundles' folders")->required();
  return catdog::run_tool(app, argc, argv, [&] {
    for (const auto& [name, spoil] : kCases) write_hostile_bundle(out / name, spoil);
  });
}
