// What models say of photos: by the engine and the network that people use.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "inference/engine.h"
#include "support/feature_store.h"

namespace catdog {

struct PhotoPrediction {
  std::vector<float> probabilities;  // one for each class
  float presence = kSurelyPresent;   // that any of the classes is in the picture
  std::size_t models = 0;            // that were asked; 0: the other fields say nothing
};

// A photo as a network sees it, `size` pixels a side.
using PictureOfSize = std::function<Image(int size)>;
// For each model, for each row of a test set whether the model is asked about it.
using AskedRows = std::vector<std::vector<bool>>;

// Some models of the same labels, asked together.
class Ensemble {
 public:
  // Throws as EnginePool does. `bundles` must outlive it.
  Ensemble(const std::vector<const ModelBundle*>& bundles, network::Precision precision);

  // The mean of what those models say that are asked about the row. `path`: of the photo, for messages. Throws
  // std::runtime_error where what a network says are no probabilities, and what `picture` throws. May be called from
  // many threads at once.
  PhotoPrediction predict(const AskedRows& asked, std::size_t row, const PictureOfSize& picture,
                          const std::string& path);

 private:
  std::vector<const ModelBundle*> bundles_;
  std::vector<std::unique_ptr<EnginePool>> engines_;
};

// What they say of each of the rows of a store. `threads`: 0: one for each core. Does not depend on `threads`.
std::vector<PhotoPrediction> predict_rows(Ensemble& models, const FeatureStore& store,
                                          const std::vector<std::size_t>& rows, const AskedRows& asked, int threads);

// Milliseconds that the network takes for one photo, at its size of use, on one thread: the median of several.
double milliseconds_a_photo(const ModelBundle& bundle);

}  // namespace catdog
