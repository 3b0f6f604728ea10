#include "evaluation/report_page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "evaluation/charts.h"
#include "evaluation/html.h"
#include "evaluation/intervals.h"
#include "evaluation/metrics_text.h"
#include "evaluation/report_photos.h"
#include "evaluation/report_style.h"
#include "support/progress.h"

namespace catdog {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kStyles = 6;  // of lines

std::string figure(const char* name, const std::string& value, const std::string& interval) {
  return std::string("<div><dt>") + name + "</dt><dd>" + value + "</dd><dd class=\"interval\">" + interval +
         "</dd></div>\n";
}

std::string between(const std::pair<double, double>& interval, const char* format, double factor = 1) {
  return format_text(format, factor * interval.first) + " to " + format_text(format, factor * interval.second);
}

std::string figures_section(const Metrics& metrics, const Intervals& intervals) {
  const double percent = 100 * metrics.accuracy;
  std::string html =
      "<dl class=\"figures\"><div class=\"first\"><dt>Accuracy</dt><dd>" + format_text("%.2f %%", percent) +
      format_text("</dd><dd class=\"interval\"><span class=\"meter\"><i style=\"width:%.2f%%\"></i></span>", percent) +
      between(metrics.accuracy_interval, "%.2f %%", 100) + " (95 % interval)</dd></div>\n";
  html += figure("F1 (macro)", format_text("%.4f", metrics.f1), between(intervals.f1, "%.4f"));
  html += figure("ROC AUC", format_text("%.4f", metrics.roc_auc), between(intervals.roc_auc, "%.4f"));
  html += figure("Log-loss", format_text("%.4f", metrics.loss), between(intervals.log_loss, "%.4f"));
  html +=
      figure("Calibration error", format_text("%.2f %%", 100 * metrics.ece), between(intervals.ece, "%.2f %%", 100));
  return html + "</dl>\n";
}

// One column of the history over the epochs.
Series curve(const Json& history, const char* key, const std::string& name, const char* style) {
  Series series{name, style, {}};
  for (const Json& epoch : history) {
    const auto value = epoch.find(key);
    if (value == epoch.end() || !value->is_number() || !epoch.contains("epoch")) continue;
    series.points.emplace_back(epoch["epoch"].get<double>(), value->get<double>());
  }
  return series;
}

std::string curve_card(const char* title, const std::vector<Series>& wanted, Axis y, bool from_zero) {
  std::vector<Series> series;
  double low = INFINITY, high = -INFINITY, last = 1, first = INFINITY;
  for (const Series& one : wanted) {
    if (one.points.empty()) continue;
    series.push_back(one);
    first = std::min(first, one.points.front().first);
    last = std::max(last, one.points.back().first);
    for (const auto& point : one.points) {
      low = std::min(low, point.second);
      high = std::max(high, point.second);
    }
  }
  if (series.empty()) return "";
  y.low = from_zero ? 0 : low;
  y.high = y.percent ? 1 : high * 1.04;
  if (!(y.high > y.low)) y.low = y.high - 1;
  if (!from_zero) {  // down to the next mark, so that the lowest point does not lie on the axis
    const auto marks = axis_marks(y.low, y.high);
    if (marks.size() > 1) y.low = std::max(0.0, marks[0] - (marks[1] - marks[0]));
  }
  const Axis x{"epoch", last > first ? first : first - 1, last, false, true};
  return std::string("<div class=\"card\"><h3>") + title + "</h3>" + line_chart(x, y, series) + "</div>\n";
}

std::string training_section(const Json& history) {
  if (history.empty()) return "";
  const auto both = [&](const char* train, const char* validation) {
    return std::vector<Series>{curve(history, train, "training", "s2"), curve(history, validation, "held out", "s1")};
  };
  return "<section><h2>Training</h2><div class=\"cards\">\n" +
         curve_card("Loss", both("train_loss", "validation_loss"), {"loss"}, true) +
         curve_card("Accuracy", both("train_accuracy", "validation_accuracy"), {"accuracy", 0, 1, true}, false) +
         curve_card("Learning rate", {curve(history, "learning_rate", "learning rate", "s3")}, {"learning rate"},
                    true) +
         "</div></section>\n";
}

std::string confusion_card(const Metrics& metrics, const std::vector<std::string>& labels) {
  std::string html =
      "<div class=\"card\"><h3>Confusion matrix</h3><div class=\"scroll\"><table class=\"confusion\"><thead><tr><th>"
      "labelled ↓ said →</th>";
  for (const std::string& label : labels) html += "<th>" + html_text(label) + "</th>";
  html += "</tr></thead><tbody>\n";
  for (std::size_t c = 0; c < labels.size(); ++c) {
    html += "<tr><th>" + html_text(labels[c]) + "</th>";
    for (std::size_t said = 0; said < labels.size(); ++said) {
      const std::size_t count = metrics.confusion[c][said];
      const double share =
          metrics.classes[c].photos ? static_cast<double>(count) / static_cast<double>(metrics.classes[c].photos) : 0;
      html += format_text("<td%s style=\"--share:%.4f\"><b>", said == c ? " class=\"right\"" : "", share) +
              format_count(count) + format_text("</b><small>%.1f %%</small></td>", 100 * share);
    }
    html += "</tr>\n";
  }
  html +=
      "</tbody></table></div><div class=\"scroll\"><table class=\"classes\"><thead><tr><th>class</th><th>photos</th>"
      "<th>precision</th><th>recall</th><th>F1</th></tr></thead><tbody>\n";
  for (std::size_t c = 0; c < labels.size(); ++c) {
    const ClassMetrics& one = metrics.classes[c];
    html += "<tr><td>" + html_text(labels[c]) + "</td><td>" + format_count(one.photos) +
            format_text("</td><td>%.4f</td><td>%.4f</td><td>%.4f</td></tr>\n", one.precision, one.recall, one.f1);
  }
  return html + "</tbody></table></div></div>\n";
}

std::string reliability_card(const Metrics& metrics) {
  return "<div class=\"card\"><h3>Reliability</h3>" + reliability_chart(metrics.reliability) +
         format_text(
             "<p>How often the network is right when it is so sure. Pale: right more often than it is sure; red: less "
             "often. The mean gap is %.2f %%. Below, how many photos each bar stands for (root scale).</p></div>\n",
             100 * metrics.ece);
}

std::string roc_card(const MetricsCollector& collected, const Metrics& metrics,
                     const std::vector<std::string>& labels) {
  std::vector<Series> series;
  // Of two classes both curves are the same, mirrored: the last class's is shown.
  for (std::size_t c = labels.size() == 2 ? 1 : 0; c < std::min(labels.size(), kStyles); ++c) {
    Series one{
        labels[c] + format_text(" (%.4f)", metrics.classes[c].roc_auc), "s" + std::to_string(c % kStyles + 1), {}};
    if (labels.size() == 2) one.style = "s1";
    for (const RocPoint& point : roc_curve(collected, static_cast<int>(c))) {
      one.points.emplace_back(point.false_positives, point.true_positives);
    }
    series.push_back(std::move(one));
  }
  const std::string of =
      labels.size() == 2 ? html_text(labels[1]) + " against " + html_text(labels[0]) : "each class against the others";
  return "<div class=\"card\"><h3>ROC curve</h3>" +
         line_chart({"false positive rate", 0, 1, true}, {"true positive rate", 0, 1, true}, series, true) +
         "<p>True positives over false positives, " + of + format_text("; the area below is %.4f.", metrics.roc_auc) +
         (labels.size() > kStyles ? " The first six classes are shown." : "") + "</p></div>\n";
}

std::string facts_section(const Facts& facts) {
  if (facts.empty()) return "";
  std::string html = "<section><h2>How it was trained</h2><dl class=\"card facts\">\n";
  for (const auto& [name, value] : facts) {
    const bool long_code = value.size() > 24 && value.find(' ') == value.npos;
    html += "<div><dt>" + html_text(name) + "</dt><dd>" +
            (long_code ? "<code title=\"" + html_text(value) + "\">" + html_text(value.substr(0, 16)) + "…</code>"
                       : html_text(value)) +
            "</dd></div>\n";
  }
  return html + "</dl></section>\n";
}

std::string words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

// Empty where there is nothing to say.
std::string fact_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_unsigned()) return format_count(value.get<std::size_t>());
  if (value.is_number()) return format_text("%.6g", value.get<double>());
  std::string text;
  for (const auto& [name, part] : value.items()) {
    const std::string between = value.is_array() ? "; " : ", ";
    text += (text.empty() ? "" : between) + (value.is_array() ? "" : words(name) + " ") + fact_text(part);
  }
  return text;
}

}  // namespace

