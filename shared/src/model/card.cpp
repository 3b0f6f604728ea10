#include "catdog/model/card.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catdog/photo/preprocess.h"
#include "catdog/text.h"

namespace catdog {
namespace {

using nlohmann::json;

// A part of model.json, for messages as "input.size". The first thing that does not fit is kept in `problem`; from then
// on every part is missing and every answer empty. Nothing here throws: each type is asked for before it is taken.
class Part {
 public:
  Part(std::string& problem, const json* value, std::string name)
      : problem_(problem), value_(value), name_(std::move(name)) {}

  Part operator[](const char* key) const {
    std::string name = name_.empty() ? key : name_ + '.' + key;
    if (!is_object()) return missing();
    const auto found = value_->find(key);
    if (found != value_->end()) return {problem_, &*found, std::move(name)};
    Part(problem_, nullptr, std::move(name)).refuse("expected a value, found none");
    return missing();
  }
  Part operator[](std::size_t index) const {
    return {problem_, &(*value_)[index], name_ + '[' + std::to_string(index) + ']'};
  }
  bool has(const char* key) const { return value_ && value_->is_object() && value_->contains(key); }
  // Whether it is one; refused where it is not.
  bool is_list() const {
    if (value_ && !value_->is_array()) misfit("a list");
    return value_ && value_->is_array();
  }
  bool is_object() const {
    if (value_ && !value_->is_object()) misfit("an object");
    return value_ && value_->is_object();
  }
  // Of a list; 0 for anything else.
  std::size_t length() const { return value_ && value_->is_array() ? value_->size() : 0; }

  // Null where it is none.
  const std::string* string() const { return value_ ? value_->get_ptr<const std::string*>() : nullptr; }

  std::string text(std::size_t most = kMaxNameBytes) const {
    const std::string* found = string();
    if (found && !found->empty() && found->size() <= most && is_plain(*found)) return *found;
    misfit("a text of 1 to " + std::to_string(most) + " bytes without control characters");
    return {};
  }
  // Of an object; empty where it has none.
  std::string optional_text(const char* key) const {
    if (!has(key)) return {};
    const std::string* found = (*this)[key].string();
    return found && found->empty() ? std::string() : (*this)[key].text();
  }

  std::int64_t whole(std::int64_t least, std::int64_t most, const std::string& unit = "") const {
    if (!value_) return least;
    const std::string range = std::to_string(least) + " to " + std::to_string(most) + unit;
    const auto* large = value_->get_ptr<const json::number_unsigned_t*>();
    const auto* found = value_->get_ptr<const json::number_integer_t*>();
    if (!found) {
      misfit("a whole number");
    } else if ((large && *large > static_cast<json::number_unsigned_t>(most)) || *found < least || *found > most) {
      misfit(least == most ? std::to_string(least) : range);
    } else {
      return *found;
    }
    return least;
  }

  double share() const {
    double found = -1;
    if (value_) {
      if (const auto* number = value_->get_ptr<const json::number_float_t*>()) found = *number;
      if (const auto* number = value_->get_ptr<const json::number_integer_t*>()) found = static_cast<double>(*number);
    }
    // Sums of shares, such as the end of an interval, may be beyond by rounding.
    constexpr double kRounding = 1e-12;
    if (found >= -kRounding && found <= 1 + kRounding) return std::clamp(found, 0.0, 1.0);
    misfit("a number from 0 to 1");
    return 0;
  }

  void misfit(const std::string& expected) const {
    if (!value_ || !problem_.empty()) return;
    refuse("expected " + expected + ", found " + shown(value_->dump(-1, ' ', false, json::error_handler_t::replace)));
  }
  // `problem`: "expected …, found …"; empty: none.
  void refuse(const std::string& problem) const {
    if (!problem.empty() && problem_.empty()) problem_ = name_.empty() ? problem : name_ + ": " + problem;
  }

 private:
  Part missing() const { return {problem_, nullptr, {}}; }

  std::string& problem_;
  const json* value_;
  std::string name_;
};

// "expected …, found …"; empty where a class may be called so.
std::string problem_with_label(std::string_view label) {
  std::string expected;
  if (label.empty() || label.size() > kMaxLabelBytes || !is_plain(label)) {
    expected = "a label of 1 to " + std::to_string(kMaxLabelBytes) + " bytes of UTF-8 without control characters";
  } else if (is_decision_word(label)) {
    expected = "a label other than the decisions none and uncertain";
  }
  return expected.empty() ? expected : "expected " + expected + ", found '" + shown(label) + "'";
}

std::vector<std::string> read_labels(const Part& part) {
  const std::string expected = "a list of labels, none empty or twice";
  if (part.length() == 0) part.misfit(expected);
  if (part.length() > kMaxLabels) {
    part.misfit("at most " + std::to_string(kMaxLabels) + " labels");
    return {};
  }
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < part.length(); ++i) {
    const std::string* label = part[i].string();
    if (!label || label->empty()) {
      part.misfit(expected);
      return {};
    }
    part[i].refuse(problem_with_label(*label));
    labels.push_back(*label);
  }
  std::vector<std::string_view> sorted(labels.begin(), labels.end());
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) part.misfit(expected);
  return labels;
}

