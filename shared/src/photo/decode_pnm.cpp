// PNM (Netpbm's P1 to P7) by ourselves: stb_image 2.27 knows P5 and P6, reads beyond its buffer where samples have 16
// bits, leaves missing pixels as whatever lay in memory, and takes every maximum for 255.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "catdog/photo/limits.h"
#include "decoders.h"

namespace catdog {
namespace {

constexpr std::uint64_t kMostWhite = 65535;

Error corrupt(const std::string& expected, const std::string& found) {
  return {Problem::kCorrupt, "expected " + expected + ", found " + found};
}

bool is_space(std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// The text of a file: words and numbers between white space and comments.
struct TextReader {
  Bytes file;
  std::size_t at = 2;  // behind the signature

  void skip_space() {
    while (at < file.size && (is_space(file.data[at]) || file.data[at] == '#')) {
      if (file.data[at] == '#') {
        while (at < file.size && file.data[at] != '\n' && file.data[at] != '\r') ++at;
      } else {
        ++at;
      }
    }
  }

  // Stops growing where no limit allows more. False where there is no number.
  bool number(std::uint64_t& value) {
    skip_space();
    const std::size_t start = at;
    value = 0;
    for (; at < file.size && file.data[at] >= '0' && file.data[at] <= '9'; ++at) {
      if (value < std::uint64_t{1} << 32) value = value * 10 + (file.data[at] - '0');
    }
    return at > start;
  }

  // One digit of a bitmap: there need not be space between them.
  bool bit(std::uint64_t& value) {
    skip_space();
    if (at >= file.size || (file.data[at] != '0' && file.data[at] != '1')) return false;
    value = file.data[at++] - '0';
    return true;
  }

  std::string_view word() {
    skip_space();
    const std::size_t start = at;
    while (at < file.size && !is_space(file.data[at])) ++at;
    return {reinterpret_cast<const char*>(file.data) + start, at - start};
  }
};

enum class Coding { kText, kTextBits, kBits, kBytes };

struct Header {
  std::uint64_t width = 0, height = 0, white = 1;
  std::uint64_t channels = 1;  // grey, grey and alpha, RGB, RGB and alpha
  Coding coding = Coding::kBytes;
  bool inverted = false;  // 1 is black

  bool has_alpha() const { return channels == 2 || channels == 4; }
};

// Lines of a name and a value each (pam(5)).
Result<Header> read_pam_header(TextReader& in) {
  Header header;
  header.channels = 0;
  for (std::string_view name = in.word(); name != "ENDHDR"; name = in.word()) {
    bool known = true;
    if (name == "WIDTH") known = in.number(header.width);
    if (name == "HEIGHT") known = in.number(header.height);
    if (name == "DEPTH") known = in.number(header.channels);
    if (name == "MAXVAL") known = in.number(header.white);
    if (name == "TUPLTYPE") known = !in.word().empty();
    if (name.empty() || !known) return corrupt("a PAM header up to ENDHDR", "damage or the end of the file");
  }
  if (header.channels < 1 || header.channels > 4) {
    return corrupt("a PAM picture of 1 to 4 channels", std::to_string(header.channels));
  }
  return header;
}

Result<Header> read_header(TextReader& in) {
  const char kind = static_cast<char>(in.file.data[1]);
  if (kind == '7') return read_pam_header(in);
  Header header;
  header.channels = kind == '3' || kind == '6' ? 3 : 1;
  header.inverted = kind == '1' || kind == '4';
  header.coding = kind == '1'   ? Coding::kTextBits
                  : kind == '4' ? Coding::kBits
                  : kind < '4'  ? Coding::kText
                                : Coding::kBytes;
  if (!in.number(header.width) || !in.number(header.height) || (!header.inverted && !in.number(header.white))) {
    return corrupt("a PNM header with width, height and maximum", "no such numbers");
  }
  return header;
}

// The samples of a picture, one after the other.
class SampleReader {
 public:
  SampleReader(const Header& header, const TextReader& in)
      : header_(header), text_(in), row_samples_(header.width * header.channels) {}

  // What is missing of the bytes; nothing of a text, of which only reading tells.
  std::uint64_t needed() const {
    if (header_.coding == Coding::kBytes) return row_samples_ * header_.height * (header_.white > 255 ? 2 : 1);
    return header_.coding == Coding::kBits ? (row_samples_ + 7) / 8 * header_.height : 0;
  }

  // False where there is none.
  bool next(std::uint64_t& sample) {
    const std::uint8_t* d = text_.file.data + text_.at;
    switch (header_.coding) {
      case Coding::kText: return text_.number(sample);
      case Coding::kTextBits: return text_.bit(sample);
      case Coding::kBits:
        sample = d[column_ / 8] >> (7 - column_ % 8) & 1;
        if (++column_ < row_samples_) return true;
        text_.at += (row_samples_ + 7) / 8;
        column_ = 0;
        return true;
      case Coding::kBytes: break;
    }
    sample = header_.white > 255 ? std::uint64_t{d[0]} << 8 | d[1] : d[0];
    text_.at += header_.white > 255 ? 2 : 1;
    return true;
  }

 private:
  const Header& header_;
  TextReader text_;
  std::uint64_t row_samples_, column_ = 0;
};

// False where there are fewer samples than there should be.
bool read_pixels(const Header& header, SampleReader& in, Image& image) {
  const auto level = [&](std::uint64_t sample) {
    const std::uint64_t clipped = std::min(sample, header.white);
    // 8 bits: scaled so that the maximum is 255; 16 bits: the same, by way of the upper byte where nothing is to scale.
    const std::uint64_t scaled =
        header.white == kMostWhite ? clipped >> 8 : (clipped * 255 + header.white / 2) / header.white;
    return static_cast<unsigned>(header.inverted ? 255 - scaled : scaled);
  };
  std::uint8_t* out = image.pixels.get();
  const std::uint64_t pixels = header.width * header.height;
  for (std::uint64_t i = 0; i < pixels; ++i, out += 3) {
    unsigned levels[4] = {};
    for (std::uint64_t channel = 0; channel < header.channels; ++channel) {
      std::uint64_t sample = 0;
      if (!in.next(sample)) return false;
      levels[channel] = level(sample);
    }
    if (header.channels < 3) {
      levels[3] = levels[1];  // alpha
      levels[1] = levels[2] = levels[0];
    }
    const unsigned alpha = header.has_alpha() ? levels[3] : 255;
    for (int c = 0; c < 3; ++c)
      out[c] = static_cast<std::uint8_t>((levels[c] * alpha + 255 * (255 - alpha) + 127) / 255);
  }
  return true;
}

}  // namespace

Result<Decoded> decode_pnm(Bytes file) {
  TextReader text{file};
  const auto header = read_header(text);
  if (!header) return header.error();
  if (auto size = check_size(header->width, header->height, kMaxWholePixels); !size) return size.error();
  if (header->white == 0 || header->white > kMostWhite) {
    return corrupt("a PNM maximum of 1 to " + std::to_string(kMostWhite), std::to_string(header->white));
  }
  if (text.at == file.size || !is_space(file.data[text.at])) {
    return corrupt("white space behind the PNM header", "other bytes or the end of the file");
  }
  ++text.at;
  SampleReader samples(*header, text);
  const std::uint64_t needed = samples.needed(), samples_in_all = header->width * header->height * header->channels;
  if (file.size - text.at < needed) {
    return corrupt(std::to_string(needed) + " bytes of PNM pixels", std::to_string(file.size - text.at));
  }
  if (needed == 0 && file.size - text.at < samples_in_all) {  // a digit each, at least
    return corrupt(std::to_string(samples_in_all) + " PNM samples", "the end of the file");
  }

  Decoded decoded;
  decoded.width = static_cast<int>(header->width);
  decoded.height = static_cast<int>(header->height);
  decoded.image = Image::of_size(decoded.width, decoded.height);
  if (!decoded.image.pixels) return Error{Problem::kNoMemory, "expected memory for the PNM picture, found none"};
  if (!read_pixels(*header, samples, decoded.image)) {
    return corrupt(std::to_string(samples_in_all) + " PNM samples", "other text or the end of the file");
  }
  return decoded;
}

}  // namespace catdog
