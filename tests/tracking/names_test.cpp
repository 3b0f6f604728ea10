// Names, numbers, YAML, addresses.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "tracking/settings.h"
#include "tracking/system_metrics.h"
#include "tracking/text.h"

namespace catdog::tracking {
namespace {

TEST(NamesTest, AcceptedNamesAreAsMlflowWantsThem) {
  EXPECT_EQ(accepted_name("train/loss"), "train/loss");
  EXPECT_EQ(accepted_name("f1 of Übergänge-2.x:y"), "f1 of Übergänge-2.x:y");
  EXPECT_EQ(accepted_name("猫と犬"), "猫と犬");
  EXPECT_EQ(accepted_name("cats & dogs?"), "cats _ dogs_");
  EXPECT_EQ(accepted_name("a\xF0\x9F\x90\xB1z"), "a_z");
  EXPECT_EQ(accepted_name("bad\xC3"), "bad_");
  EXPECT_EQ(accepted_name("/etc"), "_etc");
  EXPECT_EQ(accepted_name("a//b"), "a/_b");
  EXPECT_EQ(accepted_name("../../x"), ".._.._x");
  EXPECT_EQ(accepted_name("end/"), "end/_");
  EXPECT_EQ(accepted_name(""), "_");
  EXPECT_EQ(accepted_name(std::string(300, 'a')), std::string(250, 'a'));
}

TEST(NamesTest, TextIsCutBetweenLetters) {
  EXPECT_EQ(cut("grün", 3), "gr");
  EXPECT_EQ(cut("grün", 4), "grü");
  EXPECT_EQ(cut("a\xffz", 100), "a\uFFFDz");
}

TEST(NamesTest, NumbersReadBackTheSame) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(shortest(std::nan("")), "nan");
  EXPECT_EQ(shortest(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_TRUE(std::isnan(number_of(json_number(std::nan("")))));
  EXPECT_EQ(number_of(json_number(-std::numeric_limits<double>::infinity())), -std::numeric_limits<double>::infinity());
}

TEST(NamesTest, PercentSigns) {
  EXPECT_EQ(percent_encoded("a b/ü"), "a%20b%2F%C3%BC");
  EXPECT_EQ(percent_encoded_path("a b/ü?"), "a%20b/%C3%BC%3F");
  EXPECT_EQ(percent_decoded("right%20password%"), "right password%");
}

TEST(NamesTest, YamlInBlockStyle) {
  EXPECT_EQ(to_yaml({{"name", "a: \"b\""}, {"n", 3}, {"none", nullptr}, {"list", {"x", "y"}}, {"in", {{"k", "v"}}}}),
            "name: \"a: \\\"b\\\"\"\nn: 3\nnone: null\nlist:\n- \"x\"\n- \"y\"\nin:\n  k: \"v\"\n");
  EXPECT_EQ(to_yaml({{"d", Json::array({"a", Json{{"pip", {"b"}}}})}}), "d:\n- \"a\"\n- pip:\n  - \"b\"\n");
}

TEST(NamesTest, YamlOfMlflowIsRead) {
  const auto file = std::filesystem::temp_directory_path() / ("yaml-" + random_id());
  std::ofstream(file)
      << "id: '12'\nname: 'it''s: a name'\nlong: words that\n  go on\nempty: null\nours: \"\\\"q\\\"\"\n";
  EXPECT_EQ(yaml_value(file, "id"), "12");
  EXPECT_EQ(yaml_value(file, "name"), "it's: a name");
  EXPECT_EQ(yaml_value(file, "long"), "words that go on");
  EXPECT_EQ(yaml_value(file, "empty"), "");
  EXPECT_EQ(yaml_value(file, "ours"), "\"q\"");
  EXPECT_EQ(yaml_value(file, "missing"), "");
  std::filesystem::remove(file);
}

// What YAML does not take as it is: https://yaml.org/spec/1.2.2/#51-character-set
TEST(NamesTest, YamlEscapesWhatIsNotPrintable) {
  EXPECT_EQ(
      to_yaml({{"n", "a\n\t\x01\x1b\x7f\u0080\u0085\u009f\u00a0\u2028\u2029\ufeff\ufffe\uffff\ufffd\U0001f431ü"}}),
      "n: \"a\\n\\t\\u0001\\u001b\\u007f\\u0080\\u0085\\u009f\u00a0\\u2028\\u2029\\ufeff\\ufffe\\uffff\ufffd"
      "\U0001f431ü\"\n");
}

class YamlOfMlflowTest : public testing::Test {
 protected:
  std::string read(const std::string& value) {
    const auto file = std::filesystem::temp_directory_path() / ("yaml-" + random_id());
    std::ofstream(file) << "before: x\nname: " << value << "after: y\n";
    const std::string found = yaml_value(file, "name");
    std::filesystem::remove(file);
    return found;
  }
};

// As PyYAML 6.0 writes them.
TEST_F(YamlOfMlflowTest, EscapesAndLineBreaks) {
  EXPECT_EQ(read("\"a\\x7Fb\\e\\0\\a\\v\\N\\_\\L\\P\\U0001F431\\uFEFF\"\n"),
            std::string("a\x7f"
                        "b\x1b\0\x07\x0b\u0085\u00a0\u2028\u2029\U0001f431\ufeff",
                        24));
  EXPECT_EQ(read("'a\n\n  b'\n"), "a\nb");
  EXPECT_EQ(read("\"words\\\n  \\ that go\\\n  \\ on\\x01\\\\\"\n"), "words that go on\x01\\");
  for (const char* odd : {"\"\\x\"\n", "\"\\xZZ\"\n", "\"\\U0011\"\n", "\"\\\n", "\"", "\"\\U99999999\"\n", "\"\\x7"}) {
    read(odd);  // ends, whatever it gives
  }
}

TEST_F(YamlOfMlflowTest, OurOwnIsReadBack) {
  std::string every;
  for (int c = 1; c < 128; ++c) every += static_cast<char>(c);
  every += "\u0080\u0085\u009f\u2028\u2029\ufeff\U0001f431";
  const std::string written = to_yaml({{"name", every}});
  EXPECT_EQ(read(written.substr(6)), every);
}

TEST(NamesTest, Addresses) {
  const Destination server = destination_of("https://me:p%40ss@host:1/path/");
  EXPECT_TRUE(server.server);
  EXPECT_EQ(server.uri, "https://host:1/path");
  EXPECT_EQ(server.user, "me");
  EXPECT_EQ(server.password, "p@ss");
  EXPECT_EQ(destination_of("http://host/a@b").uri, "http://host/a@b");
  EXPECT_EQ(destination_of("file:///tmp/my%20runs/").folder, "/tmp/my runs");
  EXPECT_EQ(destination_of("/tmp/runs").uri, "/tmp/runs");
  EXPECT_EQ(destination_of("HTTPS://Me@[::1]:5000//").uri, "https://[::1]:5000");
  EXPECT_EQ(destination_of("HTTPS://Me@[::1]:5000//").user, "Me");
  EXPECT_EQ(destination_of("./a:1").folder.filename(), "a:1");
  for (const char* wrong : {"sqlite:///mlflow.db",  "databricks",     "file://elsewhere/x", "localhost:5000",
                            "127.0.0.1:5000/path",  "[::1]:5000",     "//host:1",           "http://",
                            "http:///path",         "http://host:",   "http://host:0",      "http://host:65536",
                            "http://host:1x",       "http://[::1",    "http://[]",          "http://[::1]x",
                            "http://a b",           "http://a/b c",   "http://host/?q",     "http://host#f",
                            "http://me:12/34@host", "http://host\\x", "http:/host",         "http:host"}) {
    EXPECT_THROW(destination_of(wrong), std::runtime_error) << wrong;
  }
}

TEST(NamesTest, LoopbackServers) {
  for (const char* here :
       {"http://localhost", "http://LocalHost:1/x", "http://127.0.0.1:5000", "http://127.1.2.3", "http://[::1]:1"}) {
    EXPECT_TRUE(is_loopback(destination_of(here))) << here;
  }
  for (const char* there : {"http://host", "http://127.0.0.1.example", "http://127.example:1",
                            "http://localhost.example", "http://[::2]", "http://128.0.0.1", "/127.0.0.1"}) {
    EXPECT_FALSE(is_loopback(destination_of(there))) << there;
  }
}

TEST(NamesTest, LoginsInAddressesOfServers) {
  EXPECT_EQ(without_login("mlflow-artifacts://me:pw@host/a@b"), "mlflow-artifacts://host/a@b");
  EXPECT_EQ(without_login("mlflow-artifacts:/a@b"), "mlflow-artifacts:/a@b");
  EXPECT_EQ(without_login("/a@b"), "/a@b");
}

TEST(NamesTest, Base64AsInRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("\xff\xfe\xfd"), "//79");
}

TEST(NamesTest, SettingsOfTheEnvironment) {
  ::setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7.5", 1);
  ::setenv("MLFLOW_TRACKING_INSECURE_TLS", "True", 1);
  const ServerSettings settings = server_settings({});
  EXPECT_EQ(settings.timeout, 7.5);
  EXPECT_TRUE(settings.insecure_tls);
  ::setenv("MLFLOW_TRACKING_INSECURE_TLS", "perhaps", 1);
  EXPECT_THROW(server_settings({}), std::runtime_error);
  ::unsetenv("MLFLOW_TRACKING_INSECURE_TLS");
  ::setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "soon", 1);
  EXPECT_THROW(server_settings({}), std::runtime_error);
  ::unsetenv("MLFLOW_HTTP_REQUEST_TIMEOUT");
}

TEST(NamesTest, GraphicsCards) {
  const auto found = gpu_metrics("0, 35, 1000, 4000, 150.25, 300.00\n1, [N/A], 500, 1000, [N/A], 200\nno such line\n");
  EXPECT_EQ(found.at("system/gpu_0_utilization_percentage"), 35);
  EXPECT_EQ(found.at("system/gpu_0_memory_usage_percentage"), 25);
  EXPECT_EQ(found.at("system/gpu_0_memory_usage_megabytes"), 1048.6);
  EXPECT_EQ(found.at("system/gpu_0_power_usage_watts"), 150.3);
  EXPECT_EQ(found.at("system/gpu_0_power_usage_percentage"), 50.1);
  EXPECT_EQ(found.at("system/gpu_1_memory_usage_percentage"), 50);
  EXPECT_EQ(found.size(), 7u);
}

}  // namespace
}  // namespace catdog::tracking
