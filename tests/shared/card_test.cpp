// model.json: what is read of it, and that everything else is refused in words, quickly, whatever the bytes.
#include "catdog/model/card.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>

namespace catdog {
namespace {

const std::string kHash(64, 'a');

// A sound card, with `from` replaced by `to`.
std::string card(const std::string& from = "", const std::string& to = "") {
  std::string text =
      R"({"format": 1, "name": "test", "labels": ["Cat", "Dog"], "input": {"name": "photo", "size": 32},)"
      R"( "output": {"name": "probs"}, "preprocessing_version": 1, "thresholds": {"confidence": 0.25, "presence": 0.5},)"
      R"( "presence": {"name": "pet"}, "class_activation": {"name": "places"},)"
      R"( "onnx": {"file": "model.onnx", "bytes": 7, "sha256": ")" +
      kHash + R"("}, "licence": "MIT", "created": "2024-02-29",)" +
      R"( "metrics": [{"accuracy": 0.75, "accuracy_interval": [0.5, 1], "photos": 100}, {}]})";
  if (from.empty()) return text;
  const std::size_t at = text.find(from);
  if (at == std::string::npos) ADD_FAILURE() << "expected '" << from << "' in the card";
  return text.replace(at, from.size(), to);
}

Result<ModelCard> read(const std::string& text) {
  const std::string exact(text);  // so that a sanitizer sees one byte too far
  return read_card({reinterpret_cast<const std::uint8_t*>(exact.data()), exact.size()});
}

std::string refusal(const std::string& text) {
  const auto found = read(text);
  return found ? "" : found.error().message;
}

std::string refusal(const std::string& from, const std::string& to) { return refusal(card(from, to)); }

TEST(CardTest, AllThatItSays) {
  const auto found = read(card());
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->name, "test");
  EXPECT_EQ(found->labels, (std::vector<std::string>{"Cat", "Dog"}));
  EXPECT_EQ(found->size, 32);
  EXPECT_EQ(found->thresholds.confidence, 0.25f);
  EXPECT_EQ(found->thresholds.presence, 0.5f);
  EXPECT_EQ(found->onnx.name, "model.onnx");
  EXPECT_EQ(found->onnx.bytes, 7);
  EXPECT_EQ(found->onnx.sha256, kHash);
  EXPECT_EQ(found->accuracy, 0.75);
  ASSERT_TRUE(found->accuracy_interval);
  EXPECT_EQ(found->accuracy_interval->low, 0.5);
  EXPECT_EQ(found->accuracy_interval->high, 1);
  EXPECT_EQ(found->photos, 100);
  EXPECT_EQ(found->licence, "MIT");
  EXPECT_EQ(found->created, "2024-02-29");
  const network::Signature signature = signature_of(*found);
  EXPECT_EQ(signature.input, "photo");
  EXPECT_EQ(signature.size, 32);
  EXPECT_EQ(signature.probabilities, "probs");
  EXPECT_EQ(signature.classes, 2);
  EXPECT_EQ(signature.presence, "pet");
  EXPECT_EQ(signature.class_activation, "places");
}

TEST(CardTest, ActivationsMayHaveTheNameOfEarlierVersions) {
  const auto found = read(card(R"("class_activation": {)", R"("map": {)"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(signature_of(*found).class_activation, "places");
}

TEST(CardTest, WhatMayBeMissing) {
  const auto found =
      read(R"({"format": 1, "name": "n", "labels": ["a"], "input": {"name": "x", "size": 1}, "output": {"name": "y"},)"
           R"( "preprocessing_version": 1, "thresholds": {"confidence": 0}, "remark": [null],)"
           R"( "onnx": {"file": "m", "bytes": 1, "sha256": ")" +
           std::string(64, 'F') + "\"}}");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->presence, "");
  EXPECT_EQ(found->class_activation, "");
  EXPECT_EQ(found->thresholds.presence, 0);
  EXPECT_FALSE(found->accuracy || found->accuracy_interval || found->photos);
  EXPECT_EQ(found->licence + found->created, "");
  EXPECT_EQ(found->onnx.sha256, std::string(64, 'f')) << "digits of either case mean the same hash";
  EXPECT_TRUE(read(card(R"("MIT")", R"("")")));
  EXPECT_TRUE(read("\xEF\xBB\xBF" + card())) << "a byte order mark";
}

struct Case {
  const char *from, *to, *message;
};

