// Pictures of where the network looked.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "catdog/network/network.h"

namespace catdog {

// The picture that the network saw, coloured where the class's signs are (class_activation). `map`: with one place at
// least, and the class. Gives the bytes of a PNG.
std::vector<std::uint8_t> heat_picture(const Image& picture, const network::ActivationMap& map, int class_id);

// The file below `folder` for a photo whose row is called `path`: the same folders and name, and ".png". Never outside
// of `folder`, whatever the path.
std::filesystem::path explanation_file(const std::filesystem::path& folder, const std::string& path);

}  // namespace catdog
