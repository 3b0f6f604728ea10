// OpenCV's dnn module as an engine for bench_network.py.
//
// usage: network_opencv BUNDLE PICTURES
#include <exception>

#include "inference/opencv_engine.h"
#include "network_rounds.h"

int main(int argc, char** argv) {
  using namespace catdog;
  if (argc != 3) return 2;
  try {
    const ModelBundle bundle = read_bundle(argv[1]);
    const auto engine = make_opencv_engine(bundle);
    answer_rounds("cv::dnn of " + opencv_engine_name(), pictures_in(argv[2], bundle.card.size),
                  [&](const Image& picture) { return engine->run(picture); });
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "network_opencv: %s\n", failure.what());
    return 1;
  }
}
