#include "training/learner.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <stdexcept>

#include "training/network/pretrained.h"
#include "training/teachers/lwf_teacher.h"
#include "training/teachers/trained_teacher.h"

namespace catdog {
namespace {

constexpr double kGradientNorm = 2.0;  // longer gradients are cut to this length

using Group = torch::optim::OptimizerParamGroup;

// How fast parameters of a stage learn, as a factor of the rate.
double factor_of(int stage, const NetworkSpec& spec, const TrainOptions& options) {
  if (options.fine_tuning.pretrained.empty()) return 1;
  if (stage == spec.heads) return options.fine_tuning.head_lr_factor;
  return std::pow(options.fine_tuning.layer_lr_decay, spec.heads - 1 - stage);
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
    auto settings = std::make_unique<torch::optim::AdamWOptions>(options.optimizer.lr);
    settings->weight_decay(key.second ? options.optimizer.weight_decay : 0);
    groups.emplace_back(std::move(tensors), std::move(settings));
    factors.push_back(key.first);
  }
  return groups;
}

void check_sizes(const NetworkSpec& spec, const TrainOptions& options) {
  const int least = least_size(spec), crop = crop_of_epoch(options, 0),
            seen = options.size - 2 * options.center_crop_margin;
  if (seen < least) {
    throw std::runtime_error(options.network + ": expected at least " + std::to_string(least) +
                             " pixels between the margins, found " + std::to_string(seen) +
                             "; choose a smaller --center-crop-margin, or a larger --size");
  }
  if (crop >= least) return;
  throw std::runtime_error(options.network + ": expected crops of at least " + std::to_string(least) +
                           " pixels, found " + std::to_string(crop) +
                           "; choose a larger --train-crop-size, or photos stored larger (catdog-features --size)");
}

// Puts each rank's outputs and labels at their place among those of all photos, which the ranks then sum. Without ranks
// there is one.
class PredictionGatherer {
 public:
  PredictionGatherer(ProcessGroup* ranks, std::size_t photos, int classes)
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
  ProcessGroup* ranks_;
  std::int64_t at_;
  torch::Tensor all_;
};

// The loss of a rank without photos, which takes part all the same: gradients of nothing, for the same weights.
torch::Tensor nothing_of(const TorchOutputs& outputs) {
  torch::Tensor sum = outputs.logits.sum();
  for (const torch::Tensor& other : {outputs.presence, outputs.pretrained_head}) {
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

Learner::Learner(const TrainOptions& options, const TrainingData& data, ProcessGroup* ranks)
    : options_(options), device_(ranks ? ranks->device() : default_device()), ranks_(ranks) {
  at::set_num_threads(options.threads);
  torch::manual_seed(options.seed);
  Heads heads{static_cast<int>(data.store().classes().size()), data.has_negatives(), 0};
  if (options.fine_tuning.pretrained.empty()) {
    NetworkSpec spec = make_network(options.network, heads);
    spec.margin = options.center_crop_margin;
    network_ = std::make_shared<TorchNetwork>(std::move(spec));
  } else {
    const Pretrained pretrained = read_pretrained(options.fine_tuning.pretrained, options.network);
    pretrained_digest_ = pretrained.digest;
    heads.pretrained_head = pretrained.classes();
    PlainNetwork start = start_from(pretrained, make_network(options.network, heads));
    start.spec.margin = options.center_crop_margin;
    network_ = std::make_shared<TorchNetwork>(start.spec);
    set_weights(*network_, start.weights);
  }
  check_sizes(network_->spec(), options);
  network_->to(device_);
  optimizer_ = std::make_unique<torch::optim::AdamW>(parameter_groups(*network_, options, factors_),
                                                     torch::optim::AdamWOptions(options.optimizer.lr));
  average_ = std::make_unique<WeightAverage>(*network_, options.optimizer.ema_decay);
  if (!ranks_) return;
  ranks_->watch(network_->parameters());
  network_->share_statistics([this](const torch::Tensor& tensor) { return ranks_->differentiable_sum(tensor); });
}

std::unique_ptr<Teacher> Learner::lwf_teacher(const TrainingData& data) {
  // Resumed, the network is no longer what it was.
  const Pretrained pretrained = read_pretrained(options_.fine_tuning.pretrained, options_.network);
  const Heads heads{network_->spec().classes, data.has_negatives(), pretrained.classes()};
  const PlainNetwork start = start_from(pretrained, make_network(options_.network, heads));
  // Its first weights are drawn, and thrown away: a training that is resumed must not draw others for that.
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  const torch::Tensor random = generator.get_state();
  TorchNetwork untouched(start.spec);
  generator.set_state(random);
  set_weights(untouched, start.weights);
  untouched.to(device_);
  return std::make_unique<LwfTeacher>(untouched, device_, data, options_.fine_tuning.class_map,
                                      options_.out / "teacher.pt", pretrained_digest_, ranks_);
}

void Learner::find_teacher(const TrainingData& data) {
  if (!options_.distillation.teacher.empty()) {
    const NetworkSpec& spec = network_->spec();
    const int pretrained_head = spec.pretrained_head == NetworkSpec::kNone ? 0 : spec.layers[spec.pretrained_head].out;
    teacher_ = std::make_unique<TrainedTeacher>(options_.distillation.teacher, data, pretrained_head, device_);
  } else if (!options_.fine_tuning.pretrained.empty()) {
    teacher_ = lwf_teacher(data);
  }
}

// This process's part of the step's loss, which is the mean over all its photos.
torch::Tensor Learner::loss_of(const Batch& batch, const TorchOutputs& outputs, const StepSize& whole) {
  const std::int64_t labelled = batch.labels.size(0), classes = outputs.logits.size(1);
  const auto with_label = static_cast<double>(whole.labelled), all = static_cast<double>(whole.all());
  const SoftTargets targets = teacher_ ? teacher_->targets_for(batch) : SoftTargets();
  torch::Tensor target = torch::one_hot(batch.labels, classes).to(torch::kFloat);
  target = target.to(device_) * (1 - options_.optimizer.label_smoothing) +
           options_.optimizer.label_smoothing / static_cast<double>(classes);
  if (targets.classes.defined()) target.lerp_(targets.classes.slice(0, 0, labelled), options_.distillation.weight);
  const auto cross_entropy = [](const torch::Tensor& wanted, const torch::Tensor& logits) {
    return -(wanted * torch::log_softmax(logits, 1)).sum(1);
  };
  torch::Tensor each = cross_entropy(target, outputs.logits.slice(0, 0, labelled));
  if (batch.counts.defined()) each = each * batch.counts.to(device_);
  torch::Tensor loss = each.sum() / with_label;
  if (targets.pretrained_head.defined()) {
    loss = loss + options_.fine_tuning.lwf_weight / all *
                      cross_entropy(targets.pretrained_head.to(device_), outputs.pretrained_head).sum();
  }
  if (outputs.presence.defined()) {
    torch::Tensor present = torch::zeros({outputs.presence.size(0)}, outputs.presence.options());
    present.slice(0, 0, labelled).fill_(1);
    // A label says that something is there, a teacher how much of it is seen: the mean of both.
    constexpr double kLeast = 1e-3;
    if (targets.presence.defined()) {
      present = 0.5 * present + 0.5 * targets.presence.to(device_).clamp(kLeast, 1 - kLeast);
    }
    loss = loss + options_.decisions.presence_loss_weight / all *
                      torch::binary_cross_entropy_with_logits(outputs.presence.squeeze(1), present, {}, {},
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
  const int first = options_.fine_tuning.pretrained.empty() ? 0
                    : heads_only                            ? network_->spec().heads
                                                            : options_.fine_tuning.freeze_stages;
  network_->learn_from(first);
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    static_cast<torch::optim::AdamWOptions&>(optimizer_->param_groups()[i].options()).lr(rate * factors_[i]);
  }
  if (ranks_) take_part(batch, whole);
  const TorchOutputs outputs = network_->forward(photos_for(batch).to(device_));
  const bool idle = batch.photos.size(0) == 0;
  torch::Tensor loss = idle ? nothing_of(outputs) : loss_of(batch, outputs, whole);
  if (!std::isfinite(loss.item<float>())) {
    throw std::runtime_error("expected a finite loss, found none; try a lower --lr");
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
  PredictionGatherer all(ranks_, whole.labelled, network_->spec().classes);
  all.add(outputs.logits.slice(0, 0, batch.labels.size(0)), batch.labels);
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
  PredictionGatherer all(ranks_, rows.size(), network_->spec().classes);
  for_each_output(*network_, device_, store, own, options_.size,
                  [&](const Batch& batch, const TorchOutputs& outputs) { all.add(outputs.logits, batch.labels); });
  all.finish(said.classes);
  return said;
}

Weights Learner::weights() {
  const WeightAverage::InUse averaged(*average_, *network_);
  return get_weights(*network_);
}

}  // namespace catdog
