// An evaluation in sentences and tables, for people.
#pragma once

#include <string>

#include "evaluation/evaluation_report.h"

namespace catdog {

// Metrics, decisions, and where there are any: metrics by source, negatives, corruptions.
std::string evaluation_text(const EvaluationReport& report);

}  // namespace catdog
