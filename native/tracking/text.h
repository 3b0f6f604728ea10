// Small pieces of text: numbers, names that MLflow accepts, percent signs, YAML.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace catdog::tracking {

using Json = nlohmann::ordered_json;

// MLflow's limits, in bytes (its own count letters, so these are on the safe side).
inline constexpr std::size_t kMaxKey = 250;
inline constexpr std::size_t kMaxParam = 6000;
inline constexpr std::size_t kMaxTag = 8000;

// The shortest decimal that reads back as the same number; "nan", "inf", "-inf".
std::string shortest(double value);

// A number in MLflow's JSON: NaN and infinities are text there.
Json json_number(double value);
double number_of(const Json& json);

// A name of a parameter, metric or tag as MLflow accepts it: letters of any alphabet, digits, "_-. :" and '/' between
// parts; anything else becomes '_'. Longer names are cut.
std::string accepted_name(const std::string& name);

// At most `bytes` long, cut between letters; what is not UTF-8 becomes U+FFFD.
std::string cut(const std::string& text, std::size_t bytes);

std::string percent_decoded(const std::string& text);
std::string percent_encoded(const std::string& text);       // all but A-Za-z0-9-._~
std::string percent_encoded_path(const std::string& path);  // the same between the '/'

std::string base64(const std::string& bytes);

// YAML in block style. Text is always quoted, so that no reader takes it for a number or a date, and characters that
// YAML does not take as they are, or takes for line breaks, are escaped.
std::string to_yaml(const Json& value);

// The value of a top-level key in a YAML file that MLflow or to_yaml wrote; empty where there is none, or null.
std::string yaml_value(const std::filesystem::path& file, const std::string& key);

// Milliseconds since 1970.
std::int64_t now_ms();
// "2026-03-07 10:11:12.345000", UTC
std::string utc_time(std::int64_t ms);

// 32 random hexadecimal digits.
std::string random_id();
// 32 hexadecimal digits that follow from the text.
std::string id_of(const std::string& text);

}  // namespace catdog::tracking
