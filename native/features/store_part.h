// A part of a feature store, made on one of several machines (catdog-features --shard); a folder:
//
//   images.npy    pictures, as in the store
//   prints.npy    N×200, uint8: each picture's fingerprint (hash, little-endian, then the tiny picture)
//   photos.csv    path,label,width,height,sha256,category,source
//   skipped.csv   path,reason
//   part.json     which part of how many, and the plan of the whole
#pragma once

#include <filesystem>

#include "features/write_store.h"
#include "support/shard.h"

namespace catdog {

inline constexpr const char* kPartSign = "part.json";

// Writes everything but images.npy into `folder`.
void write_part(const std::filesystem::path& folder, const Shard& shard, const StorePlan& plan,
                const FoundPhotos& photos);

struct StorePart {
  std::filesystem::path folder;
  Shard shard;
  StorePlan plan;
};

// Only part.json. Throws std::runtime_error naming the file, what was expected and what was found.
StorePart open_part(const std::filesystem::path& folder);

// Appends the part's photos to `photos` and its pictures to `images`. Throws as above.
void append_part(const StorePart& part, FoundPhotos& photos, NpyWriter& images);

// Makes of all parts the store that one run makes, byte for byte. Throws std::runtime_error where a part is missing,
// given twice, damaged, or of another store. The store appears whole or not at all. Gives the last line to say.
std::string merge_parts(const std::vector<std::filesystem::path>& parts, const std::filesystem::path& out);

}  // namespace catdog
