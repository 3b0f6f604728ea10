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

struct DataOptions {
  std::vector<WeightedFolder> features;  // feature stores, at least one
  std::vector<WeightedFolder>
      negatives;                  // feature stores of photos of none of the classes, besides those of `features`
  std::filesystem::path exclude;  // a list of photos to leave out; empty: none
  std::string fold;               // "2/5": hold back this fold; empty: the store's own split
  double prune_easy = 0;          // of the photos known well, in each epoch but the last ones; see data_pruning.h
  std::string name;               // for the bundle, as the next two
  std::string origin = "unknown";
  std::string licence = "unknown";
};

struct OptimizerOptions {
  double lr = 2e-3;               // highest learning rate
  double weight_decay = 0.02;     // decoupled (Loshchilov & Hutter 2019)
  double warmup_epochs = 1;       // until the learning rate is at its highest
  double label_smoothing = 0.05;  // Szegedy et al. 2016
  double ema_decay = 0.999;       // of the weights' exponential moving average
};

struct AugmentationOptions {
  bool enabled = true;
  bool wide = false;                  // for photos from anywhere, see wide_augmentation
  std::vector<std::string> disabled;  // kinds, see augmentation_kinds
  double blur_scale = 1;              // factor of how often and how strongly training crops are blurred
  int train_crop_size = 0;            // pixels a side; 0: 0.8 of what the network looks at
  int progressive_crop_start = 0;     // pixels a side in the first epoch, see crop_of_epoch; 0: train_crop_size
};

// Starting from a network that was trained on something else before.
struct FineTuningOptions {
  std::string pretrained;           // see read_pretrained; empty: from scratch
  std::filesystem::path class_map;  // which of the pretrained classes belong to which label; see LwfTeacher
  double lwf_weight = 0.25;         // in the loss, of still saying what the pretrained network says
  double head_epochs = 0.1;         // only the new heads learn so long
  double layer_lr_decay = 0.85;     // of the learning rate, from one stage to the one before it
  double head_lr_factor = 5;        // of the learning rate, for the new heads
  int freeze_stages = 3;            // so many first stages do not learn
};

// Learning from a network that has been trained on these photos.
struct DistillationOptions {
  std::filesystem::path teacher;  // the folder of its training; empty: none
  double weight = 0.7;            // in the loss of the labels, of what the teacher says instead
};

// What the network says besides the class, and when it says nothing.
struct DecisionOptions {
  double presence_loss_weight = 0.3;  // of telling whether any of the classes is in the picture
  double max_rejected = 0.015;        // share of validation photos that the presence threshold rejects
  double max_abstained = 0.02;        // share of validation photos that both thresholds leave undecided
};

struct TrackingOptions {
  bool enabled = true;
  std::string uri;         // empty: MLFLOW_TRACKING_URI, else ./mlruns
  std::string experiment;  // empty: MLFLOW_EXPERIMENT_NAME, else MLflow's default
  std::string run_name;    // empty: the folder's
  std::string parent;      // the MLflow run that this one is part of; empty: MLFLOW_PARENT_RUN_ID, else none
  std::string registered;  // the name to register the model under; empty: it is not
};

// What the options lead to: filled in when the data and the teacher are read.
struct DerivedOptions {
  bool has_negatives = false;
  std::string exclusions_digest;  // see exclusions_digest_of
  std::string teacher_digest;     // of its checkpoint, SHA-256
};

struct TrainOptions {
  std::filesystem::path out;
  std::string network = "resnet_small";
  int size = 0;                // of use: side of the network's photos in pixels; 0: the stored pictures'
  int center_crop_margin = 0;  // in use: pixels at each edge that the network does not look at
  int epochs = 25;
  int batch_size = 64;
  std::uint64_t seed = 1;
  int threads = 0;                 // 0: all cores
  double checkpoint_seconds = 60;  // between checkpoints
  double rank_timeout = 300;       // seconds that processes wait for each other, see distributed.h
  bool resume = false;
  std::string licence = "unknown";  // of the model
  DataOptions data;
  OptimizerOptions optimizer;
  AugmentationOptions augmentation;
  FineTuningOptions fine_tuning;
  DistillationOptions distillation;
  DecisionOptions decisions;
  TrackingOptions tracking;
  DerivedOptions derived;
};

// What must be the same for a training to go on where it stopped, by the options' names.
nlohmann::ordered_json binding_options(const TrainOptions& options);

// Side of the crops of an epoch. With progressive_crop_start they grow evenly to train_crop_size, which the last
// quarter of the epochs has: most is learnt from small, cheap crops (Howard 2018, "progressive resizing").
int crop_of_epoch(const TrainOptions& options, int epoch);

// The share of the photos known well that an epoch leaves out: none in the last eighth of the epochs, which see all.
double pruned_share(const TrainOptions& options, int epoch);

// The recipe for fine-tuning a pretrained network, where it differs from that for training from scratch.
TrainOptions fine_tuning_defaults();

}  // namespace catdog
