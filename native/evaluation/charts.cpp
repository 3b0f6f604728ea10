#include "evaluation/charts.h"

#include <algorithm>
#include <cmath>

#include "evaluation/html.h"
#include "evaluation/metrics_text.h"
#include "support/progress.h"

namespace catdog {
namespace {

// In SVG units; charts are shown at about this size, so that letters keep theirs.
constexpr double kWidth = 360, kLeft = 46, kRight = 14, kTop = 10, kBottom = 40;

// Where values lie in the picture.
struct Frame {
  Axis x, y;
  double top, bottom;  // of the plot, from the picture's top

  double across(double value) const { return kLeft + (value - x.low) / (x.high - x.low) * (kWidth - kLeft - kRight); }
  double down(double value) const { return bottom - (value - y.low) / (y.high - y.low) * (bottom - top); }
};

std::string mark_text(double value, bool percent) {
  return percent ? format_text("%.6g %%", std::round(value * 1e7) / 1e5) : format_text("%.4g", value);
}

std::string text_at(double x, double y, const char* anchor, const std::string& text, const std::string& more = "") {
  return format_text("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>", x, y, anchor, more.c_str()) +
         html_text(text) + "</text>";
}

std::string line_between(double x1, double y1, double x2, double y2, const char* style) {
  return format_text("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", style, x1, y1, x2, y2);
}

std::string axes(const Frame& frame) {
  std::string svg;
  for (const double mark : axis_marks(frame.y.low, frame.y.high)) {
    svg += line_between(kLeft, frame.down(mark), kWidth - kRight, frame.down(mark), "grid");
    svg += text_at(kLeft - 6, frame.down(mark) + 3.5, "end", mark_text(mark, frame.y.percent));
  }
  for (const double mark : axis_marks(frame.x.low, frame.x.high, 6, frame.x.whole)) {
    svg += text_at(frame.across(mark), frame.bottom + 15, "middle", mark_text(mark, frame.x.percent));
  }
  svg += line_between(kLeft, frame.bottom, kWidth - kRight, frame.bottom, "axis");
  return svg + text_at((kLeft + kWidth - kRight) / 2, frame.bottom + 31, "middle", frame.x.name, " class=\"name\"");
}

std::string svg_of(double height, const std::string& description, const std::string& content) {
  return format_text("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", kWidth, height) +
         html_text(description) + "\">" + content + "</svg>";
}

std::string legend(const std::vector<Series>& series) {
  if (series.size() < 2) return "";
  std::string html = "<p class=\"legend\">";
  for (const Series& one : series) html += "<span class=\"" + one.style + "\">" + html_text(one.name) + "</span>";
  return html + "</p>";
}

}  // namespace

std::vector<double> axis_marks(double low, double high, int most, bool whole) {
  if (!(high > low) || !std::isfinite(high - low)) return {};
  const double rough = (high - low) / most;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= rough * (1 - 1e-9)) {
      step = factor * power;
      break;
    }
  }
  if (whole) step = std::max(1.0, std::ceil(step - 1e-9));
  std::vector<double> marks;
  for (double at = std::ceil(low / step - 1e-9); at * step <= high + step * 1e-9; ++at) {
    marks.push_back(at == 0 ? 0 : at * step);  // not minus zero
  }
  return marks;
}

std::string line_chart(const Axis& x, const Axis& y, const std::vector<Series>& series, bool diagonal) {
  constexpr double kHeight = 240;
  const Frame frame{x, y, kTop, kHeight - kBottom};
  std::string svg = axes(frame);
  if (diagonal) svg += line_between(kLeft, frame.bottom, kWidth - kRight, frame.top, "diagonal");
  for (const Series& one : series) {
    if (one.points.empty()) continue;
    std::string points;
    for (const auto& [across, up] : one.points) {
      points += format_text("%.1f,%.1f ", frame.across(across), frame.down(std::clamp(up, y.low, y.high)));
    }
    svg += "<polyline class=\"" + one.style + "\" points=\"" + points + "\"/>";
    const auto& [across, up] = one.points.back();
    if (!diagonal) {
      svg += format_text("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", one.style.c_str(),
                         frame.across(across), frame.down(std::clamp(up, y.low, y.high)));
    }
  }
  return legend(series) + svg_of(kHeight, y.name + " over " + x.name, svg);
}

std::string reliability_chart(const std::vector<ReliabilityBin>& bins) {
  constexpr double kHeight = 290, kBars = 200, kCounts = 46;  // the height of both plots
  // No winner is less confident than one of so many classes: the empty bins below are left away.
  const auto first = std::find_if(bins.begin(), bins.end(), [](const ReliabilityBin& bin) { return bin.photos > 0; });
  const double low = first == bins.end() ? 0 : first->low;
  const Frame frame{{"confidence", low, 1, true}, {"accuracy", 0, 1, true}, kTop, kTop + kBars - 10};
  const double ground = kHeight - kBottom;
  std::size_t most = 1;
  for (const ReliabilityBin& bin : bins) most = std::max(most, bin.photos);

  std::string svg = axes({{"", low, low, true}, frame.y, frame.top, frame.bottom});
  std::string bars;
  for (auto bin = first; bin != bins.end(); ++bin) {
    if (bin->photos == 0) continue;
    const double left = frame.across(bin->low) + 1, wide = frame.across(bin->high) - 1 - left;
    const double top = frame.down(bin->accuracy), expected = frame.down(bin->confidence);
    const auto box = [&](const char* style, double from, double to) {
      return format_text("<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", style, left,
                         std::min(from, to), wide, std::max(std::abs(to - from), 0.0));
    };
    const double share = std::sqrt(static_cast<double>(bin->photos) / static_cast<double>(most));
    const bool modest = bin->accuracy > bin->confidence;  // right more often than it is sure
    bars += format_text(
                "<g><title>confidence %.1f %% to %.1f %%: %s photos, accuracy %.1f %%, mean confidence %.1f %%</title>",
                100 * bin->low, 100 * bin->high, format_count(bin->photos).c_str(), 100 * bin->accuracy,
                100 * bin->confidence) +
            box("hits", frame.bottom, modest ? expected : top) + box(modest ? "modest" : "gap", top, expected) +
            box("photos", ground, ground - std::max(1.5, share * (kCounts - 8))) + "</g>";
  }
  svg += bars + line_between(frame.across(low), frame.down(low), frame.across(1), frame.down(1), "diagonal");
  for (const double mark : axis_marks(low, 1, 6)) {
    svg += text_at(frame.across(mark), ground + 15, "middle", mark_text(mark, true));
  }
  svg += line_between(kLeft, ground, kWidth - kRight, ground, "axis");
  svg += text_at(kLeft - 6, ground - 14, "end", "photos");
  svg += text_at((kLeft + kWidth - kRight) / 2, ground + 31, "middle", "confidence", " class=\"name\"");
  return svg_of(kHeight, "accuracy over confidence", svg);
}

}  // namespace catdog
