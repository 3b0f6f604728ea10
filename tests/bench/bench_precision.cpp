// What fixed point changes of a bundle's outputs, beside float32.
//
// usage: bench_precision BUNDLE held:STORE | all:STORE | others:STORE …
//
// STORE: a feature store; of held: and others: the part that was held out. Decisions that differ, log-loss and ROC AUC
// of the presence (of all pets against all others), in both precisions. Ends with 1 where more than two decisions of a
// store differ, the log-loss by more than 0.0005, or the ROC AUC by more than 0.0002.
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "evaluation/metrics.h"
#include "inference/engine.h"
#include "support/feature_store.h"

namespace {

using namespace catdog;

struct Found {
  MetricsCollector classes;
  std::vector<float> presence;
  std::vector<Decision> decisions;
  std::vector<int> said;
  explicit Found(int labels) : classes(labels) {}
};

Found ask(const ModelBundle& bundle, EnginePool& engines, const FeatureStore& store, bool all, bool labelled) {
  const int labels = static_cast<int>(bundle.card.labels.size());
  Found found(labels);
  for (std::size_t row = 0; row < store.samples().size(); ++row) {
    if (!all && store.samples()[row].split != Split::kValidation) continue;
    const network::Outputs outputs = engines.run(stored_picture(store, row, bundle.card.size));
    const Prediction prediction =
        predict(outputs.probabilities.data(), labels, outputs.presence, bundle.card.thresholds);
    if (labelled) found.classes.add(store.samples()[row].label, outputs.probabilities.data());
    found.presence.push_back(outputs.presence);
    found.decisions.push_back(prediction.decision);
    found.said.push_back(prediction.class_id);
  }
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const ModelBundle bundle = read_bundle(argv[1]);
  EnginePool floats(bundle, network::Precision::kFloat32), fixed(bundle, network::Precision::kInt16);
  bool sound = true;
  std::vector<float> pets[2], others[2];
  for (int i = 2; i < argc; ++i) {
    const std::string name = argv[i], kind = name.substr(0, name.find(':'));
    const FeatureStore store(name.substr(kind.size() + 1));
    const bool labelled = kind != "others";
    const Found a = ask(bundle, floats, store, kind == "all", labelled),
                b = ask(bundle, fixed, store, kind == "all", labelled);
    int changed = 0;
    double most = 0;
    for (std::size_t photo = 0; photo < a.said.size(); ++photo) {
      const bool same = a.decisions[photo] == b.decisions[photo] &&
                        (a.decisions[photo] != Decision::kClass || a.said[photo] == b.said[photo]);
      changed += same ? 0 : 1;
      most = std::max(most, static_cast<double>(std::abs(a.presence[photo] - b.presence[photo])));
    }
    std::printf("%s: %zu photos, %d decisions differ, presence by at most %.4f\n", name.c_str(), a.said.size(), changed,
                most);
    sound = sound && changed <= 2;
    if (labelled) {
      const Metrics before = a.classes.finish(), after = b.classes.finish();
      std::printf("  accuracy %.4f → %.4f, log-loss %.5f → %.5f\n", before.accuracy, after.accuracy, before.loss,
                  after.loss);
      sound = sound && std::abs(before.loss - after.loss) <= 0.0005;
    }
    std::vector<float>* into = labelled ? pets : others;
    into[0].insert(into[0].end(), a.presence.begin(), a.presence.end());
    into[1].insert(into[1].end(), b.presence.begin(), b.presence.end());
  }
  if (!pets[0].empty() && !others[0].empty()) {
    const double before = presence_metrics(pets[0], others[0], 0.015).roc_auc;
    const double after = presence_metrics(pets[1], others[1], 0.015).roc_auc;
    std::printf("ROC AUC of presence %.5f → %.5f\n", before, after);
    sound = sound && std::abs(before - after) <= 0.0002;
  }
  return sound ? 0 : 1;
}
