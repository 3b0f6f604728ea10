// Everything that decides how a training goes. It is kept with every checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/feature_store.h"

namespace catdog {

inline constexpr int kCropStep = 8;  // sides of crops are a multiple of this where we choose, as vector units like

struct TrainOptions {
  std::vector<WeightedFolder> features;  // feature stores, at least one
  std::filesystem::path out;
  std::string network = "resnet";
  int epochs = 25;                // 0: nothing is trained (a mean of trainings)
  int batch = 64;                 // photos
  int size = 0;                   // of use: side of the network's photos in pixels; 0: the stored pictures'
  double blur = 1;                // factor of how often and how strongly training crops are blurred
  int margin = 0;                 // in use: pixels at each edge that the network does not look at
  int crop = 0;                   // side of training crops in pixels; 0: 0.8 of what it looks at
  int first_crop = 0;             // side of the first epoch's crops, see crop_of_epoch; 0: the same as crop
  double rate = 2e-3;             // highest learning rate
  double weight_decay = 0.02;     // decoupled (Loshchilov & Hutter 2019)
  double warm_up = 1;             // epochs
  double smoothing = 0.05;        // of labels (Szegedy et al. 2016)
  double mixup = 0;               // photos laid over each other, see draw_mix; 0: none
  double leave_out = 0;           // of the photos known well, in each epoch but the last ones; see leave_out_easy
  double average = 0.999;         // decay of the weights' moving average
  double unsure_share = 0.02;     // of validation photos that the thresholds leave undecided: unsure, or refused
  std::string fold;               // "2/5": hold back this fold; empty: the store's own split
  std::filesystem::path exclude;  // a list of photos to leave out; empty: none
  std::string left_out;           // identifies those photos, see left_out_digest
  // Starting from a network that was trained on something else before.
  std::string pretrained;                // see read_pretrained; empty: from scratch
  std::filesystem::path taught_classes;  // which of the classes taught first belong to which label; see Teacher
  double taught_weight = 0.25;           // in the loss, of saying what the pretrained network says
  double head_epochs = 0.1;              // only the new heads learn so long
  double layer_decay = 0.85;             // of the rate, from one stage to the one before it
  double head_rate = 5;                  // factor of the rate for the new heads
  int frozen = 3;                        // so many first stages do not learn
  // Learning from a network that has been trained on these photos.
  std::filesystem::path teacher;  // the folder of its training; empty: none
  std::string teacher_digest;     // of its checkpoint, SHA-256
  double teacher_weight = 0.7;    // in the loss of the labels, of what the teacher says instead
  // Photos of none of the classes.
  std::vector<WeightedFolder> other;  // feature stores, besides the negatives of `features`
  bool negatives = false;             // there are any: filled in from the data
  double presence_weight = 0.3;       // in the loss, of telling whether any of the classes is in the picture
  double refused_share = 0.015;       // of validation photos that the presence threshold refuses
  std::uint64_t seed = 1;
  int threads = 0;  // 0: all cores
  bool augment = true;
  bool wide = false;                 // augmentation for photos from anywhere, see wide_augmentation
  std::vector<std::string> without;  // kinds of augmentation that are left out, see augmentation_kinds
  double rank_timeout = 300;         // seconds that processes wait for each other, see distributed.h
  double checkpoint_seconds = 60;    // between checkpoints
  bool resume = false;
  bool tracked = true;       // by MLflow
  std::string tracking_uri;  // empty: MLFLOW_TRACKING_URI, else ./mlruns
  std::string experiment;    // empty: MLFLOW_EXPERIMENT_NAME, else MLflow's default
  std::string run_name;      // of the MLflow run; empty: the folder's
  std::string parent;        // the MLflow run that this one is part of; empty: MLFLOW_PARENT_RUN_ID, else none
  std::string registered;    // the name to register the model under; empty: it is not
  std::string name;          // of the data, for the bundle
  std::string data_origin = "unknown";
  std::string data_licence = "unknown";
  std::string licence = "unknown";  // of the model
};

// What must be the same for a training to go on where it stopped.
nlohmann::ordered_json binding_options(const TrainOptions& options);

// Where the recipe of a mean of trainings, which is else like binding_options, lists those; average.h says how.
inline constexpr const char* kAveraged = "averaged";

// Side of the crops of an epoch. With first_crop they grow evenly to `crop`, which the last quarter of the epochs has:
// most is learnt from small, cheap crops (Howard 2018, "progressive resizing").
int crop_of_epoch(const TrainOptions& options, int epoch);

// The share of the photos known well that an epoch leaves out: none in the last eighth of the epochs, which see all.
double left_out_of_epoch(const TrainOptions& options, int epoch);

// The recipe for fine-tuning a pretrained network, where it differs from that for training from scratch.
TrainOptions fine_tuning_defaults();

}  // namespace catdog