OnnxFile read_onnx(const Part& part) {
  OnnxFile file;
  file.name = part["file"].text();
  if (file.name.find_first_of("/\\:") != std::string::npos || file.name == "." || file.name == "..") {
    part["file"].misfit("the name of a file in the bundle");
  }
  file.bytes = part["bytes"].whole(1, kMaxOnnxBytes, " bytes");
  file.sha256 = part["sha256"].text();
  for (char& digit : file.sha256) {
    if (digit >= 'A' && digit <= 'F') digit = static_cast<char>(digit - 'A' + 'a');
  }
  if (file.sha256.size() != 64 || file.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    part["sha256"].misfit("64 hexadecimal digits");
  }
  return file;
}

void read_metrics(const Part& metrics, ModelCard& card) {
  if (!metrics.is_list() || metrics.length() == 0) return;
  const Part first = metrics[std::size_t{0}];
  if (!first.is_object()) return;
  if (first.has("accuracy")) card.accuracy = first["accuracy"].share();
  if (first.has("photos")) card.photos = first["photos"].whole(0, std::int64_t{1} << 53);
  if (!first.has("accuracy_interval")) return;
  const Part interval = first["accuracy_interval"];
  if (interval.length() != 2) {
    interval.misfit("two numbers from 0 to 1");
    return;
  }
  card.accuracy_interval = ModelCard::Interval{interval[std::size_t{0}].share(), interval[std::size_t{1}].share()};
}

ModelCard read_parts(const Part& root) {
  ModelCard card;
  root["format"].whole(kBundleFormat, kBundleFormat);
  card.name = root["name"].text();
  card.labels = read_labels(root["labels"]);
  card.input = root["input"]["name"].text();
  card.size = static_cast<int>(root["input"]["size"].whole(1, kMaxInputSize, " pixels"));
  card.probabilities = root["output"]["name"].text();
  root["preprocessing_version"].whole(kPreprocessingVersion, kPreprocessingVersion);
  card.thresholds.confidence = static_cast<float>(root["thresholds"]["confidence"].share());
  if (root.has("presence")) {
    card.presence = root["presence"]["name"].text();
    card.thresholds.presence = static_cast<float>(root["thresholds"]["presence"].share());
  }
  for (const char* key : {"class_activation", "map"}) {  // "map": before version 1.0
    if (root.has(key)) card.class_activation = root[key]["name"].text();
  }
  card.onnx = read_onnx(root["onnx"]);
  if (root.has("metrics")) read_metrics(root["metrics"], card);
  card.licence = root.optional_text("licence");
  card.created = root.optional_text("created");
  return card;
}

// Counted before parsing: nothing deep is ever built. In bytes that are no JSON this may be any number.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"')
        in_string = false;
    } else if (text[i] == '"') {
      in_string = true;
    } else if (text[i] == '[' || text[i] == '{') {
      if (++depth > kMaxCardDepth) return true;
    } else if (text[i] == ']' || text[i] == '}') {
      --depth;
    }
  }
  return false;
}

Error refused(Problem problem, const std::string& message) { return {problem, "model.json: " + message}; }

}  // namespace

Result<ModelCard> read_card(Bytes bytes) {
  if (bytes.size > kMaxCardBytes) {
    return refused(Problem::kTooLarge,
                   "expected at most " + std::to_string(kMaxCardBytes) + " bytes, found " + std::to_string(bytes.size));
  }
  const std::string_view text(reinterpret_cast<const char*>(bytes.data), bytes.size);
  if (too_deep(text)) {
    return refused(Problem::kTooLarge, "expected at most " + std::to_string(kMaxCardDepth) +
                                           " objects and lists in each other, found more");
  }
  const json parsed = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) {
    return refused(Problem::kCorrupt, std::string("expected a JSON object, found ") +
                                          (parsed.is_discarded() ? "no sound JSON" : "another value"));
  }
  std::string problem;
  ModelCard card = read_parts(Part(problem, &parsed, ""));
  if (!problem.empty()) return refused(Problem::kCorrupt, problem);
  return card;
}

network::Signature signature_of(const ModelCard& card) {
  return {card.input,           card.size, card.probabilities, static_cast<int>(card.labels.size()), card.presence,
          card.class_activation};
}

std::string problem_with_size(const OnnxFile& expected, std::uint64_t bytes) {
  if (bytes == static_cast<std::uint64_t>(expected.bytes)) return {};
  return expected.name + ": size: expected " + std::to_string(expected.bytes) + " bytes, as model.json says, found " +
         std::to_string(bytes);
}

std::string problem_with_hash(const OnnxFile& expected, std::string_view sha256) {
  if (sha256 == expected.sha256) return {};
  return expected.name + ": SHA-256: expected " + expected.sha256 + ", as model.json says, found " + shown(sha256);
}

}  // namespace catdog
