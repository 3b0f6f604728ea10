// Where the model bundle is that comes with the tools.
#pragma once

#include <filesystem>

namespace catdog {

// The folder ../share/catdog/model, seen from that of the running tool: installed in PREFIX/bin,
// PREFIX/share/catdog/model. A build tree has a link to web/public/model there. Whether anything is there is for the
// caller to find out.
std::filesystem::path shipped_model();

}  // namespace catdog
