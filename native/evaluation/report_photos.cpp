#include "evaluation/report_photos.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "catdog/photo/resize.h"
#include "evaluation/html.h"
#include "evaluation/metrics_text.h"
#include "support/progress.h"

namespace catdog {
namespace {

constexpr std::size_t kMostMistakes = 24;
constexpr std::size_t kMostIssues = 96;
constexpr int kThumbnail = 192;  // pixels a side, at most
constexpr int kJpegQuality = 82;

std::string base64(const std::vector<std::uint8_t>& bytes) {
  constexpr const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t value = 0;
    for (std::size_t k = 0; k < 3; ++k) value = value << 8 | (k < count ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += k <= count ? kDigits[value >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::string percent(float share) { return format_text("%.1f %%", 100 * static_cast<double>(share)); }

// The stored picture is squeezed to a square; it is shown with the photo's own sides.
std::string card(const Report& report, std::size_t photo, const std::string& caption) {
  const std::size_t row = report.rows[photo];
  const Sample& sample = report.samples[row];
  return format_text("<figure><div class=\"frame\"><img class=\"%s\" style=\"aspect-ratio:%d/%d\" ",
                     sample.width >= sample.height ? "wide" : "tall", std::max(sample.width, 1),
                     std::max(sample.height, 1)) +
         "alt=\"" + html_text(sample.path) + "\" src=\"" + picture_uri(report.picture(row)) + "\"></div><figcaption>" +
         caption + "<code>" + html_text(sample.path) + "</code></figcaption></figure>\n";
}

}  // namespace

std::string picture_uri(Image picture) {
  if (!picture.pixels) return "";
  if (picture.width > kThumbnail) {
    Result<Image> smaller = resize_area(picture, kThumbnail, kThumbnail);
    if (!smaller) throw std::bad_alloc();
    picture = std::move(*smaller);
  }
  cv::Mat bgr;
  cv::cvtColor(cv::Mat(picture.height, picture.width, CV_8UC3, picture.pixels.get()), bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> jpeg;
  if (!cv::imencode(".jpg", bgr, jpeg, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality})) {
    throw std::runtime_error("expected OpenCV to write a JPEG thumbnail, found that it cannot");
  }
  return "data:image/jpeg;base64," + base64(jpeg);
}

std::vector<std::size_t> confident_mistakes(const MetricsCollector& collected, std::size_t most) {
  std::vector<std::size_t> mistakes;
  for (std::size_t i = 0; i < collected.size(); ++i) {
    if (collected.said(i) != collected.label(i)) mistakes.push_back(i);
  }
  const auto confidence = [&](std::size_t i) { return collected.probabilities(i)[collected.said(i)]; };
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [&](std::size_t a, std::size_t b) { return confidence(a) > confidence(b); });
  if (mistakes.size() > most) mistakes.resize(most);
  return mistakes;
}

std::string mistakes_section(const Report& report) {
  const auto& classes = report.classes;
  const std::size_t all = confident_mistakes(report.collected, report.collected.size()).size();
  std::string html = "<section><h2>Most confident mistakes</h2>\n";
  if (all == 0) return html + "<p class=\"note\">None: every photo was classified correctly.</p></section>\n";
  const auto shown = confident_mistakes(report.collected, kMostMistakes);
  html += "<p class=\"note\">" + (shown.size() < all ? format_count(shown.size()) + " of the " : std::string("The ")) +
          format_count(all) +
          " photos that were classified wrongly, the most confident first.</p>\n<div class=\"photos\">\n";
  for (const std::size_t i : shown) {
    const int said = report.collected.said(i);
    html += card(report, i,
                 "<p><b>" + html_text(classes[said]) + "</b> <span class=\"sure\">" +
                     percent(report.collected.probabilities(i)[said]) + "</span></p><p>labelled " +
                     html_text(classes[report.collected.label(i)]) + "</p>");
  }
  return html + "</div></section>\n";
}

std::string label_issues_section(const Report& report) {
  if (report.label_issues.empty()) return "";
  const auto& classes = report.classes;
  const std::size_t count = std::min(report.label_issues.size(), kMostIssues);
  std::string html =
      "<section><h2>Labels that are probably wrong</h2>\n<p class=\"note\">" +
      format_count(report.label_issues.size()) + (report.label_issues.size() == 1 ? " photo" : " photos") +
      ", the most suspicious first: networks that did not learn from the photo find its label less probable than is "
      "usual for that label, and another class as probable as is usual for that class.";
  if (count < report.label_issues.size()) html += " The first " + format_count(count) + " are shown.";
  html += "</p>\n<div class=\"photos\">\n";
  for (std::size_t i = 0; i < count; ++i) {
    const LabelIssue& one = report.label_issues[i];
    html += card(report, one.photo,
                 "<p><b>" + html_text(classes[one.likely]) + "</b> <span class=\"sure\">" +
                     percent(one.likely_probability) + "</span></p><p>labelled " + html_text(classes[one.label]) +
                     " (" + percent(one.given_probability) + ")</p>");
  }
  return html + "</div></section>\n";
}

}  // namespace catdog
