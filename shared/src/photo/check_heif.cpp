#include <algorithm>
#include <string>
#include <vector>

#include "av1_size.h"
#include "catdog/photo/decode.h"
#include "catdog/photo/limits.h"
#include "heif_items.h"
#include "iso_boxes.h"
#include "platform_checks.h"

namespace catdog {
namespace {

constexpr std::uint64_t kMostLayers = 64;  // each side halved three times
constexpr int kMostDepth = 16;             // of pictures made of pictures made of …

std::string by(std::uint64_t width, std::uint64_t height) {
  return std::to_string(width) + "×" + std::to_string(height);
}

Error corrupt(const std::string& expected, const std::string& found) {
  return {Problem::kCorrupt, "expected " + expected + ", found " + found};
}

std::uint64_t number(const std::vector<std::uint8_t>& bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = at; i < at + size; ++i) value = value << 8 | (i < bytes.size() ? bytes[i] : 0);
  return value;
}

bool contradicts(const HeifItem& item, std::uint64_t width, std::uint64_t height) {
  return item.width != 0 && (item.width != width || item.height != height);
}

// ISO/IEC 23008-12, 6.6.2.3: version, flags, rows - 1, columns - 1, width and height of 16 or 32 bits.
std::optional<Error> check_grid(const HeifItems& all, const HeifItem& grid) {
  const std::size_t bytes = number(grid.head, 1, 1) & 1 ? 4 : 2;
  if (grid.head.size() < 4 + 2 * bytes) return corrupt("a HEIF grid with a header", "none");
  const std::uint64_t rows = grid.head[2] + 1u, columns = grid.head[3] + 1u;
  const std::uint64_t width = number(grid.head, 4, bytes), height = number(grid.head, 4 + bytes, bytes);
  if (contradicts(grid, width, height)) {
    return corrupt("a HEIF grid of " + by(grid.width, grid.height) + " pixels as promised", by(width, height));
  }
  if (grid.sources.size() != rows * columns) {
    return corrupt("a HEIF grid of " + by(columns, rows) + " tiles", std::to_string(grid.sources.size()));
  }
  const HeifItem* first = all.find(grid.sources.front());
  if (!first || first->width == 0) return std::nullopt;
  for (const std::uint32_t id : grid.sources) {
    const HeifItem* tile = all.find(id);
    if (tile && contradicts(*tile, first->width, first->height)) {
      return corrupt("a HEIF grid of equal tiles",
                     by(first->width, first->height) + " and " + by(tile->width, tile->height));
    }
  }
  if (columns * first->width < width || rows * first->height < height) {
    return corrupt("tiles that fill a HEIF grid of " + by(width, height) + " pixels",
                   by(columns, rows) + " of " + by(first->width, first->height));
  }
  return std::nullopt;
}

// 6.6.2.2: version, flags, four 16-bit numbers of the background, width and height of the canvas.
std::optional<Error> check_overlay(const HeifItem& overlay) {
  const std::size_t bytes = number(overlay.head, 1, 1) & 1 ? 4 : 2, at = 10;
  if (overlay.head.size() < at + 2 * bytes) return corrupt("a HEIF overlay with a header", "none");
  const std::uint64_t width = number(overlay.head, at, bytes), height = number(overlay.head, at + bytes, bytes);
  if (!contradicts(overlay, width, height)) return std::nullopt;
  return corrupt("a HEIF overlay of " + by(overlay.width, overlay.height) + " pixels as promised", by(width, height));
}

// Of any size that it promises, a decoder decodes the size that the picture itself has. Only much more than promised is
// called a lie: pictures in layers may promise one of the smaller ones.
std::optional<Error> check_av1(const HeifItem& item) {
  const auto size = av1_size({item.head.data(), item.head.size()});
  if (!size) return std::nullopt;
  if (auto sound = check_size(size->width, size->height, kMaxWholePixels); !sound) return sound.error();
  const std::uint64_t promised = item.width * item.height;
  if (promised == 0 || size->width * size->height <= kMostLayers * promised) return std::nullopt;
  return corrupt("an AV1 picture of " + by(item.width, item.height) + " pixels as promised",
                 by(size->width, size->height));
}

// What decoding an item takes, with all that it is made of.
struct Work {
  std::uint64_t pixels = 0, pieces = 0;

  void add(const Work& more) {
    pixels = std::min(pixels + more.pixels, kEnough);
    pieces = std::min(pieces + more.pieces, kEnough);
  }
  static constexpr std::uint64_t kEnough = std::uint64_t{1} << 40;
};

class Graph {
 public:
  explicit Graph(const HeifItems& all) : all_(all), works_(all.items.size()), states_(all.items.size(), State::kNew) {}

  // Walks through all that the item is made of; each item is looked at once.
  std::optional<Error> visit(std::uint32_t id, int depth = 0) {
    const HeifItem* item = all_.find(id);
    if (!item) return std::nullopt;
    const auto index = static_cast<std::size_t>(item - all_.items.data());
    if (states_[index] == State::kDone) return std::nullopt;
    if (states_[index] == State::kUnderWay) return corrupt("a HEIF item made of others", "one made of itself");
    if (depth > kMostDepth) {
      return corrupt("HEIF items of at most " + std::to_string(kMostDepth) + " levels", "more");
    }
    states_[index] = State::kUnderWay;
    Work work{item->width * item->height, 1};
    if (item->width != 0) {
      if (auto size = check_size(item->width, item->height, kMaxWholePixels); !size) return size.error();
    }
    for (const auto* parts : {&item->sources, &item->auxiliary}) {
      for (const std::uint32_t part : *parts) {
        if (auto wrong = visit(part, depth + 1)) return wrong;
        work.add(work_of(part));
      }
    }
    if (item->type == four_cc("av01")) {
      if (auto wrong = check_av1(*item)) return wrong;
    }
    if (item->type == four_cc("grid")) {
      if (auto wrong = check_grid(all_, *item)) return wrong;
    }
    if (item->type == four_cc("iovl")) {
      if (auto wrong = check_overlay(*item)) return wrong;
    }
    works_[index] = work;
    states_[index] = State::kDone;
    return std::nullopt;
  }

  Work work_of(std::uint32_t id) const {
    const HeifItem* item = all_.find(id);
    return item ? works_[static_cast<std::size_t>(item - all_.items.data())] : Work();
  }

 private:
  enum class State : std::uint8_t { kNew, kUnderWay, kDone };

  const HeifItems& all_;
  std::vector<Work> works_;
  std::vector<State> states_;
};

}  // namespace

std::optional<Error> check_heif(Bytes file) {
  const auto all = read_heif_items(file);
  if (!all) return std::nullopt;
  Graph graph(*all);
  if (auto wrong = graph.visit(all->primary)) return wrong;
  const Work work = graph.work_of(all->primary);
  if (work.pieces > kMaxHeifPieces) {
    return Error{Problem::kTooLarge, "expected a HEIF picture of at most " + std::to_string(kMaxHeifPieces) +
                                         " pieces, found " + std::to_string(work.pieces)};
  }
  if (work.pixels > kMaxHeifPixels) {
    return Error{Problem::kTooLarge, "expected a HEIF picture that decodes from at most " +
                                         std::to_string(kMaxHeifPixels / 1'000'000) +
                                         " megapixels in all pieces, found " + std::to_string(work.pixels / 1'000'000)};
  }
  // Libraries look at all items; only the primary one is decoded.
  for (const HeifItem& item : all->items) {
    if (auto wrong = graph.visit(item.id); wrong && wrong->problem == Problem::kCorrupt) return wrong;
  }
  return std::nullopt;
}

}  // namespace catdog
