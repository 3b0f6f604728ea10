#include "jpeg_planes.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>

#include "jpeg_idct.h"

namespace catdog {
namespace {

constexpr std::array<std::uint8_t, 64> kZigzag = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                                  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                                  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                                  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};
constexpr std::uint8_t kFirstRestart = 0xD0, kEndOfImage = 0xD9;
constexpr int kMaxMean = 32767;  // libjpeg keeps 16 bits

// What is done with a coefficient's value.
struct Step {
  int factor = 0;           // its quantisation and the transform's
  std::uint16_t limit = 0;  // of the value: kMaxCoefficient, dequantised
  std::uint8_t sum = 0;
};

// What decoding the blocks of a component needs.
struct BlockDecoder {
  const HuffmanTable* mean_table = nullptr;
  const HuffmanTable* table = nullptr;
  const SkipTable* skip = nullptr;  // with scale 1
  std::array<Step, 64> steps{};     // in the order in which coefficients come
  int mean_step = 0;
  int scale = 1;
  int mean = 0;  // of the block before
};

void set_steps(BlockDecoder& decoder, const JpegComponent& component) {
  decoder.scale = component.scale;
  decoder.mean_step = component.quantization[0];
  for (int k = 0; k < 64; ++k) {
    const int at = kZigzag[k], row = at / 8, column = at % 8, step = component.quantization[at];
    const CoefficientUse use = component.scale == 2 ? Sums2x2::use(row, column) : Sums4x4::use(row, column);
    const bool matters = use.factor != 0 && step != 0;
    decoder.steps[k].factor = step * use.factor;
    decoder.steps[k].limit = static_cast<std::uint16_t>(matters ? kMaxCoefficient / step : 0xFFFF);
    decoder.steps[k].sum = static_cast<std::uint8_t>(use.sum);
  }
}

bool is_within(int value, int limit) { return value >= -limit && value <= limit; }

// Adds 128. libjpeg's table of clamped values wraps around beyond these.
bool to_pixel(int value, std::uint8_t* out) {
  *out = static_cast<std::uint8_t>(std::clamp(value + 128, 0, 255));
  return value >= -512 && value < 512;
}

static_assert(HuffmanTable::kBits + SkipTable::kLookUps * SkipTable::kBits <= 56);

// Adds to the mean of the block before. Leaves enough bits to go on with.
[[gnu::always_inline]] inline bool read_mean(BitReader& in, BlockDecoder& decoder) {
  in.refill();
  const HuffmanTable::Entry entry = decoder.mean_table->look_up(in);
  if (entry.length > 0) {
    in.skip(entry.length);
    decoder.mean += entry.value;
  } else {
    const int size = decoder.mean_table->read_symbol(in);
    if (size < 0 || size > 15) return false;
    decoder.mean += extend(in.read(static_cast<unsigned>(size)), size);
    in.refill();
  }
  return is_within(decoder.mean, kMaxMean);
}

// Adds up the coefficients but the mean, where there are any.
template <class Sums>
bool read_coefficients(BitReader& source, const BlockDecoder& decoder, Sums& out, bool& has_any) {
  BitReader in = source;  // in registers
  int count = 0;
  for (int k = 1; k < 64; ++k) {
    in.refill_for_symbol();
    const HuffmanTable::Entry entry = decoder.table->look_up(in);
    int value = entry.value;
    if (entry.length > 0) {
      in.skip(entry.length);
      if (entry.run == HuffmanTable::kEnd) break;
      k += entry.run;
    } else {
      const int symbol = decoder.table->read_symbol(in);
      if (symbol < 0) return false;
      const int size = symbol & 15, run = symbol >> 4;
      if (size == 0 && run != 15) break;
      value = extend(in.read(static_cast<unsigned>(size)), size);
      k += run;
    }
    if (k > 63) return false;
    const Step step = decoder.steps[k];
    if (!is_within(value, step.limit)) return false;
    out.values[step.sum] += value * step.factor;
    ++count;
  }
  source = in;
  has_any = count > 0;
  return true;
}

// Pixels of one colour.
bool fill(int mean, int side, std::uint8_t* out, int stride) {
  std::uint8_t pixel = 0;
  if (!to_pixel(descale(mean, 3), &pixel)) return false;
  for (int y = 0; y < side; ++y) std::fill_n(out + static_cast<std::ptrdiff_t>(y) * stride, side, pixel);
  return true;
}

// `sums`: 0, as it is left.
template <class Sums>
bool decode_block(BitReader& in, BlockDecoder& decoder, Sums& sums, std::uint8_t* out, int stride) {
  constexpr int kSide = Sums::kSide;
  if (!read_mean(in, decoder)) return false;
  const int mean = decoder.mean * decoder.mean_step;
  bool has_any = false;
  if (!is_within(mean, kMaxCoefficient) || !read_coefficients(in, decoder, sums, has_any)) return false;
  if (!has_any) return fill(mean, kSide, out, stride);
  sums.values[0] = mean * Sums::kMeanFactor;
  int pixels[kSide * kSide];
  inverse_dct(sums, pixels);
  sums = {};
  bool is_sound = true;
  for (int y = 0; y < kSide; ++y, out += stride) {
    for (int x = 0; x < kSide; ++x) is_sound &= to_pixel(pixels[y * kSide + x], out + x);
  }
  return is_sound;
}

// libjpeg refuses a code whose means have 16 bits or more, used or not.
bool is_code_for_means(const HuffmanCode& code) {
  const int count = std::accumulate(code.counts.begin(), code.counts.end(), 0);
  return count <= 256 && std::all_of(code.symbols.begin(), code.symbols.begin() + count, [](int s) { return s < 16; });
}

class PlaneDecoder {
 public:
  explicit PlaneDecoder(const JpegData& data) : data_(data) {}

