// model_lines FILE…: what the core's wing model makes of each file, taken as model.json, and of made-up outputs, as
// lines. The same lines are made by WebAssembly in model_parity_test.mjs.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "catdog/model/card.h"
#include "catdog/model/class_activation.h"
#include "catdog/model/csv.h"
#include "catdog/model/output_check.h"
#include "support/hash.h"
#include "support/test_data.h"

namespace {

// Numbers that are the same ones in JavaScript: 24 bits, of any sign, some of them not finite.
class Numbers {
 public:
  float next() {
    state_ = state_ * 1664525u + 1013904223u;
    const std::uint32_t top = state_ >> 8;
    if (top % 97 == 0) return top % 2 ? 1.0f / zero_ : 0.0f / zero_;
    return (static_cast<float>(top) - 8388608.0f) / 1048576.0f;
  }

 private:
  std::uint32_t state_ = 1;
  volatile float zero_ = 0;
};

std::string digest(const std::vector<float>& values) {
  return catdog::sha256({reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof values[0]});
}

void print_card(const char* file) {
  const auto bytes = catdog::bytes_of(file);
  const auto card = catdog::read_card({bytes.data(), bytes.size()});
  if (!card) {
    std::printf("%s\n", card.error().message.c_str());
    return;
  }
  std::string labels;
  for (const std::string& label : card->labels) labels += '|' + label;
  std::printf("%s%s %d %s>%s,%s,%s %.9g %.9g %s %lld %s\n", card->name.c_str(), labels.c_str(), card->size,
              card->input.c_str(), card->probabilities.c_str(), card->presence.c_str(), card->class_activation.c_str(),
              static_cast<double>(card->thresholds.confidence), static_cast<double>(card->thresholds.presence),
              card->onnx.name.c_str(), static_cast<long long>(card->onnx.bytes), card->onnx.sha256.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) print_card(argv[i]);
  Numbers numbers;
  for (int round = 0; round < 50; ++round) {
    const int width = 1 + round % 7, height = 1 + round % 5, classes = 1 + round % 4;
    catdog::network::ActivationMap map{width, height, {}};
    for (int i = 0; i < width * height * classes; ++i) map.values.push_back(numbers.next());
    std::printf("%s\n", digest(catdog::class_activation(map, round % classes)).c_str());
    const std::vector<float> outputs = {numbers.next(), numbers.next()};
    std::printf("%s\n", catdog::problem_with_outputs(outputs.data(), outputs.size(), numbers.next()).c_str());
    std::printf("%d\n", static_cast<int>(catdog::decide(outputs[0], outputs[1], {0.5f, 0.25f})));
  }
  const std::vector<std::string> labels = {"big; grey", "K\xC3\xA4tzchen", "=1+1"};
  using Separator = catdog::CsvFormat::Separator;
  for (const auto separator : {Separator::kComma, Separator::kSemicolon, Separator::kTab}) {
    const catdog::CsvFormat format{separator, true, {"corrected", "a,b;c"}};
    std::string lines = catdog::csv_header(labels, format);
    const catdog::Prediction prediction = catdog::predict(std::vector<float>{0.125f, 0.25f, 0.625f}.data(), 3, 1, {});
    lines +=
        catdog::csv_row({"\xEF\xBB\xBF a\tb,c;d.jpg", &prediction, 640, 480, "", {"Dog", "\"x\""}}, labels, format);
    lines += catdog::csv_row({"@b", nullptr, 0, 0, "expected 1,5; found 2", {"", "\xE7\x8C\xAB"}}, labels, format);
    std::printf("%s\n", catdog::sha256({reinterpret_cast<const std::uint8_t*>(lines.data()), lines.size()}).c_str());
  }
  return 0;
}
