#include "model/ranges.h"

#include <onnx/onnx_pb.h>

#include <stdexcept>
#include <vector>

#include "support/interrupt.h"
#include "support/progress.h"

namespace catdog {
namespace {

template <class T>
T checked(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace

std::string with_ranges(const std::string& onnx, const network::Signature& signature, const SamplePhotos& photos) {
  const Bytes bytes{reinterpret_cast<const std::uint8_t*>(onnx.data()), onnx.size()};
  auto loaded = network::Network::load(bytes, signature, network::Precision::kFloat32);
  if (!loaded && loaded.error().problem == Problem::kNeedsPlatform) return onnx;
  const network::Network network = checked(std::move(loaded));
  const auto workspace = network.make_workspace();
  if (!workspace) throw std::runtime_error("expected memory to run the network, found none");
  std::vector<network::Range> ranges;
  Progress progress("Measuring ranges", photos.count, "photos");
  for (std::size_t i = 0; i < photos.count; ++i) {
    check_interrupt();
    const Image picture = photos.picture(i);
    if (picture.pixels) checked(network.observe(picture, *workspace, ranges));
    progress.show(i + 1);
  }
  if (ranges.empty()) throw std::runtime_error("expected photos to measure ranges with, found none that can be read");
  onnx::ModelProto model;
  if (!model.ParseFromString(onnx)) throw std::runtime_error("expected an ONNX model, found other or damaged bytes");
  auto& entries = *model.mutable_metadata_props();
  for (int i = entries.size() - 1; i >= 0; --i) {
    if (entries[i].key() == network::kRangesKey) entries.DeleteSubrange(i, 1);
  }
  onnx::StringStringEntryProto& entry = *entries.Add();
  entry.set_key(network::kRangesKey);
  entry.set_value(network::ranges_text(ranges));
  return model.SerializeAsString();
}

}  // namespace catdog
