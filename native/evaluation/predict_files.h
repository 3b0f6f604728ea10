// What models say of photos in files, and of corrupted ones.
#pragma once

#include <string>
#include <vector>

#include "evaluation/predict_rows.h"
#include "evaluation/test_set.h"

namespace catdog {

struct FilePredictions {
  std::vector<PhotoPrediction> photos;  // of each row; of a photo that cannot be read no model is asked
  std::vector<std::string> errors;      // of each row: why it cannot be read; empty: it can
  // Of each corruption that was asked for, in the order of corruption_names(), for each row; no model is asked about
  // negatives, nor where OpenCV cannot decode the photo.
  std::vector<std::vector<PhotoPrediction>> corrupted;
};

// Reads each of `rows` once, and notes in the set's samples what was found (sides and hash). A photo that cannot be
// read never stops it. `threads`: 0: one for each core. Throws as Ensemble::predict.
FilePredictions predict_files(Ensemble& models, FileSet& set, const std::vector<std::size_t>& rows,
                              const AskedRows& asked, bool with_corruptions, int threads);

}  // namespace catdog