  bool run(std::vector<JpegPlane>& planes) {
    if (!build_tables()) return false;
    for (const JpegComponent& component : data_.components) {
      JpegPlane& plane = planes.emplace_back();
      plane.stride = data_.mcus_across * component.horizontal * component.scale;
      const int rows = data_.mcus_down * component.vertical * component.scale;
      plane.pixels = allocate_pixels(static_cast<std::size_t>(plane.stride) * rows);
      if (!plane.pixels) return false;
    }
    return decode(planes);
  }

 private:
  bool build_tables() {
    decoders_.resize(data_.components.size());
    for (std::size_t c = 0; c < decoders_.size(); ++c) {
      const JpegComponent& component = data_.components[c];
      BlockDecoder& decoder = decoders_[c];
      set_steps(decoder, component);
      const int mean = component.mean_table, table = component.table;
      if (!is_code_for_means(data_.mean_codes[mean])) return false;
      if (!mean_tables_[mean].build(data_.mean_codes[mean]) || !tables_[table].build(data_.codes[table])) return false;
      decoder.mean_table = &mean_tables_[mean];
      decoder.table = &tables_[table];
      decoder.skip = &skip_tables_[table];
      if (component.scale == 1) skip_tables_[table].build(tables_[table]);
    }
    return true;
  }

  bool decode(std::vector<JpegPlane>& planes) {
    BitReader in(data_.entropy_coded);
    left_ = data_.restart_interval;
    const auto decode_row = left_ > 0 ? &PlaneDecoder::decode_row<true> : &PlaneDecoder::decode_row<false>;
    for (int y = 0; y < data_.mcus_down; ++y) {
      places_.clear();
      for (std::size_t c = 0; c < decoders_.size(); ++c) add_places(c, y, planes[c]);
      if (!(this->*decode_row)(in)) return false;
    }
    return in.pass_marker(kEndOfImage);
  }

  // The blocks of a row's first MCU.
  void add_places(std::size_t c, int y, JpegPlane& plane) {
    const JpegComponent& component = data_.components[c];
    for (int v = 0; v < component.vertical; ++v) {
      const std::size_t row = static_cast<std::size_t>(y * component.vertical + v) * component.scale;
      for (int h = 0; h < component.horizontal; ++h) {
        places_.push_back({&decoders_[c], plane.pixels.get() + row * plane.stride + h * component.scale, plane.stride,
                           component.horizontal * component.scale});
      }
    }
  }

  template <bool kHasRestarts>
  bool decode_row(BitReader& source) {
    BitReader in = source;  // in registers
    for (int x = 0; x < data_.mcus_across; ++x) {
      if (kHasRestarts && left_-- == 0 && !restart(in)) return false;
      for (Place& place : places_) {
        BlockDecoder& decoder = *place.decoder;
        if (decoder.scale == 1) {
          if (!read_mean(in, decoder) || !to_pixel(descale(decoder.mean * decoder.mean_step, 3), place.out))
            return false;
          if (!decoder.skip->skip_block(in, *decoder.table)) return false;
        } else {
          BitReader copy = in;
          const bool is_sound = decoder.scale == 2 ? decode_block(copy, decoder, for_2x2_, place.out, place.stride)
                                                   : decode_block(copy, decoder, for_4x4_, place.out, place.stride);
          if (!is_sound) return false;
          in = copy;
        }
        place.out += place.step;
      }
      if (in.is_overrun()) return false;
    }
    source = in;
    return true;
  }

  bool restart(BitReader& in) {
    BitReader copy = in;
    if (!copy.pass_marker(static_cast<std::uint8_t>(kFirstRestart + (restarts_++ & 7)))) return false;
    in = copy;
    for (BlockDecoder& decoder : decoders_) decoder.mean = 0;
    left_ = data_.restart_interval - 1;
    return true;
  }

  // Where a block's pixels go, and those of the same block of the next MCU.
  struct Place {
    BlockDecoder* decoder;
    std::uint8_t* out;
    int stride, step;
  };

  const JpegData& data_;
  std::array<HuffmanTable, 4> mean_tables_, tables_;
  std::array<SkipTable, 4> skip_tables_;
  std::vector<BlockDecoder> decoders_;  // of the components
  std::vector<Place> places_;           // of an MCU
  int left_ = 0, restarts_ = 0;         // MCUs until the next restart; how many there were
  Sums2x2 for_2x2_;                     // all 0 between blocks
  Sums4x4 for_4x4_;
};

}  // namespace

std::vector<JpegPlane> decode_planes(const JpegData& data) {
  std::vector<JpegPlane> planes;
  const auto decoder = std::make_unique<PlaneDecoder>(data);  // 100 KiB of tables
  if (!decoder->run(planes)) planes.clear();
  return planes;
}

}  // namespace catdog
