#include "training/learner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

#include "training/mixup.h"
#include "training/own_memory.h"
#include "training/pretrained.h"
#include "training/trained_teacher.h"

namespace catdog {
namespace {

constexpr double kGradientNorm = 2.0;  // longer gradients are cut to this length

using Group = torch::optim::OptimizerParamGroup;

// How fast parameters of a stage learn, as a factor of the rate.
double factor_of(int stage, const NetworkSpec& spec, const TrainOptions& options) {
  if (options.pretrained.empty()) return 1;
  if (stage == spec.heads) return options.head_rate;
  return std::pow(options.layer_decay, spec.heads - 1 - stage);
}

// A group for each stage and decay: weights decay, biases and normalisations do not. `factors`: of the groups' rates.
std::vector<Group> parameter_groups(const TorchNetwork& network, const TrainOptions& options,
                                    std::vector<double>& factors) {
  std::map<std::pair<double, bool>, std::vector<torch::Tensor>> sorted;
  const auto parameters = network.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double factor = factor_of(network.parameter_stages()[i], network.spec(), options);
    sorted[{factor, parameters[i].dim() > 1}].push_back(parameters[i]);
  }
  std::vector<Group> groups;
  for (auto& [key, tensors] : sorted) {
    auto settings = std::make_unique<torch::optim::AdamWOptions>(options.rate);
    settings->weight_decay(key.second ? options.weight_decay : 0);
    groups.emplace_back(std::move(tensors), std::move(settings));
    factors.push_back(key.first);
  }
  return groups;
}

void check_sizes(const NetworkSpec& spec, const TrainOptions& options) {
  const int least = least_size(spec), crop = crop_of_epoch(options, 0), seen = options.size - 2 * options.margin;
  if (seen < least) {
    throw std::runtime_error(options.network + ": expected at least " + std::to_string(least) +
                             " pixels between the margins, found " + std::to_string(seen) +
                             "; choose a smaller --margin, or a larger --size");
  }
  if (crop >= least) return;
  throw std::runtime_error(options.network + ": expected crops of at least " + std::to_string(least) +
                           " pixels, found " + std::to_string(crop) +
                           "; choose a larger --crop, or photos stored larger (catdog-features --size)");
}

// Puts each rank's answers and labels at their place among those of all photos, which the ranks then sum. Without ranks
// there is one.
class AnswersOfAll {
 public:
  AnswersOfAll(Ranks* ranks, std::size_t photos, int classes)
      : ranks_(ranks), at_(ranks ? static_cast<std::int64_t>(ranks->part().begin(photos)) : 0) {
    all_ = torch::zeros({static_cast<std::int64_t>(photos), classes + 1});
  }
  // The next ones of this rank's part.
  void add(const torch::Tensor& logits, const torch::Tensor& labels) {
    const torch::NoGradGuard no_grad;
    torch::Tensor own = all_.slice(0, at_, at_ + labels.size(0));
    own.slice(1, 0, logits.size(1)).copy_(logits);
    own.select(1, logits.size(1)).copy_(labels);
    at_ += labels.size(0);
  }
  void finish(MetricsCollector& seen) {
    if (ranks_) ranks_->sum(all_);
    const std::int64_t classes = all_.size(1) - 1;
    add_predictions(all_.slice(1, 0, classes), all_.select(1, classes).to(torch::kLong).contiguous(), seen);
  }

 private:
  Ranks* ranks_;
  std::int64_t at_;
  torch::Tensor all_;
};

// The loss of a rank without photos, which takes part all the same: gradients of nothing, for the same weights.
torch::Tensor nothing_of(const Answers& answers) {
  torch::Tensor sum = answers.logits.sum();
  for (const torch::Tensor& other : {answers.presence, answers.taught}) {
    if (other.defined()) sum = sum + other.sum();
  }
  return sum * 0;
}

// A step may have fewer photos than there are ranks: one without any is given a grey one, which does not count.
torch::Tensor photos_for(const Batch& batch) {
  if (batch.photos.size(0) > 0) return batch.photos;
  return torch::full({1, 3, batch.photos.size(2), batch.photos.size(3)}, 0.5f);
}

}  // namespace

