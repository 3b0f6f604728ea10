// The photos of a report: what was told wrong with most confidence, and whose label is suspected.
#pragma once

#include <string>
#include <vector>

#include "evaluation/report_page.h"

namespace catdog {

// A picture of the store as a JPEG in a data: URI.
std::string picture_uri(const FeatureStore& store, std::size_t row);

// Photos that were told wrong, the most confident first: indices into the report's rows.
std::vector<std::size_t> confident_mistakes(const MetricsCollector& judged, std::size_t most);

// Sections of HTML; empty where there is nothing to show.
std::string mistakes_section(const Report& report);
std::string suspects_section(const Report& report);

}  // namespace catdog
