#include "support/tool_description.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace catdog {
namespace {

using Json = nlohmann::ordered_json;

Json description_of(const CLI::Option& option) {
  Json names = Json::array();
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  const bool flag = option.get_items_expected_max() == 0;
  return {{"names", names},
          {"placeholder", names.empty() ? option.get_single_name() : ""},
          {"type", flag ? "" : option.get_type_name()},
          {"default", option.get_default_str()},
          {"required", option.get_required()},
          {"many", option.get_items_expected_max() > 1},
          {"group", option.get_group()},
          {"description", option.get_description()}};
}

}  // namespace

std::string tool_description(const CLI::App& app, const std::string& version) {
  Json options = Json::array();
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) options.push_back(description_of(*option));  // others are hidden
  }
  std::stable_partition(options.begin(), options.end(), [](const Json& option) { return option["names"].empty(); });
  return Json{{"name", app.get_name()},
              {"version", version},
              {"description", app.get_description()},
              {"footer", app.get_footer()},
              {"options", options}}
      .dump(2);
}

}  // namespace catdog
