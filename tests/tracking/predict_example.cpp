// What OpenCV, which catdog-classify uses, makes of an input: predict_example MODEL.onnx INPUT.f32 SIDE
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <opencv2/dnn.hpp>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int side = std::atoi(argv[3]);
  const int shape[] = {1, 3, side, side};
  cv::Mat input(4, shape, CV_32F);
  std::ifstream file(argv[2], std::ios::binary);
  file.read(input.ptr<char>(), static_cast<std::streamsize>(input.total() * sizeof(float)));
  if (!file) return 1;
  cv::dnn::Net network = cv::dnn::readNetFromONNX(argv[1]);
  network.setInput(input);
  const cv::Mat probabilities = network.forward();
  for (std::size_t i = 0; i < probabilities.total(); ++i) std::printf("%.7f ", probabilities.ptr<float>()[i]);
  return 0;
}
