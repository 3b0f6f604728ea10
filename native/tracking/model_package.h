// A model bundle (model.onnx, model.json) as MLflow wants a model: with MLmodel, requirements and an input example.
#pragma once

#include "tracking/store.h"

namespace catdog::tracking {

// What model.json says, as far as MLflow is told.
struct Card {
  std::string input = "photo";
  int size = 0;                                       // side of the input, pixels
  std::vector<std::pair<std::string, Json>> outputs;  // names and shapes, -1 where any length will do
  std::vector<std::string> labels;
  std::vector<Named> params;  // how it was trained
  Json metadata;
};

// Throws std::runtime_error naming the file, what was expected and what was found.
Card read_card(const std::filesystem::path& bundle);

// Where the model belongs.
struct ModelContext {
  std::string run_id, model_id, location;
  std::int64_t time = 0;
};

struct PackageFile {
  std::string name;  // in the model's folder
  std::filesystem::path source;
};

// The files of the model's folder; those that are made for it lie beside the bundle as long as this object lives.
class ModelPackage {
 public:
  ModelPackage(const std::filesystem::path& bundle, const Card& card, const ModelContext& context);
  ~ModelPackage();
  ModelPackage(const ModelPackage&) = delete;
  ModelPackage& operator=(const ModelPackage&) = delete;

  const std::vector<PackageFile>& files() const { return files_; }

 private:
  void add(const std::string& name, const std::string& contents);

  std::filesystem::path folder_;
  std::vector<PackageFile> files_;
};

}  // namespace catdog::tracking