TEST(CardTest, MissingParts) {
  for (const auto& [from, to, message] : std::vector<Case>{
           {R"("format": 1, )", "", "format: expected a value, found none"},
           {R"("name": "test", )", "", "name: expected a value, found none"},
           {R"("labels": ["Cat", "Dog"], )", "", "labels: expected a value, found none"},
           {R"("input": {"name": "photo", "size": 32}, )", "", "input: expected a value, found none"},
           {R"("name": "photo", )", "", "input.name: expected a value, found none"},
           {R"(, "size": 32)", "", "input.size: expected a value, found none"},
           {R"("output": {"name": "probs"}, )", "", "output: expected a value, found none"},
           {R"("name": "probs")", "", "output.name: expected a value, found none"},
           {R"("preprocessing_version": 1, )", "", "preprocessing_version: expected a value, found none"},
           {R"("thresholds": {"confidence": 0.25, "presence": 0.5}, )", "", "thresholds: expected a value, found none"},
           {R"("confidence": 0.25, )", "", "thresholds.confidence: expected a value, found none"},
           {R"(, "presence": 0.5)", "", "thresholds.presence: expected a value, found none"},
           {R"("name": "pet")", "", "presence.name: expected a value, found none"},
           {R"("name": "places")", "", "class_activation.name: expected a value, found none"},
           {R"("onnx": {)", R"("else": {)", "onnx: expected a value, found none"},
           {R"("file": "model.onnx", )", "", "onnx.file: expected a value, found none"},
           {R"("bytes": 7, )", "", "onnx.bytes: expected a value, found none"},
           {R"("sha256": ")", R"("other": ")", "onnx.sha256: expected a value, found none"},
       }) {
    EXPECT_EQ(refusal(card(from, std::string(to))), std::string("model.json: ") + message);
  }
}

TEST(CardTest, PartsOfAnotherType) {
  const std::string text = "expected a text of 1 to 1000 bytes without control characters, found ";
  for (const auto& [from, to, message] : std::vector<Case>{
           {R"("format": 1)", R"("format": 2)", "format: expected 1, found 2"},
           {R"("format": 1)", R"("format": "1")", "format: expected a whole number, found \"1\""},
           {R"("format": 1)", R"("format": 1.0)", "format: expected a whole number, found 1.0"},
           {R"("format": 1)", R"("format": true)", "format: expected a whole number, found true"},
           {R"("format": 1)", R"("format": 18446744073709551615)", "format: expected 1, found 18446744073709551615"},
           {R"({"name": "photo", "size": 32})", "3", "input: expected an object, found 3"},
           {R"({"name": "probs"})", "[1,2]", "output: expected an object, found [1,2]"},
           {R"({"name": "pet"})", "null", "presence: expected an object, found null"},
           {R"("size": 32)", R"("size": 0)", "input.size: expected 1 to 4096 pixels, found 0"},
           {R"("size": 32)", R"("size": 4097)", "input.size: expected 1 to 4096 pixels, found 4097"},
           {R"("size": 32)", R"("size": -1)", "input.size: expected 1 to 4096 pixels, found -1"},
           {R"("size": 32)", R"("size": 32.5)", "input.size: expected a whole number, found 32.5"},
           {R"("size": 32)", R"("size": 4294967328)", "input.size: expected 1 to 4096 pixels, found 4294967328"},
           {R"("size": 32)", R"("size": 1e300)", "input.size: expected a whole number, found 1e+300"},
           {R"("preprocessing_version": 1)", R"("preprocessing_version": 99)",
            "preprocessing_version: expected 1, found 99"},
           {"0.25", "1.5", "thresholds.confidence: expected a number from 0 to 1, found 1.5"},
           {"0.25", "-1e-9", "thresholds.confidence: expected a number from 0 to 1, found -1e-09"},
           {"0.25", R"("high")", "thresholds.confidence: expected a number from 0 to 1, found \"high\""},
           {"0.25", R"("NaN")", "thresholds.confidence: expected a number from 0 to 1, found \"NaN\""},
           {"0.5}", "2}", "thresholds.presence: expected a number from 0 to 1, found 2"},
           {R"("bytes": 7)", R"("bytes": 0)", "onnx.bytes: expected 1 to 2147483647 bytes, found 0"},
           {R"("bytes": 7)", R"("bytes": 9223372036854775808)",
            "onnx.bytes: expected 1 to 2147483647 bytes, found 9223372036854775808"},
           {R"("accuracy": 0.75)", R"("accuracy": "good")",
            "metrics[0].accuracy: expected a number from 0 to 1, found \"good\""},
           {"[0.5, 1]", "[0.5]", "metrics[0].accuracy_interval: expected two numbers from 0 to 1, found [0.5]"},
           {"[0.5, 1]", "[0.5, 7]", "metrics[0].accuracy_interval[1]: expected a number from 0 to 1, found 7"},
           {R"("photos": 100)", R"("photos": -1)", "metrics[0].photos: expected 0 to 9007199254740992, found -1"},
           {R"("metrics": [)", R"("metrics": 3, "others": [)", "metrics: expected a list, found 3"},
           {R"("metrics": [)", R"("metrics": [3, )", "metrics[0]: expected an object, found 3"},
       }) {
    EXPECT_EQ(refusal(card(from, std::string(to))), std::string("model.json: ") + message);
  }
  for (const auto& [from, to, part, found] :
       std::vector<std::array<std::string, 4>>{{R"("test")", "7", "name", "7"},
                                               {R"("test")", R"("")", "name", "\"\""},
                                               {R"("photo")", R"("a\u0000b")", "input.name", R"("a\u0000b")"},
                                               {R"("MIT")", "{}", "licence", "{}"},
                                               {R"("2024-02-29")", "2024", "created", "2024"}}) {
    EXPECT_EQ(refusal(card(from, to)), "model.json: " + part + ": " + text + found);
  }
}

