// JPEG 2000: what is in the file is what comes out, for kinds that are rare.
#include <gtest/gtest.h>
#include <openjpeg.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "pictures/byte_writer.h"
#include "pictures/painter.h"
#include "support/decoder_main.h"
#include "support/photo.h"
#include "support/platform_decoders.h"

namespace catdog {
namespace {

using FileBytes = std::vector<std::uint8_t>;

constexpr int kSide = 64;

struct Component {
  cv::Mat levels;  // 8 bits; half as wide and high where `step` is 2
  unsigned depth = 8;
  bool is_signed = false, is_alpha = false;
  unsigned step = 1;
};

struct Memory {
  FileBytes bytes;
  std::size_t at = 0;

  static OPJ_SIZE_T write(void* data, OPJ_SIZE_T count, void* self) {
    auto& memory = *static_cast<Memory*>(self);
    if (memory.at + count > memory.bytes.size()) memory.bytes.resize(memory.at + count);
    std::memcpy(memory.bytes.data() + memory.at, data, count);
    memory.at += count;
    return count;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* self) {
    static_cast<Memory*>(self)->at += static_cast<std::size_t>(count);
    return count;
  }
  static OPJ_BOOL seek(OPJ_OFF_T to, void* self) {
    static_cast<Memory*>(self)->at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
  }
};

// Lossless.
FileBytes encode(const std::vector<Component>& components, OPJ_COLOR_SPACE space) {
  std::vector<opj_image_cmptparm_t> kinds;
  for (const Component& one : components) {
    opj_image_cmptparm_t kind{};
    kind.dx = kind.dy = one.step;
    kind.w = static_cast<OPJ_UINT32>(one.levels.cols);
    kind.h = static_cast<OPJ_UINT32>(one.levels.rows);
    kind.prec = one.depth;
    kind.sgnd = one.is_signed;
    kinds.push_back(kind);
  }
  const std::unique_ptr<opj_image_t, void (*)(opj_image_t*)> image(
      opj_image_create(static_cast<OPJ_UINT32>(kinds.size()), kinds.data(), space), opj_image_destroy);
  image->x1 = image->y1 = kSide;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const Component& one = components[i];
    image->comps[i].alpha = one.is_alpha;
    for (std::size_t at = 0; at < one.levels.total(); ++at) {
      const int level = one.levels.data[at];
      const int sample = one.depth >= 8 ? level << (one.depth - 8) | (one.depth > 8 ? static_cast<int>(at & 1) : 0)
                                        : static_cast<int>(std::lround(level * ((1 << one.depth) - 1) / 255.0));
      image->comps[i].data[at] = sample - (one.is_signed ? 1 << (one.depth - 1) : 0);
    }
  }
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.cp_disto_alloc = 1;
  parameters.tcp_mct = 0;
  const std::unique_ptr<opj_codec_t, void (*)(opj_codec_t*)> codec(opj_create_compress(OPJ_CODEC_JP2),
                                                                   opj_destroy_codec);
  Memory memory;
  const std::unique_ptr<opj_stream_t, void (*)(opj_stream_t*)> stream(opj_stream_create(4096, OPJ_FALSE),
                                                                      opj_stream_destroy);
  opj_stream_set_user_data(stream.get(), &memory, nullptr);
  opj_stream_set_write_function(stream.get(), Memory::write);
  opj_stream_set_skip_function(stream.get(), Memory::skip);
  opj_stream_set_seek_function(stream.get(), Memory::seek);
  EXPECT_TRUE(opj_setup_encoder(codec.get(), &parameters, image.get()) &&
              opj_start_compress(codec.get(), image.get(), stream.get()) && opj_encode(codec.get(), stream.get()) &&
              opj_end_compress(codec.get(), stream.get()));
  return memory.bytes;
}

Result<Preprocessed> read(const FileBytes& file) { return preprocess_photo({file.data(), file.size()}, kSide); }

// The largest difference of any sample; 255 and a failure where there is no picture.
double worst(const FileBytes& file, const cv::Mat& truth) {
  const auto photo = read(file);
  if (!photo) {
    ADD_FAILURE() << photo.error().message;
    return 255;
  }
  const cv::Mat found(kSide, kSide, CV_8UC3, photo->picture.pixels.get());
  return cv::norm(found, truth, cv::NORM_INF);
}

std::vector<Component> planes_of(const cv::Mat& picture, unsigned depth = 8, bool is_signed = false) {
  std::vector<cv::Mat> planes;
  cv::split(picture, planes);
  std::vector<Component> components;
  for (const cv::Mat& plane : planes) components.push_back({plane, depth, is_signed});
  return components;
}

cv::Mat to_rgb(const cv::Mat& grey) {
  cv::Mat rgb;
  cv::cvtColor(grey, rgb, cv::COLOR_GRAY2RGB);
  return rgb;
}

TEST(Jpeg2000Test, AnyDepth) {
  const cv::Mat rgb = paint(kSide, kSide, 1);
  cv::Mat grey;
  cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
  for (const bool is_signed : {false, true}) {
    for (const unsigned depth : {8u, 9u, 10u, 12u, 16u}) {
      EXPECT_EQ(worst(encode(planes_of(rgb, depth, is_signed), OPJ_CLRSPC_SRGB), rgb), 0) << depth << is_signed;
      EXPECT_EQ(worst(encode(planes_of(grey, depth, is_signed), OPJ_CLRSPC_GRAY), to_rgb(grey)), 0) << depth;
    }
    EXPECT_LE(worst(encode(planes_of(rgb, 4, is_signed), OPJ_CLRSPC_SRGB), rgb), 9) << is_signed;  // of 17 a step
    cv::Mat bits;
    cv::threshold(grey, bits, 127, 255, cv::THRESH_BINARY);
    EXPECT_EQ(worst(encode(planes_of(grey, 1, is_signed), OPJ_CLRSPC_GRAY), to_rgb(bits)), 0) << is_signed;
  }
}

TEST(Jpeg2000Test, OnlyWhatIsCalledAlphaIsAlpha) {
  const cv::Mat rgb = paint(kSide, kSide, 2), alpha = paint_alpha(kSide, kSide);
  std::vector<Component> components = planes_of(rgb);
  components.push_back({alpha});
  EXPECT_EQ(worst(encode(components, OPJ_CLRSPC_SRGB), rgb), 0);
  components.back().is_alpha = true;
  EXPECT_LE(worst(encode(components, OPJ_CLRSPC_SRGB), over_white(rgb, alpha)), 1);
  std::vector<Component> grey = planes_of(alpha);
  grey.push_back({255 - alpha, 12, false, true});
  EXPECT_LE(worst(encode(grey, OPJ_CLRSPC_GRAY), over_white(to_rgb(alpha), 255 - alpha)), 1);
}

// One colour: what is left of it at half the resolution is the same.
TEST(Jpeg2000Test, Sycc) {
  const cv::Mat red(kSide, kSide, CV_8UC3, cv::Scalar(254, 0, 0));
  const auto plane = [](int side, int level) { return cv::Mat(side, side, CV_8U, cv::Scalar(level)); };
  for (const unsigned step : {1u, 2u}) {
    const int side = kSide / static_cast<int>(step);
    const FileBytes file = encode(
        {{plane(kSide, 76)}, {plane(side, 85), 8, false, false, step}, {plane(side, 255), 8, false, false, step}},
        OPJ_CLRSPC_SYCC);
    EXPECT_LE(worst(file, red), 1) << step;
  }
}

TEST(Jpeg2000Test, WhatTakesTooMuchIsRefused) {
  const auto put = [](FileBytes& file, const FileBytes& behind, std::size_t offset, const FileBytes& bytes) {
    const auto at = std::search(file.begin(), file.end(), behind.begin(), behind.end());
    ASSERT_NE(at, file.end());
    std::copy(bytes.begin(), bytes.end(), at + static_cast<long>(offset));
  };
  const auto expect_refused = [](const FileBytes& file, const std::string& words) {
    const auto photo = read(file);
    ASSERT_FALSE(photo);
    EXPECT_NE(photo.error().message.find(words), std::string::npos) << photo.error().message;
  };
  const FileBytes codestream = {0xFF, 0x4F, 0xFF, 0x51}, header = {'i', 'h', 'd', 'r'};
  constexpr std::size_t kSizes = 8, kComponents = 40;
  const FileBytes sound = encode(planes_of(paint(kSide, kSide, 3)), OPJ_CLRSPC_SRGB);
  const auto of_side = [&](unsigned side) {
    FileBytes file = sound;
    put(file, header, 4, ByteWriter().u32be(side).u32be(side).bytes);
    // The picture's end and origin, its only tile.
    put(file, codestream, kSizes, ByteWriter().u32be(side).u32be(side).u32be(0).u32be(0).u32be(side).u32be(side).bytes);
    return file;
  };
  expect_refused(of_side(30000), "at most 100 megapixels, found 30000×30000");
  expect_refused(of_side(9900), "unpacks to at most 1024 MiB");
  FileBytes many = sound;
  put(many, codestream, kComponents, {0x3E, 0x80});
  expect_refused(many, "16000 components");
}

}  // namespace
}  // namespace catdog

int main(int argc, char** argv) { return catdog::run_tests_or_decode(argc, argv, catdog::decode_by_platform); }
