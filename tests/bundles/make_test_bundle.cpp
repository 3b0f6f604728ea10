// Writes a model bundle with a tiny network of random weights, for tests that are no C++ program.
#include "bundles/test_bundle.h"
#include "support/tool.h"

int main(int argc, char** argv) {
  catdog::TestBundle options;
  CLI::App app{"Writes a model bundle with a tiny network of random weights, for tests.", "make_test_bundle"};
  app.add_option("out", options.out, "Folder of the bundle")->required();
  app.add_option("--labels", options.labels, "Labels, separated by commas")->delimiter(',')->capture_default_str();
  app.add_option("--size", options.size, "Side of the network's input in pixels")->capture_default_str();
  app.add_option("--seed", options.seed, "Decides the weights")->capture_default_str();
  app.add_flag("--fixed-batch", options.fixed_batch, "A defect: the network takes one photo at a time");
  app.add_flag("--half", options.half, "Weights are stored in half precision");
  app.add_flag("--presence", options.presence, "It also tells whether any of the labels is there, and where");
  app.add_flag("--foreign", options.foreign, "One of its operators is not the core's; it computes the same");
  app.add_flag("--no-softmax", options.no_softmax, "A defect: the output is no probabilities");
  app.add_flag("--nan-for-white", options.nan_for_white, "A defect: of white photos the output is NaN");
  app.add_flag("--sum-for-white", options.sum_for_white, "A defect: of white photos the output adds up to 1.4");
  return catdog::run_tool(app, argc, argv, [&] { catdog::write_test_bundle(options); });
}
