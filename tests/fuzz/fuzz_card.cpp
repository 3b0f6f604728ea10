// libFuzzer: any bytes as model.json, and as what a network says. Under AddressSanitizer and
// UndefinedBehaviorSanitizer.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "catdog/model/card.h"
#include "catdog/model/class_activation.h"
#include "catdog/model/csv.h"
#include "catdog/model/output_check.h"

namespace {

void check_card(catdog::Bytes bytes) {
  const auto card = catdog::read_card(bytes);
  if (!card) {
    if (card.error().message.find("model.json: ") != 0) std::abort();
    if (card.error().message.size() > 1000) std::abort();
    return;
  }
  if (card->labels.empty() || card->size < 1 || card->size > catdog::kMaxInputSize) std::abort();
  if (card->onnx.name.empty() || card->onnx.name.find('/') != std::string::npos) std::abort();
  if (card->onnx.sha256.size() != 64 || card->onnx.bytes < 1) std::abort();
  for (const float threshold : {card->thresholds.confidence, card->thresholds.presence}) {
    if (!(threshold >= 0 && threshold <= 1)) std::abort();
  }
  if (catdog::signature_of(*card).classes != static_cast<int>(card->labels.size())) std::abort();
  if (catdog::csv_header(card->labels).empty()) std::abort();
}

// The first byte is the map's width, the second the class, the others are floats of any kind.
void check_outputs(const std::uint8_t* data, std::size_t size) {
  if (size < 6) return;
  std::vector<float> values((size - 2) / sizeof(float));
  std::memcpy(values.data(), data + 2, values.size() * sizeof(float));
  for (const float value : catdog::class_activation({data[0], 1 + data[0] % 3, values}, data[1])) {
    if (!(value >= 0 && value <= 1)) std::abort();
  }
  if (!catdog::problem_with_outputs(values.data(), values.size(), values[0]).empty()) return;
  double sum = 0;
  for (const float value : values) sum += value;
  if (!(sum > 0.9 && sum < 1.1)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_card({data, size});
  check_outputs(data, size);
  return 0;
}