Facts facts_of(const Json& training) {
  Facts facts;
  for (const auto& [key, value] : training.items()) {
    const std::string text = fact_text(value);
    if (!text.empty()) facts.emplace_back(key == "photos" ? "photos learned from" : words(key), text);
  }
  return facts;
}

std::function<Image(std::size_t row)> stored_pictures(const FeatureStore& store) {
  return [&store](std::size_t row) { return stored_picture(store, row, store.size()); };
}

std::string report_page(const Report& report) {
  const Metrics metrics = report.collected.finish();
  const auto& labels = report.classes;
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      html_text(report.title) + " · catdog report</title>\n<style>" + kReportStyle + "</style></head><body><main>\n" +
      "<header><h1>" + html_text(report.title) + "</h1><p>Measured on " + format_count(metrics.photos) + " " +
      html_text(report.measured_on) + "</p></header>\n";
  html += figures_section(metrics, bootstrap_intervals(report.collected));
  html += training_section(report.history);
  html += "<section><h2>Predictions</h2><div class=\"cards\">\n" + confusion_card(metrics, labels) +
          reliability_card(metrics) + roc_card(report.collected, metrics, labels) + "</div></section>\n";
  html += label_issues_section(report);
  html += mistakes_section(report);
  html += facts_section(report.facts);
  html +=
      "<footer><p>Intervals hold with 95 % confidence: Wilson's for the accuracy, percentiles of 400 bootstrap draws "
      "for the others. Made by catdog.</p></footer>\n</main></body></html>\n";
  return html;
}

}  // namespace catdog
