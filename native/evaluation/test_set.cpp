#include "evaluation/test_set.h"

#include <algorithm>
#include <utility>

#include "features/read_photos.h"
#include "features/split.h"
#include "support/files.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

// Gives the files' labels the numbers that the network has for them.
void use_labels(DataSet& data, const std::vector<std::string>& labels, const fs::path& folder) {
  std::vector<int> numbers;
  std::string known;
  for (const std::string& label : labels) known += (known.empty() ? "" : ", ") + label;
  for (const std::string& name : data.classes) {
    const auto at = std::find(labels.begin(), labels.end(), name);
    if (at == labels.end()) {
      fail(folder, "folders named as the model's labels (" + known + "; --negative-class names that of other photos)",
           "'" + name + "'");
    }
    numbers.push_back(static_cast<int>(at - labels.begin()));
  }
  for (SourceFile& file : data.files) {
    if (file.label != kNegative) file.label = numbers[static_cast<std::size_t>(file.label)];
  }
  data.classes = labels;
}

DataSet find_labelled(const FileSetOptions& options, const std::vector<std::string>& labels) {
  DataSet data = find_photos(options.folder, options.layout);
  if (!options.negative_class.empty()) take_as_negatives(data, options.negative_class, options.folder);
  use_labels(data, labels, options.folder);
  return data;
}

FileSet empty_set(const FileSetOptions& options, const DataSet& data) {
  FileSet set;
  set.set.name = folder_name(options.folder);
  set.set.classes = data.classes;
  set.set.sources = data.sources;
  return set;
}

void add(FileSet& set, Sample sample, const fs::path& folder) {
  set.files.push_back(folder / sample.path);
  set.paths.push_back(folder_name(folder) + '/' + sample.path);
  set.set.samples.push_back(std::move(sample));
}

void add_negatives(FileSet& set, const fs::path& folder) {
  set.own = set.files.size();
  if (folder.empty()) return;
  const DataSet data = find_unlabelled(folder);
  set.set.sources.push_back(data.sources.front());
  for (const SourceFile& file : data.files) {
    Sample sample;
    sample.path = file.path;
    sample.label = kNegative;
    sample.group = set.files.size();
    sample.source = set.set.sources.size() - 1;
    add(set, std::move(sample), folder);
  }
}

}  // namespace

TestSet test_set_of(const FeatureStore& store, const fs::path& folder) {
  return {folder_name(folder), store.classes(), store.sources(), store.samples(), store.digest(), store.split_digest()};
}

FileSet find_files(const FileSetOptions& options, const std::vector<std::string>& labels) {
  const DataSet data = find_labelled(options, labels);
  FileSet set = empty_set(options, data);
  for (const SourceFile& file : data.files) {
    Sample sample;
    sample.path = file.path;
    sample.label = file.label;
    sample.group = set.files.size();
    sample.source = file.source;
    add(set, std::move(sample), options.folder);
  }
  add_negatives(set, options.negatives);
  return set;
}

FileSet read_and_split(const FileSetOptions& options, const std::vector<std::string>& labels) {
  const DataSet data = find_labelled(options, labels);
  FileSet set = empty_set(options, data);
  FoundPhotos found = read_photos(data, 0, data.files.size(), options.size, options.threads, [](const Image&) {});
  group_and_split(found, static_cast<int>(labels.size()), options.validation_share, options.seed);
  for (Sample& sample : found.samples) add(set, std::move(sample), options.folder);
  set.skipped = std::move(found.skipped);
  add_negatives(set, options.negatives);
  set_digests(set);
  return set;
}

void set_digests(FileSet& set, const std::vector<std::string>& errors) {
  std::vector<Sample> samples;
  for (std::size_t row = 0; row < set.own; ++row) {
    if (errors.empty() || errors[row].empty()) samples.push_back(set.set.samples[row]);
  }
  set.set.digest = samples_digest(samples);
  set.set.split_digest = validation_digest(samples);
}

}  // namespace catdog
