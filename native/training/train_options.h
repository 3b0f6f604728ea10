// Everything that decides how a training goes. It is kept with every checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace catdog {

struct TrainOptions {
  std::filesystem::path features;
  std::filesystem::path out;
  std::string network = "resnet";
  int epochs = 25;
  int batch = 64;                 // photos
  int crop = 0;                   // side of training crops in pixels; 0: 0.8 of the stored pictures'
  double rate = 2e-3;             // highest learning rate
  double weight_decay = 0.02;     // decoupled (Loshchilov & Hutter 2019)
  double warm_up = 1;             // epochs
  double smoothing = 0.05;        // of labels (Szegedy et al. 2016)
  double average = 0.999;         // decay of the weights' moving average
  double unsure_share = 0.02;     // of validation photos that the decision threshold leaves unsure
  std::string fold;               // "2/5": hold back this fold; empty: the store's own split
  std::filesystem::path exclude;  // a list of photos to leave out; empty: none
  std::string left_out;           // identifies those photos, see left_out_digest
  std::uint64_t seed = 1;
  int threads = 0;  // 0: all cores
  bool augment = true;
  bool resume = false;
  bool tracked = true;       // by MLflow
  std::string tracking_uri;  // empty: MLFLOW_TRACKING_URI, else ./mlruns
  std::string experiment;    // empty: MLFLOW_EXPERIMENT_NAME, else MLflow's default
  std::string registered;    // the name to register the model under; empty: it is not
  std::string name;          // of the data, for the bundle
  std::string data_origin = "unknown";
  std::string data_licence = "unknown";
  std::string licence = "unknown";  // of the model
};

// What must be the same for a training to go on where it stopped.
inline nlohmann::ordered_json binding_options(const TrainOptions& o) {
  return {{"network", o.network}, {"epochs", o.epochs},       {"batch", o.batch},
          {"crop", o.crop},       {"rate", o.rate},           {"weight_decay", o.weight_decay},
          {"warm_up", o.warm_up}, {"smoothing", o.smoothing}, {"average", o.average},
          {"seed", o.seed},       {"augment", o.augment},     {"fold", o.fold},
          {"exclude", o.left_out}};
}

}  // namespace catdog