Learner::Learner(const TrainOptions& options, const TrainingData& data, Ranks* ranks)
    : options_(options), device_(ranks ? ranks->device() : default_device()), ranks_(ranks) {
  at::set_num_threads(options.threads);
  torch::manual_seed(options.seed);
  Heads heads{static_cast<int>(data.store().classes().size()), data.has_negatives(), 0};
  if (options.pretrained.empty()) {
    NetworkSpec spec = make_network(options.network, heads);
    spec.margin = options.margin;
    network_ = std::make_shared<TorchNetwork>(std::move(spec));
  } else {
    const Pretrained pretrained = read_pretrained(options.pretrained, options.network);
    pretrained_digest_ = pretrained.digest;
    heads.taught = pretrained.classes();
    PlainNetwork start = start_from(pretrained, make_network(options.network, heads));
    start.spec.margin = options.margin;
    network_ = std::make_shared<TorchNetwork>(start.spec);
    set_weights(*network_, start.weights);
  }
  check_sizes(network_->spec(), options);
  network_->to(device_);
  optimizer_ = std::make_unique<torch::optim::AdamW>(parameter_groups(*network_, options, factors_),
                                                     torch::optim::AdamWOptions(options.rate));
  average_ = std::make_unique<WeightAverage>(*network_, options.average);
  if (!ranks_) return;
  ranks_->watch(network_->parameters());
  network_->share_statistics([this](const torch::Tensor& tensor) { return ranks_->differentiable_sum(tensor); });
}

std::unique_ptr<Teacher> Learner::own_memory(const TrainingData& data) {
  // Resumed, the network is no longer what it was.
  const Pretrained pretrained = read_pretrained(options_.pretrained, options_.network);
  const Heads heads{network_->spec().classes, data.has_negatives(), pretrained.classes()};
  const PlainNetwork start = start_from(pretrained, make_network(options_.network, heads));
  // Its first weights are drawn, and thrown away: a training that is resumed must not draw others for that.
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  const torch::Tensor random = generator.get_state();
  TorchNetwork untouched(start.spec);
  generator.set_state(random);
  set_weights(untouched, start.weights);
  untouched.to(device_);
  return std::make_unique<OwnMemory>(untouched, device_, data, options_.taught_classes, options_.out / "teacher.pt",
                                     pretrained_digest_, ranks_);
}

void Learner::find_teacher(const TrainingData& data) {
  if (!options_.teacher.empty()) {
    const NetworkSpec& spec = network_->spec();
    const int taught = spec.taught == NetworkSpec::kNone ? 0 : spec.layers[spec.taught].out;
    teacher_ = std::make_unique<TrainedTeacher>(options_.teacher, data, taught, device_);
  } else if (!options_.pretrained.empty()) {
    teacher_ = own_memory(data);
  }
}

// This process's part of the step's loss, which is the mean over all its photos.
torch::Tensor Learner::loss_of(const Batch& batch, const Answers& answers, const StepSize& whole) {
  const std::int64_t labelled = batch.labels.size(0), classes = answers.logits.size(1);
  const auto with_label = static_cast<double>(whole.labelled), all = static_cast<double>(whole.all());
  const Lesson lesson = teacher_ ? teacher_->about(batch) : Lesson();
  torch::Tensor target = torch::one_hot(batch.labels, classes).to(torch::kFloat);
  if (batch.shares.defined()) {
    target = mixed(batch, target, torch::one_hot(batch.partner_labels, classes).to(torch::kFloat));
  }
  target = target.to(device_) * (1 - options_.smoothing) + options_.smoothing / static_cast<double>(classes);
  if (lesson.classes.defined()) target.lerp_(lesson.classes.slice(0, 0, labelled), options_.teacher_weight);
  const auto cross_entropy = [](const torch::Tensor& wanted, const torch::Tensor& logits) {
    return -(wanted * torch::log_softmax(logits, 1)).sum(1);
  };
  torch::Tensor each = cross_entropy(target, answers.logits.slice(0, 0, labelled));
  if (batch.counts.defined()) each = each * batch.counts.to(device_);
  torch::Tensor loss = each.sum() / with_label;
  if (lesson.taught.defined()) {
    loss = loss + options_.taught_weight / all * cross_entropy(lesson.taught.to(device_), answers.taught).sum();
  }
  if (answers.presence.defined()) {
    torch::Tensor present = torch::zeros({answers.presence.size(0)}, answers.presence.options());
    present.slice(0, 0, labelled).fill_(1);
    // A label says that something is there, a teacher how much of it is seen: the mean of both.
    constexpr double kLeast = 1e-3;
    if (lesson.presence.defined()) {
      present = 0.5 * present + 0.5 * lesson.presence.to(device_).clamp(kLeast, 1 - kLeast);
    }
    loss = loss + options_.presence_weight / all *
                      torch::binary_cross_entropy_with_logits(answers.presence.squeeze(1), present, {}, {},
                                                              at::Reduction::Sum);
  }
  return loss;
}

