// Classifies one photo with the core: consumer MODEL_FOLDER PHOTO prints its CSV row.
#include <catdog/model/classifier.h>
#include <catdog/model/csv.h>
#include <catdog/model/prediction.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string read(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

catdog::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string folder = argv[1], json = read(folder + "/model.json"), onnx = read(folder + "/model.onnx");
  const std::string photo = read(argv[2]);
  const auto card = catdog::read_card(bytes_of(json));
  if (!card) return std::fprintf(stderr, "%s\n", card.error().message.c_str()), 1;
  auto classifier = catdog::Classifier::load(bytes_of(onnx), *card);
  if (!classifier) return std::fprintf(stderr, "%s\n", classifier.error().message.c_str()), 1;
  const auto classified = classifier->classify(bytes_of(photo));
  if (!classified) return std::fprintf(stderr, "%s\n", classified.error().message.c_str()), 1;
  const auto& outputs = classified->outputs;
  const auto prediction = catdog::predict(outputs.probabilities.data(), static_cast<int>(card->labels.size()),
                                          outputs.presence, card->thresholds);
  catdog::Row row;
  row.path = argv[2];
  row.prediction = &prediction;
  row.width = classified->photo.width;
  row.height = classified->photo.height;
  std::fputs(catdog::csv_row(row, card->labels).c_str(), stdout);
}
