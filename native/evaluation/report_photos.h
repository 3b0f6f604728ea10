// The photos of a report: what was classified wrongly with most confidence, and whose label is at issue.
#pragma once

#include <string>
#include <vector>

#include "evaluation/report_page.h"

namespace catdog {

// A picture as a JPEG in a data: URI; larger ones are made smaller.
std::string picture_uri(Image picture);

// Photos that were told wrong, the most confident first: indices into the report's rows.
std::vector<std::size_t> confident_mistakes(const MetricsCollector& collected, std::size_t most);

// Sections of HTML; empty where there is nothing to show.
std::string mistakes_section(const Report& report);
std::string label_issues_section(const Report& report);

}  // namespace catdog
