#include "features/store_part.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "catdog/model/csv.h"
#include "catdog/photo/paths.h"
#include "features/atomic_directory.h"
#include "support/csv_reader.h"
#include "support/files.h"
#include "support/interrupt.h"
#include "support/progress.h"

namespace catdog {
namespace fs = std::filesystem;
namespace {

constexpr int kPartFormat = 2;
constexpr std::size_t kPrintBytes = 8 + sizeof Fingerprint::tiny;

void write_prints(const fs::path& file, const std::vector<Fingerprint>& prints) {
  NpyWriter array(file, "|u1", {kPrintBytes});
  for (const Fingerprint& print : prints) {
    std::uint8_t row[kPrintBytes];
    for (int i = 0; i < 8; ++i) row[i] = static_cast<std::uint8_t>(print.hash >> (8 * i));
    std::copy(print.tiny.begin(), print.tiny.end(), row + 8);
    array.append(row, sizeof row);
  }
  array.finish(prints.size());
}

void append_prints(const fs::path& file, std::size_t count, std::vector<Fingerprint>& prints) {
  const NpyArray array(file);
  if (array.descr() != "|u1" || array.shape() != std::vector<std::size_t>{count, kPrintBytes}) {
    fail(file, std::to_string(count) + " fingerprints", "another shape or type");
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* row = array.data() + i * kPrintBytes;
    Fingerprint print;
    for (int byte = 0; byte < 8; ++byte) print.hash |= static_cast<std::uint64_t>(row[byte]) << (8 * byte);
    std::copy_n(row + 8, print.tiny.size(), print.tiny.begin());
    prints.push_back(print);
  }
}

void append_pictures(const fs::path& file, std::size_t count, const StorePlan& plan, NpyWriter& images) {
  const NpyArray array(file);
  const auto side = static_cast<std::size_t>(plan.size);
  if (array.descr() != (plan.float32 ? "<f4" : "|u1") ||
      array.shape() != std::vector<std::size_t>{count, side, side, 3}) {
    fail(file, std::to_string(count) + " pictures of " + std::to_string(plan.size) + " pixels",
         "another shape or type");
  }
  const std::size_t row = side * side * 3 * (plan.float32 ? 4 : 1);
  for (std::size_t i = 0; i < count; ++i) {
    check_interrupt();
    images.append(array.data() + i * row, row);
  }
}

// All parts from the first to the last, of one plan.
std::vector<StorePart> open_parts(const std::vector<fs::path>& folders) {
  std::vector<StorePart> parts;
  for (const fs::path& folder : folders) parts.push_back(open_part(folder));
  std::sort(parts.begin(), parts.end(),
            [](const StorePart& a, const StorePart& b) { return a.shard.number < b.shard.number; });
  const StorePart& first = parts.front();
  for (const StorePart& part : parts) {
    if (part.shard.count != first.shard.count || part.plan.request != first.plan.request) {
      fail(part.folder, "a part made with the options of " + first.folder.string() + " from the same files",
           "part " + std::to_string(part.shard.number) + " of " + std::to_string(part.shard.count) +
               " of another store");
    }
  }
  for (std::size_t i = 0; i < std::max(parts.size(), first.shard.count); ++i) {
    if (i < parts.size() && parts[i].shard.number == i + 1) continue;
    if (i > 0 && i < parts.size() && parts[i].shard.number == i) {
      fail(parts[i].folder, "each part once",
           "part " + std::to_string(i) + " again, as " + parts[i - 1].folder.string());
    }
    throw std::runtime_error("expected all " + std::to_string(first.shard.count) + " parts, found no part " +
                             std::to_string(i + 1) + ": make it with --shard " + std::to_string(i + 1) + "/" +
                             std::to_string(first.shard.count));
  }
  return parts;
}

}  // namespace

void write_part(const fs::path& folder, const Shard& shard, const StorePlan& plan, const FoundPhotos& photos) {
  write_prints(folder / "prints.npy", photos.prints);
  std::string table = "path,label,width,height,sha256,category,source\r\n";
  for (std::size_t i = 0; i < photos.samples.size(); ++i) {
    const Sample& sample = photos.samples[i];
    table += csv_text(escape_path(sample.path)) + ',' + std::to_string(sample.label) + ',' +
             std::to_string(sample.width) + ',' + std::to_string(sample.height) + ',' + sample.sha256 + ',' +
             photos.categories[i] + ',' + std::to_string(sample.source) + "\r\n";
  }
  write_file(folder / "photos.csv", table);
  write_skipped(folder / "skipped.csv", photos.skipped);
  auto sources = nlohmann::ordered_json::array();
  for (const Source& source : plan.sources) sources.push_back({{"name", source.name}, {"weight", source.weight}});
  const nlohmann::ordered_json json = {{"part_format", kPartFormat},
                                       {"part", shard.number},
                                       {"of", shard.count},
                                       {"photos", photos.samples.size()},
                                       {"skipped", photos.skipped.size()},
                                       {"data", plan.data},
                                       {"classes", plan.classes},
                                       {"sources", sources},
                                       {"size", plan.size},
                                       {"float32", plan.float32},
                                       {"validation_share", plan.validation_share},
                                       {"seed", plan.seed},
                                       {"unlabelled", plan.unlabelled},
                                       {"request", plan.request}};
  // The photos' folder may have a name of any bytes.
  write_file(folder / kPartSign, json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

StorePart open_part(const fs::path& folder) {
  const fs::path file = folder / kPartSign;
  std::ifstream stream(file);
  if (!stream) fail(folder, "a part of a feature store (made by catdog-features --shard)", "no part.json in it");
  StorePart part;
  part.folder = folder;
  try {
    const auto json = nlohmann::json::parse(stream);
    if (json.at("part_format") != kPartFormat) {
      fail(file, "part_format " + std::to_string(kPartFormat), json.at("part_format").dump());
    }
    part.shard = {json.at("part"), json.at("of")};
    part.plan.data = json.at("data");
    part.plan.classes = json.at("classes").get<std::vector<std::string>>();
    for (const auto& source : json.at("sources")) {
      part.plan.sources.push_back({source.at("name"), source.at("weight")});
    }
    part.plan.size = json.at("size");
    part.plan.float32 = json.at("float32");
    part.plan.validation_share = json.at("validation_share");
    part.plan.seed = json.at("seed");
    part.plan.unlabelled = json.at("unlabelled");
    part.plan.request = json.at("request");
  } catch (const nlohmann::json::exception& wrong) {
    fail(file, "the fields of a part", wrong.what());
  }
  return part;
}

void append_part(const StorePart& part, FoundPhotos& photos, NpyWriter& images) {
  const fs::path table = part.folder / "photos.csv";
  CsvReader reader(table, {"path", "label", "width", "height", "sha256", "category", "source"});
  std::vector<std::string> cells;
  std::size_t count = 0;
  for (; reader.next(cells); ++count) {
    check_interrupt();
    try {
      const int label = std::stoi(cells[1]);
      if (label < kNegative || label >= static_cast<int>(part.plan.classes.size())) {
        fail(table, "a label of a known class", cells[1]);
      }
      const std::size_t source = std::stoull(cells[6]);
      if (source >= part.plan.sources.size()) fail(table, "a source that part.json names", cells[6]);
      photos.samples.push_back({unescape_path(cells[0]), label, Split::kTrain, std::stoi(cells[2]), std::stoi(cells[3]),
                                cells[4], 0, source});
    } catch (const std::logic_error&) {
      fail(table, "numbers in row " + std::to_string(count), "others");
    }
    photos.categories.push_back(cells[5]);
  }
  CsvReader skipped(part.folder / "skipped.csv", {"path", "reason"});
  while (skipped.next(cells)) photos.skipped.push_back({unescape_path(cells[0]), cells[1]});
  append_prints(part.folder / "prints.npy", count, photos.prints);
  append_pictures(part.folder / "images.npy", count, part.plan, images);
}

std::string merge_parts(const std::vector<fs::path>& folders, const fs::path& out) {
  const std::vector<StorePart> parts = open_parts(folders);
  const StorePlan& plan = parts.front().plan;
  AtomicDirectory folder(out, "dataset.json");
  const auto side = static_cast<std::size_t>(plan.size);
  NpyWriter images(folder.path() / "images.npy", plan.float32 ? "<f4" : "|u1", {side, side, 3});
  FoundPhotos photos;
  Progress progress("Merging", parts.size(), "parts");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    append_part(parts[i], photos, images);
    progress.show(i + 1);
  }
  images.finish(photos.samples.size());
  const auto json = write_store(folder.path(), plan, std::move(photos));
  folder.commit();
  return store_line(json, plan.unlabelled, out, "of " + std::to_string(parts.size()) + " parts");
}

}  // namespace catdog
