// The CSV writer: RFC 4180, formulas disarmed, broken UTF-8, rounding.
#include "catdog/model/csv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace catdog {
namespace {

const std::vector<std::string> kLabels = {"Cat", "Dog"};

Prediction sure_dog() { return {1, 0.75f, {0.25f, 0.75f}, Decision::kClass}; }

TEST(CsvTest, HeaderNamesEachClass) {
  EXPECT_EQ(csv_header(kLabels), "path,label,class_id,confidence,prob_Cat,prob_Dog,decision,width,height,error\r\n");
  EXPECT_EQ(csv_header({"one"}), "path,label,class_id,confidence,prob_one,decision,width,height,error\r\n");
}

TEST(CsvTest, HeaderQuotesLabelsWithCommas) {
  EXPECT_EQ(
      csv_header({"big, grey", "the \"other\""}),
      "path,label,class_id,confidence,\"prob_big, grey\",\"prob_the \"\"other\"\"\",decision,width,height,error\r\n");
}

TEST(CsvTest, RowOfAPrediction) {
  const Prediction dog = sure_dog();
  EXPECT_EQ(csv_row({"a/b.jpg", &dog, 640, 480, ""}, kLabels), "a/b.jpg,Dog,1,0.7500,0.2500,0.7500,Dog,640,480,\r\n");
}

TEST(CsvTest, UnsureWhereNotDecided) {
  Prediction prediction = sure_dog();
  prediction.decision = Decision::kUncertain;
  EXPECT_EQ(csv_row({"a", &prediction, 1, 1, ""}, kLabels), "a,Dog,1,0.7500,0.2500,0.7500,uncertain,1,1,\r\n");
}

TEST(CsvTest, NeitherWhereNoneIsThere) {
  Prediction prediction = sure_dog();
  prediction.decision = Decision::kNone;
  EXPECT_EQ(csv_row({"a", &prediction, 1, 1, ""}, kLabels), "a,Dog,1,0.7500,0.2500,0.7500,none,1,1,\r\n");
}

TEST(CsvTest, RowOfAnErrorLeavesTheCellsEmpty) {
  const Prediction ignored = sure_dog();
  EXPECT_EQ(csv_row({"a.txt", nullptr, 0, 0, "no picture"}, kLabels), "a.txt,,,,,,,,,no picture\r\n");
  EXPECT_EQ(csv_row({"a.jpg", &ignored, 7, 5, "broken, badly"}, kLabels), "a.jpg,,,,,,,7,5,\"broken, badly\"\r\n");
}

// Rows of errors and of predictions have as many cells as the header, for any number of classes.
TEST(CsvTest, EveryRowHasTheHeadersNumberOfCells) {
  const auto cells = [](const std::string& line) { return std::count(line.begin(), line.end(), ',') + 1; };
  for (int classes = 1; classes <= 5; ++classes) {
    const std::vector<std::string> labels(classes, "x");
    const Prediction prediction{0, 1, std::vector<float>(classes, 0.0f), Decision::kClass};
    EXPECT_EQ(cells(csv_header(labels)), 8 + classes);
    EXPECT_EQ(cells(csv_row({"p", &prediction, 1, 1, ""}, labels)), 8 + classes);
    EXPECT_EQ(cells(csv_row({"p", nullptr, 0, 0, "e"}, labels)), 8 + classes);
  }
}

TEST(CsvTest, QuotesWhatMustBeQuoted) {
  EXPECT_EQ(csv_text("plain text"), "plain text");
  EXPECT_EQ(csv_text(""), "");
  EXPECT_EQ(csv_text("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_text("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(csv_text("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_text("a\rb"), "\"a\rb\"");
}

TEST(CsvTest, DisarmsFormulas) {
  EXPECT_EQ(csv_text("=1+1"), "'=1+1");
  EXPECT_EQ(csv_text("+1"), "'+1");
  EXPECT_EQ(csv_text("-1"), "'-1");
  EXPECT_EQ(csv_text("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_text("\tx"), "'\tx");
  EXPECT_EQ(csv_text("\rx"), "\"'\rx\"");
  EXPECT_EQ(csv_text("=cmd|'/c calc',\"x\""), "\"'=cmd|'/c calc',\"\"x\"\"\"");
  EXPECT_EQ(csv_text("a=1"), "a=1");
  EXPECT_EQ(csv_text("'=1"), "'=1");
}

TEST(CsvTest, DisarmsPathsLabelsAndErrorsAlike) {
  const Prediction prediction{0, 1, {1}, Decision::kClass};
  EXPECT_EQ(csv_row({"=a.jpg", &prediction, 1, 1, ""}, {"@home"}), "'=a.jpg,'@home,0,1.0000,1.0000,'@home,1,1,\r\n");
  EXPECT_EQ(csv_row({"-a.jpg", nullptr, 0, 0, "+e"}, {"x"}), "'-a.jpg,,,,,,,,'+e\r\n");
}

TEST(CsvTest, KeepsWellFormedUtf8) {
  for (const char* text : {"K\xC3\xA4tzchen", "\xE7\x8C\xAB.jpg", "\xF0\x9F\x90\x88", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF4\x8F\xBF\xBF", "\xE0\xA0\x80", "\xF0\x90\x80\x80", "\xC2\x80"}) {
    EXPECT_EQ(csv_text(text), text);
  }
}

TEST(CsvTest, ReplacesBrokenUtf8) {
  const std::string mark = "\xEF\xBF\xBD";  // U+FFFD
  EXPECT_EQ(csv_text("a\xFFz"), "a" + mark + "z");
  EXPECT_EQ(csv_text("\x80"), mark);
  EXPECT_EQ(csv_text("\xC0\x80"), mark + mark) << "overlong";
  EXPECT_EQ(csv_text("\xE0\x9F\xBF"), mark + mark + mark) << "overlong";
  EXPECT_EQ(csv_text("\xF0\x8F\xBF\xBF"), mark + mark + mark + mark) << "overlong";
  EXPECT_EQ(csv_text("\xED\xA0\x80"), mark + mark + mark) << "a surrogate";
  EXPECT_EQ(csv_text("\xF4\x90\x80\x80"), mark + mark + mark + mark) << "beyond U+10FFFF";
  EXPECT_EQ(csv_text("\xF5\x80\x80\x80"), mark + mark + mark + mark) << "beyond U+10FFFF";
  EXPECT_EQ(csv_text("\xE7\x8C"), mark + mark) << "cut off";
  EXPECT_EQ(csv_text("K\xE4tzchen, gro\xDF"), "\"K" + mark + "tzchen, gro" + mark + "\"") << "Latin-1";
}

TEST(CsvFormatTest, SemicolonsComeWithDecimalCommas) {
  const CsvFormat format{CsvFormat::Separator::kSemicolon, false};
  const Prediction dog = sure_dog();
  EXPECT_EQ(csv_header({"big, grey", "a;b"}, format),
            "path;label;class_id;confidence;prob_big, grey;\"prob_a;b\";decision;width;height;error\r\n");
  EXPECT_EQ(csv_row({"a;b, 0.5.jpg", &dog, 640, 480, ""}, kLabels, format),
            "\"a;b, 0.5.jpg\";Dog;1;0,7500;0,2500;0,7500;Dog;640;480;\r\n");
  EXPECT_EQ(csv_row({"a", nullptr, 0, 0, "expected 1,5; found \"2\""}, kLabels, format),
            "a;;;;;;;;;\"expected 1,5; found \"\"2\"\"\"\r\n");
}

TEST(CsvFormatTest, TabsKeepDecimalPoints) {
  const CsvFormat format{CsvFormat::Separator::kTab, false};
  const Prediction dog = sure_dog();
  EXPECT_EQ(csv_row({"a,b", &dog, 1, 2, ""}, kLabels, format), "a,b\tDog\t1\t0.7500\t0.2500\t0.7500\tDog\t1\t2\t\r\n");
  EXPECT_EQ(csv_row({"\ta\tb", nullptr, 0, 0, "e"}, {"x"}, format), "\"'\ta\tb\"\t\t\t\t\t\t\t\te\r\n");
}

TEST(CsvFormatTest, TheMarkStandsBeforeTheHeaderAlone) {
  const CsvFormat format{CsvFormat::Separator::kComma, true};
  EXPECT_EQ(csv_header(kLabels, format), "\xEF\xBB\xBF" + csv_header(kLabels));
  EXPECT_EQ(csv_row({"a", nullptr, 0, 0, "e"}, kLabels, format), csv_row({"a", nullptr, 0, 0, "e"}, kLabels));
}

TEST(CsvFormatTest, ExtraColumnsFollowTheError) {
  const CsvFormat format{CsvFormat::Separator::kComma, false, {"corrected", "=remark"}};
  const Prediction dog = sure_dog();
  EXPECT_EQ(csv_header({"x"}, format),
            "path,label,class_id,confidence,prob_x,decision,width,height,error,corrected,'=remark\r\n");
  EXPECT_EQ(csv_row({"a", &dog, 1, 1, "", {"Cat", "a,b"}}, kLabels, format),
            "a,Dog,1,0.7500,0.2500,0.7500,Dog,1,1,,Cat,\"a,b\"\r\n");
  EXPECT_EQ(csv_row({"a", nullptr, 0, 0, "e", {"@home", "", "too many"}}, {"x"}, format), "a,,,,,,,,e,'@home,\r\n");
  EXPECT_EQ(csv_row({"a", nullptr, 0, 0, "e"}, {"x"}, format), "a,,,,,,,,e,,\r\n") << "missing ones are empty";
}

TEST(CsvTest, PathsThatAreNotUtf8StayApart) {
  EXPECT_EQ(csv_row({"K\xE9tz.jpg", nullptr, 0, 0, "e"}, {"x"}), "K\\xE9tz.jpg,,,,,,,,e\r\n");
  EXPECT_EQ(csv_row({"K\xE8tz.jpg", nullptr, 0, 0, "e"}, {"x"}), "K\\xE8tz.jpg,,,,,,,,e\r\n");
  EXPECT_EQ(csv_row({"two\nlines \x1B \xC3\xA4.jpg", nullptr, 0, 0, "e"}, {"x"}),
            "\"two\nlines \x1B \xC3\xA4.jpg\",,,,,,,,e\r\n")
      << "a path in UTF-8 is the path, so that its file can be found";
}

TEST(CsvTest, StrangersBytesInErrorsAndLabelsAreMadeVisible) {
  EXPECT_EQ(csv_row({"p", nullptr, 0, 0, "found \x1B[2J\r\n\xE2\x80\xAE\xFF"}, {"x"}),
            "p,,,,,,,,found \\u001b[2J\\u000d\\u000a\\u202e\\xFF\r\n");
  const Prediction prediction{0, 1, {1}, Decision::kClass};
  EXPECT_EQ(csv_row({"p", &prediction, 1, 1, ""}, {"\x1B[31mred"}),
            "p,\\u001b[31mred,0,1.0000,1.0000,\\u001b[31mred,1,1,\r\n");
  EXPECT_EQ(csv_header({"\x1B[31mred"}).find('\x1B'), std::string::npos);
}

std::string confidence_cell(float value) {
  const Prediction prediction{0, value, {}, Decision::kClass};
  const std::string row = csv_row({"p", &prediction, 1, 1, ""}, {"x"});
  return row.substr(std::string("p,x,0,").size(), row.find(',', 6) - 6);
}

TEST(CsvTest, FourDecimalsRoundToNearest) {
  EXPECT_EQ(confidence_cell(0), "0.0000");
  EXPECT_EQ(confidence_cell(1), "1.0000");
  EXPECT_EQ(confidence_cell(0.5f), "0.5000");
  EXPECT_EQ(confidence_cell(0.00004f), "0.0000");
  EXPECT_EQ(confidence_cell(0.00006f), "0.0001");
  EXPECT_EQ(confidence_cell(0.12344f), "0.1234");
  EXPECT_EQ(confidence_cell(0.12346f), "0.1235");
  EXPECT_EQ(confidence_cell(0.99994f), "0.9999");
  EXPECT_EQ(confidence_cell(0.99996f), "1.0000");
  EXPECT_EQ(confidence_cell(0.00312500f), "0.0031") << "0.003125 lies below the middle";
}

TEST(CsvTest, ProbabilitiesThatAreNoneStayReadable) {
  EXPECT_EQ(confidence_cell(-0.1f), "0.0000");
  EXPECT_EQ(confidence_cell(1.0001f), "1.0000");
  EXPECT_EQ(confidence_cell(std::numeric_limits<float>::infinity()), "1.0000");
  EXPECT_EQ(confidence_cell(std::numeric_limits<float>::quiet_NaN()), "0.0000");
}

}  // namespace
}  // namespace catdog