TEST(CardTest, NamesOfFilesAreNoPaths) {
  for (const char* name :
       {"../model.onnx", "/etc/passwd", "a/b", "a\\\\b", "C:x", "https://example.org/x.onnx", ".", ".."}) {
    EXPECT_EQ(refusal("\"model.onnx\"", '"' + std::string(name) + '"'),
              "model.json: onnx.file: expected the name of a file in the bundle, found \"" + std::string(name) + '"');
  }
}

TEST(CardTest, HashesAreSixtyFourDigits) {
  for (const std::string& hash : {std::string(63, 'a'), std::string(65, 'a'), std::string(63, 'a') + 'g'}) {
    EXPECT_EQ(refusal(kHash, hash), "model.json: onnx.sha256: expected 64 hexadecimal digits, found \"" + hash + '"');
  }
}

TEST(CardTest, LabelsThatAreNone) {
  const std::string none = "model.json: labels: expected a list of labels, none empty or twice, found ";
  const std::string labels = R"(["Cat", "Dog"])";
  for (const char* wrong : {"[]", "\"Cat\"", "{}", "3", R"(["Cat","Dog","Cat"])", R"(["Cat",""])", R"(["Cat",3])"}) {
    EXPECT_EQ(refusal(labels, wrong), none + wrong);
  }
  const std::string label = "expected a label of 1 to 200 bytes of UTF-8 without control characters, found '";
  EXPECT_EQ(refusal(labels, R"(["a", "b\u001b[31m"])"), "model.json: labels[1]: " + label + R"(b\u001b[31m')");
  EXPECT_EQ(refusal(labels, R"(["a\nb"])"), "model.json: labels[0]: " + label + R"(a\u000ab')");
  EXPECT_EQ(refusal(labels, R"(["\u0085"])"), "model.json: labels[0]: " + label + R"(\u0085')");
  EXPECT_EQ(refusal(labels, "[\"" + std::string(201, 'x') + "\"]"),
            "model.json: labels[0]: " + label + std::string(79, 'x') + "…'");
  EXPECT_TRUE(read(card(labels, "[\"" + std::string(200, 'x') + "\"]")));
  for (const char* word : {"none", "uncertain"}) {
    EXPECT_EQ(refusal(labels, std::string("[\"a\", \"") + word + "\"]"),
              std::string("model.json: labels[1]: expected a label other than the decisions none and "
                          "uncertain, found '") +
                  word + "'");
  }
  EXPECT_TRUE(
      read(card(labels, R"(["None", "Neither", "K\u00e4tzchen", "猫", "<img src=x onerror=\"f()\">", "=1+1"])")));
}

TEST(CardTest, BytesThatAreNoCard) {
  for (const std::string& bytes :
       {std::string(), std::string("{"), std::string("x"), std::string("\xFF\xFE"), std::string("{\"a\": 1e999}"),
        std::string("{\"a\": NaN}"), card() + "}", card("test", "\xC0\x80"), card("test", "\xED\xA0\x80"),
        card("test", "\xE7\x8C"), card("test", std::string(1, '\0')), card().substr(0, card().size() - 1)}) {
    EXPECT_EQ(refusal(bytes), "model.json: expected a JSON object, found no sound JSON") << bytes;
  }
  for (const char* text : {"[]", "null", "3", "\"{}\""}) {
    EXPECT_EQ(refusal(std::string(text)), "model.json: expected a JSON object, found another value");
  }
  EXPECT_FALSE(read_card({nullptr, 0}));
}

TEST(CardTest, DepthIsBounded) {
  const auto nested = [](int depth, const std::string& open, const std::string& close) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += open;
    for (int i = 0; i < depth; ++i) text += close;
    return text;
  };
  const std::string message = "model.json: expected at most 32 objects and lists in each other, found more";
  EXPECT_EQ(refusal(nested(100'000, "[", "]")), message);
  EXPECT_EQ(refusal(std::string(kMaxCardBytes, '[')), message);
  EXPECT_EQ(refusal(nested(100'000, "{\"a\":", "")), message);
  EXPECT_EQ(refusal("{\"format\"", "{\"deep\": " + nested(32, "[", "]") + ", \"format\""), message);
  EXPECT_EQ(refusal("{\"format\"", "{\"deep\": " + nested(31, "[", "]") + ", \"format\""), "");
  EXPECT_EQ(refusal("\"test\"", R"("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")"), "") << "brackets in a text";
}

TEST(CardTest, SizeIsBounded) {
  EXPECT_EQ(refusal(card("{", "{" + std::string(kMaxCardBytes, ' '))),
            "model.json: expected at most 1048576 bytes, found " + std::to_string(card().size() + kMaxCardBytes));
  EXPECT_TRUE(read(card("{", "{" + std::string(kMaxCardBytes - card().size(), ' '))));
}

TEST(CardTest, ManyLabels) {
  const auto labels = [](std::size_t count, const std::string& last) {
    std::string text = "[";
    for (std::size_t i = 0; i + 1 < count; ++i) text += '"' + std::to_string(i) + "\",";
    return card(R"(["Cat", "Dog"])", text + '"' + last + "\"]");
  };
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(read(labels(kMaxLabels, "last")));
  EXPECT_NE(refusal(labels(kMaxLabels, "7")).find("none empty or twice, found [\"0\",\"1\",\"2\""), std::string::npos);
  EXPECT_NE(refusal(labels(kMaxLabels + 1, "last")).find("labels: expected at most 10000 labels, found ["),
            std::string::npos);
  EXPECT_NE(refusal(labels(1'000'000, "last")).find("expected at most 1048576 bytes"), std::string::npos);
  // A label of 200,000 characters, and as many as fit that differ at their ends alone.
  EXPECT_NE(refusal(R"(["Cat", "Dog"])", "[\"" + std::string(200'000, 'x') + "\"]").find("labels[0]"),
            std::string::npos);
  std::string alike = "[";
  for (int i = 0; i < 5000; ++i) alike += '"' + std::string(190, 'x') + std::to_string(i) + "\",";
  EXPECT_TRUE(read(card(R"(["Cat", "Dog"])", alike + "\"end\"]")));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30)) << "even under sanitizers";
}

TEST(CardTest, WhatWasFoundIsShownShort) {
  const std::string message = refusal("\"test\"", "[\"" + std::string(1000, 'x') + "\"]");
  EXPECT_EQ(message.substr(message.find("found ")), "found [\"" + std::string(77, 'x') + "…");
  std::string cats = "[\"";
  for (int i = 0; i < 100; ++i) cats += "猫";
  const std::string wide = refusal("\"test\"", cats + "\"]");
  EXPECT_EQ(wide.substr(wide.size() - 6), "猫…") << "cut between characters";
  // Terminal sequences, deletions, and what turns the direction of writing.
  EXPECT_NE(refusal("\"test\"", R"(["\u001b[2J\u007f\u009b\u202e"])").find(R"(["\u001b[2J\u007f\u009b\u202e"])"),
            std::string::npos);
}

// Each byte of a card changed or left out: refused or read, never more.
TEST(CardTest, SurvivesDamage) {
  const std::string sound = card();
  int read_well = 0;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    for (const char byte : {'\0', '"', '{', ']', '9', '\xFF'}) {
      std::string damaged = sound;
      damaged[i] = byte;
      const auto found = read(damaged);
      EXPECT_TRUE(found || found.error().message.rfind("model.json: expected ", 0) == 0 ||
                  found.error().message.find(": expected ") != std::string::npos);
      read_well += found ? 1 : 0;
    }
    EXPECT_FALSE(read(sound.substr(0, i)));
  }
  EXPECT_GT(read_well, 0);
}

TEST(CardTest, AnotherFileIsTold) {
  const OnnxFile file{"model.onnx", 7, kHash};
  EXPECT_EQ(problem_with_size(file, 7), "");
  EXPECT_EQ(problem_with_size(file, 12), "model.onnx: size: expected 7 bytes, as model.json says, found 12");
  EXPECT_EQ(problem_with_hash(file, kHash), "");
  EXPECT_EQ(problem_with_hash(file, std::string(64, 'b')),
            "model.onnx: SHA-256: expected " + kHash + ", as model.json says, found " + std::string(64, 'b'));
}

}  // namespace
}  // namespace catdog
