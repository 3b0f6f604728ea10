// Decoder processes with a decoder that does what it is told to: whatever one does, its photo is an error and the next
// is fine.
#include "support/decoder_pool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/decoder_main.h"
#include "support/interrupt.h"

namespace catdog {
namespace {

using std::chrono::milliseconds;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

Result<Preprocessed> grey(int size) {
  Image picture = Image::of_size(size, size);
  std::fill_n(picture.pixels.get(), picture.row_bytes() * size, std::uint8_t{7});
  return Preprocessed{std::move(picture), 300, 200, Format::kWebp, "a warning"};
}

// Whether something that decoders may not do is refused: an error that says "refused", else one that says "done".
Error outcome(bool done) { return {Problem::kCorrupt, done ? "done" : "refused"}; }

}  // namespace

Result<Preprocessed> obey(Bytes file, Format, int size) {
  const std::string order(reinterpret_cast<const char*>(file.data), file.size);
  if (order == "crash") std::raise(SIGSEGV);
  if (order == "abort") std::abort();
  if (order == "exit") ::_exit(3);
  if (order == "hang") ::sleep(60);
  if (order == "throw") throw std::runtime_error("a reason");
  if (order == "eat") {
    std::vector<std::vector<char>> eaten;
    for (;;) eaten.emplace_back(16 << 20, 'x');
  }
  if (order == "malloc") return outcome(std::malloc(std::size_t{3} << 30) != nullptr);
  if (order == "print") {
    std::fputs("NOISE\n", stdout);
    std::fputs("NOISE\n", stderr);
    std::fflush(nullptr);
  }
  if (order == "say nonsense") {
    const std::string nonsense(4096, 'n');
    ::send(STDIN_FILENO, nonsense.data(), nonsense.size(), 0);
    ::sleep(60);
  }
  if (order == "open") return outcome(::open("/etc/passwd", O_RDONLY) >= 0);
  if (order == "write") return outcome(std::ofstream("/tmp/decoder-was-here").put('x').flush().good());
  if (order == "fork") {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return outcome(child > 0);
  }
  if (order == "connect") return outcome(::socket(AF_INET, SOCK_STREAM, 0) >= 0);
  if (order == "thread") {
    bool ran = false;
    std::thread([&] { ran = true; }).join();
    if (!ran) return outcome(false);
  }
  return grey(size);
}

namespace {

std::string order(DecoderPool& pool, const std::string& text) {
  const auto photo = pool.decode({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, Format::kWebp, 8);
  return photo ? "fine" : photo.error().message;
}

// The processes that this one has started and that still run.
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  std::ifstream list("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  for (pid_t child; list >> child;) found.push_back(child);
  return found;
}

TEST(DecoderPoolTest, PhotosComeBackWhole) {
  DecoderPool pool;
  EXPECT_TRUE(children().empty()) << "nothing starts before it is needed";
  const std::string large(5'000'000, 'a');  // more than a socket holds
  const auto photo =
      pool.decode({reinterpret_cast<const std::uint8_t*>(large.data()), large.size()}, Format::kHeic, 500);
  ASSERT_TRUE(photo) << photo.error().message;
  EXPECT_EQ(photo->width, 300);
  EXPECT_EQ(photo->height, 200);
  EXPECT_EQ(photo->format, Format::kHeic);
  EXPECT_EQ(photo->warning, "a warning");
  EXPECT_EQ(photo->picture.width, 500);
  const std::uint8_t* pixels = photo->picture.pixels.get();
  EXPECT_TRUE(std::all_of(pixels, pixels + 500 * 500 * 3, [](std::uint8_t value) { return value == 7; }));
}

TEST(DecoderPoolTest, TheNextPhotoIsUnharmed) {
  // A sanitizer takes its time to report a crash.
  const int seconds = kSanitized ? 10 : 2;
  DecoderPool pool(std::chrono::seconds{seconds});
  const std::pair<const char*, std::string> cases[] = {
      {"crash", "the decoder crashed ("},
      {"abort", "the decoder crashed (signal 6)"},
      {"exit", "the decoder crashed (exit code 3)"},
      {"say nonsense", "the decoder crashed ("},
      {"hang", "took longer than " + std::to_string(seconds) + " s"},
      {"throw", "expected a sound WebP picture, found a reason"},
  };
  for (const auto& [what, said] : cases) {
    EXPECT_NE(order(pool, what).find(said), std::string::npos) << what << ": " << order(pool, what);
    EXPECT_EQ(order(pool, "a photo"), "fine") << what;
  }
  EXPECT_EQ(order(pool, "print"), "fine");
  EXPECT_EQ(order(pool, "thread"), "fine");
}

TEST(DecoderPoolTest, MemoryIsBounded) {
  if (kSanitized) GTEST_SKIP() << "sanitizers reserve more addresses than may be had";
  DecoderPool pool;
  for (const char* what : {"eat", "malloc"}) {
    EXPECT_NE(order(pool, what).find("needed more than 1 GiB"), std::string::npos) << what << ": " << order(pool, what);
    EXPECT_EQ(order(pool, "a photo"), "fine");
  }
}

TEST(DecoderPoolTest, WhatDecodingDoesNotNeedIsRefused) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need it";
  DecoderPool pool;
  for (const char* what : {"open", "write"}) EXPECT_EQ(order(pool, what), "refused") << what;
#ifdef CATDOG_HAS_SECCOMP
  for (const char* what : {"fork", "connect"}) EXPECT_EQ(order(pool, what), "refused") << what;
#endif
  EXPECT_EQ(order(pool, "a photo"), "fine");
}

TEST(DecoderPoolTest, NothingOfItIsPrinted) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  {
    DecoderPool pool;
    EXPECT_EQ(order(pool, "print"), "fine");
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(DecoderPoolTest, AsManyProcessesAsMayBeAndNoMore) {
  {
    DecoderPool pool(std::chrono::seconds(20), 2);
    std::vector<std::thread> threads;
    std::vector<std::string> outcomes(8);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      threads.emplace_back([&, i] { outcomes[i] = order(pool, i % 3 == 0 ? "crash" : "a photo"); });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const bool crashed = outcomes[i].find("crashed") != std::string::npos;
      EXPECT_TRUE(i % 3 == 0 ? crashed : outcomes[i] == "fine") << outcomes[i];
    }
    EXPECT_LE(children().size(), 2u);
  }
  EXPECT_TRUE(children().empty()) << "they end with their pool";
}

// A decoder that the system ended while it had nothing to do.
TEST(DecoderPoolTest, TheDeadAreReplaced) {
  DecoderPool pool(std::chrono::seconds(20), 1);
  EXPECT_EQ(order(pool, "a photo"), "fine");
  ASSERT_EQ(children().size(), 1u);
  ::kill(children()[0], SIGKILL);
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(order(pool, "a photo"), "fine");
}

// The parent is killed while a decoder hangs: nobody is left to end it, so it must end itself.
TEST(DecoderPoolTest, NoneOutlivesItsParent) {
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    DecoderPool pool;
    order(pool, "a photo");
    const pid_t child = children().at(0);
    if (::write(told[1], &child, sizeof child) != sizeof child) ::_exit(1);
    order(pool, "hang");
    ::_exit(0);
  }
  pid_t decoder = -1;
  ASSERT_EQ(::read(told[0], &decoder, sizeof decoder), static_cast<ssize_t>(sizeof decoder));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(::kill(decoder, 0), 0) << "it hangs";
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  const auto gone = [&] {
    std::ifstream status("/proc/" + std::to_string(decoder) + "/stat");
    std::string line;
    // A process without anybody who asks how it ended stays as a zombie.
    return !std::getline(status, line) || line.find(") Z ") != std::string::npos;
  };
  for (int wait = 0; wait < 100 && !gone(); ++wait) std::this_thread::sleep_for(milliseconds(50));
  EXPECT_TRUE(gone());
}

TEST(DecoderPoolTest, AnInterruptDoesNotWaitForADecoder) {
  const pid_t tool = ::fork();
  if (tool == 0) {
    watch_for_interrupt();
    DecoderPool pool;
    try {
      order(pool, "hang");
    } catch (const Interrupted&) {
      ::_exit(children().size() == 0 ? 0 : 2);
    }
    ::_exit(1);
  }
  std::this_thread::sleep_for(milliseconds(1000));
  const auto start = std::chrono::steady_clock::now();
  ::kill(tool, SIGINT);
  int status = -1;
  ::waitpid(tool, &status, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace catdog

int main(int argc, char** argv) { return catdog::run_tests_or_decode(argc, argv, catdog::obey); }
