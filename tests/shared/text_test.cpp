// Text of strangers, made fit to be shown.
#include "catdog/text.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "catdog/photo/preprocess.h"

namespace catdog {
namespace {

TEST(VisibleTest, OrdinaryTextStaysAsItIs) {
  for (const char* text : {"", "expected a picture, found text", "K\xC3\xA4tzchen", "\xE7\x8C\xAB", "\xF0\x9F\x90\x88",
                           "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB", "C:\\photos", "a \"b\" 'c'"}) {
    EXPECT_EQ(visible(text), text);
  }
}

TEST(VisibleTest, ControlCharactersAndEscapeSequences) {
  EXPECT_EQ(visible("\x1B[2J\x1B]0;title\x07"), "\\u001b[2J\\u001b]0;title\\u0007");
  EXPECT_EQ(visible(std::string_view("a\0b", 3)), "a\\u0000b");
  EXPECT_EQ(visible("a\nb\tc\rd\x7F"), "a\\u000ab\\u0009c\\u000dd\\u007f");
  EXPECT_EQ(visible("\xC2\x9B"
                    "2J"),
            "\\u009b2J")
      << "CSI as one character";
  EXPECT_EQ(visible("\xC2\xA0"), "\xC2\xA0") << "the first that is none";
}

TEST(VisibleTest, WhatTurnsTheDirectionOfWriting) {
  for (const char* turning : {"\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xA9",
                              "\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE",
                              "\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"}) {
    EXPECT_EQ(visible(turning).substr(0, 2), "\\u") << visible(turning);
  }
  EXPECT_EQ(visible("photo\xE2\x80\xAEgpj.exe"), "photo\\u202egpj.exe");
  EXPECT_EQ(visible("\xE2\x80\x8D\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA"),
            "\xE2\x80\x8D\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA")
      << "their neighbours";
  EXPECT_EQ(visible("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D"), "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D") << "Hebrew";
}

TEST(VisibleTest, BytesThatAreNotUtf8) {
  EXPECT_EQ(visible("K\xE4tzchen"), "K\\xE4tzchen");
  EXPECT_EQ(visible("\xC0\x80"), "\\xC0\\x80") << "overlong";
  EXPECT_EQ(visible("\xED\xA0\x80"), "\\xED\\xA0\\x80") << "a surrogate";
  EXPECT_EQ(visible("\xE7\x8C"), "\\xE7\\x8C") << "cut off";
  EXPECT_EQ(visible("\x9B"), "\\x9B");
}

TEST(VisibleTest, LinesStayLines) {
  EXPECT_EQ(visible_lines("a\x1B\nb\r\n\rc"), "a\\u001b\nb\r\n\\u000dc");
  EXPECT_EQ(visible_lines("\n\n"), "\n\n");
}

// What is written becomes longer by a factor at most, and in one pass.
TEST(VisibleTest, LongText) {
  const std::string long_text(std::size_t{1} << 24, '\x1B');
  EXPECT_EQ(visible(long_text).size(), 6 * long_text.size());
}

// A PNG of a header and a critical chunk of that name.
std::string with_chunk(const std::string& name) {
  const std::string header("\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0cccc", 33);
  return header + std::string(4, '\0') + name + "cccc" + std::string(4, '\0') + "IENDcccc";
}

std::string complaint(const std::string& file) {
  const auto photo = preprocess({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}, 8);
  return photo ? "" : photo.error().message;
}

TEST(StrangersBytesTest, TheNameOfAChunkIsMadeVisible) {
  EXPECT_NE(complaint(with_chunk("\x1B[2J")).find("'\\u001b[2J'"), std::string::npos)
      << complaint(with_chunk("\x1B[2J"));
  EXPECT_NE(complaint(with_chunk("A\xFFXX")).find("'A\\xFFXX'"), std::string::npos);
}

TEST(StrangersBytesTest, APngThatEndsBeforeItsEnd) {
  const std::string whole = with_chunk("tEXt");
  for (std::size_t size = 33; size + 8 < whole.size(); ++size) {
    EXPECT_NE(complaint(whole.substr(0, size)).find("before its end (IEND)"), std::string::npos) << size;
  }
}

// Each thread's message names the chunk of its own file.
TEST(StrangersBytesTest, ThreadsShareNoMessages) {
  constexpr int kThreads = 4;
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(400);
  std::array<int, kThreads> wrong{};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&wrong, t, end] {
      const std::string name(4, static_cast<char>('A' + t)), file = with_chunk(name);
      while (std::chrono::steady_clock::now() < end) wrong[t] += complaint(file).find(name) == std::string::npos;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, (std::array<int, kThreads>{}));
}

}  // namespace
}  // namespace catdog