// Tells the network where this rank's photos stand among the step's.
void Learner::take_part(const Batch& batch, const StepSize& whole) {
  const auto labelled = static_cast<std::int64_t>(ranks_->part().begin(whole.labelled));
  const auto negatives = static_cast<std::int64_t>(whole.labelled + ranks_->part().begin(whole.negatives));
  std::vector<std::int64_t> places(static_cast<std::size_t>(batch.photos.size(0)));
  const auto with_label = places.begin() + static_cast<std::ptrdiff_t>(batch.labels.size(0));
  std::iota(places.begin(), with_label, labelled);
  std::iota(with_label, places.end(), negatives);
  network_->take_part(places, static_cast<std::int64_t>(whole.all()));
}

void Learner::step(const Batch& batch, const StepSize& whole, double rate, bool heads_only, MetricsCollector& seen) {
  network_->train();
  const int first = options_.pretrained.empty() ? 0 : heads_only ? network_->spec().heads : options_.frozen;
  network_->learn_from(first);
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    static_cast<torch::optim::AdamWOptions&>(optimizer_->param_groups()[i].options()).lr(rate * factors_[i]);
  }
  if (ranks_) take_part(batch, whole);
  const Answers answers = network_->answer(photos_for(batch).to(device_));
  const bool idle = batch.photos.size(0) == 0;
  torch::Tensor loss = idle ? nothing_of(answers) : loss_of(batch, answers, whole);
  if (!std::isfinite(loss.item<float>())) {
    throw std::runtime_error("expected a finite loss, found none; try a lower --rate");
  }
  for (const torch::Tensor& parameter : network_->parameters()) parameter.mutable_grad() = torch::Tensor();
  loss.backward();
  if (ranks_) ranks_->finish_gradients();
  std::vector<torch::Tensor> learning;
  for (const torch::Tensor& parameter : network_->parameters()) {
    if (parameter.grad().defined()) learning.push_back(parameter);
  }
  torch::nn::utils::clip_grad_norm_(learning, kGradientNorm);
  optimizer_->step();
  average_->update(*network_);
  AnswersOfAll all(ranks_, whole.labelled, network_->spec().classes);
  all.add(answers.logits.slice(0, 0, batch.labels.size(0)), batch.labels);
  all.finish(seen);
}

Evaluation Learner::evaluate(const FeatureStore& store, const std::vector<std::size_t>& rows) {
  const WeightAverage::InUse averaged(*average_, *network_);
  if (!ranks_) return catdog::evaluate(*network_, device_, store, rows, options_.size);
  network_->eval();
  const Shard part = ranks_->part();
  const std::vector<std::size_t> own(rows.begin() + static_cast<std::ptrdiff_t>(part.begin(rows.size())),
                                     rows.begin() + static_cast<std::ptrdiff_t>(part.end(rows.size())));
  Evaluation said{MetricsCollector(network_->spec().classes), {}};
  AnswersOfAll all(ranks_, rows.size(), network_->spec().classes);
  for_each_answer(*network_, device_, store, own, options_.size,
                  [&](const Batch& batch, const Answers& answers) { all.add(answers.logits, batch.labels); });
  all.finish(said.classes);
  return said;
}

Weights Learner::weights() {
  const WeightAverage::InUse averaged(*average_, *network_);
  return get_weights(*network_);
}

}  // namespace catdog
