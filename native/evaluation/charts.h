// Charts as inline SVG, coloured by the classes of report_style.h.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "evaluation/curves.h"

namespace catdog {

struct Series {
  std::string name;
  std::string style;  // CSS class of its line: "s1" to "s6"
  std::vector<std::pair<double, double>> points;
};

struct Axis {
  std::string name;
  double low = 0, high = 1;
  bool percent = false;  // values are shares
  bool whole = false;    // marks at whole numbers only
};

// Round numbers within [low, high], about `most` of them at most; with `whole` only whole ones.
std::vector<double> axis_marks(double low, double high, int most = 5, bool whole = false);

// Lines with a legend. `diagonal`: also a dashed line from corner to corner.
std::string line_chart(const Axis& x, const Axis& y, const std::vector<Series>& series, bool diagonal = false);

// Accuracy over confidence as bars, the gap to the diagonal, and below them how many photos each bin has.
std::string reliability_chart(const std::vector<ReliabilityBin>& bins);

}  // namespace catdog
