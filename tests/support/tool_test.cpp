// Exit codes, Ctrl-C, and how numbers are told.
#include "support/tool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <new>
#include <regex>

#include "support/interrupt.h"
#include "support/progress.h"

namespace catdog {
namespace {

// In a process of its own: whoever listens to signals goes on listening.
int exit_code(std::vector<std::string> arguments, const std::function<void()>& run) {
  CLI::App app{"A tool for a test.", "test-tool"};
  std::string name;
  app.add_option("--name", name, "A name")->required();
  arguments.insert(arguments.begin(), "test-tool");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  return run_tool(app, static_cast<int>(argv.size()), argv.data(), run);
}

TEST(ToolTest, ExitCodes) {
  const auto note = [] { std::fputs("ran", stderr); };
  EXPECT_EXIT(std::exit(exit_code({"--name", "x"}, note)), testing::ExitedWithCode(0), "^ran$");
  EXPECT_EXIT(std::exit(exit_code({"--help"}, note)), testing::ExitedWithCode(0), "^$");
  EXPECT_EXIT(std::exit(exit_code({}, note)), testing::ExitedWithCode(2), "test-tool: .*--name.*\n.*--help");
  EXPECT_EXIT(std::exit(exit_code({"--name", "x", "--odd"}, note)), testing::ExitedWithCode(2), "test-tool: .*--odd");
  EXPECT_EXIT(std::exit(exit_code({"--name", "x", "stray"}, note)), testing::ExitedWithCode(2), "test-tool: .*stray");
  EXPECT_EXIT(std::exit(exit_code({"--name", "x"}, [] { throw UsageError("not so"); })), testing::ExitedWithCode(2),
              "test-tool: not so");
  EXPECT_EXIT(std::exit(exit_code({"--name", "x"}, [] { throw std::runtime_error("no luck"); })),
              testing::ExitedWithCode(1), "test-tool: no luck");
}

// Also where a required option is missing.
TEST(ToolTest, TellsItsNameAndVersion) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(exit_code({"--version"}, [] { FAIL(); }), kSuccess);
  const std::string said = testing::internal::GetCapturedStdout();
  EXPECT_TRUE(std::regex_match(said, std::regex("test-tool \\d+\\.\\d+\\.\\d+\n"))) << said;
}

TEST(ToolTest, InterruptedToolsFail) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const auto stopped = [&] {
      std::raise(signal);
      check_interrupt();
    };
    EXPECT_EXIT(std::exit(exit_code({"--name", "x"}, stopped)), testing::ExitedWithCode(1), "test-tool: interrupted");
    const auto stubborn = [&] {
      std::raise(signal);
      std::raise(signal);
    };
    EXPECT_EXIT(std::exit(exit_code({"--name", "x"}, stubborn)), testing::KilledBySignal(signal), "");
  }
}

// Without them the next file that is opened would get what is said.
TEST(ToolTest, ClosedDescriptorsAreFilled) {
  const auto run = [] {
    for (int descriptor = 0; descriptor < 3; ++descriptor) ::close(descriptor);
    const int code = exit_code({"--name", "x"}, [] {
      const int opened = ::open("/dev/null", O_RDWR);
      char byte = 0;
      const bool refused = ::write(1, &byte, 1) < 0 && ::write(2, &byte, 1) < 0 && ::read(0, &byte, 1) < 0;
      if (opened < 3 || !refused) throw std::runtime_error("they were not filled");
    });
    std::_Exit(code);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST(ToolTest, MessagesAreMadeVisible) {
  EXPECT_EXIT(std::exit(exit_code({"--name", "x"}, [] { throw std::runtime_error("\x1B[2J\nall is well"); })),
              testing::ExitedWithCode(1), "test-tool: \\\\u001b\\[2J\\\\u000aall is well\n$");
  EXPECT_EXIT(std::exit(exit_code({"--name", "x", "\x1B[2J"}, [] {})), testing::ExitedWithCode(2), "\\\\u001b\\[2J");
}

TEST(ToolTest, LimitsAreToldAsWhatTheyAre) {
  EXPECT_EXIT(std::exit(exit_code({"--name", "x"}, [] { throw std::bad_alloc(); })), testing::ExitedWithCode(1),
              "test-tool: expected memory, found none");
  EXPECT_EXIT(std::exit(exit_code({"--name", "x"}, [] { std::raise(SIGXFSZ); })), testing::ExitedWithCode(0), "^$");
}

// nohup and shells without job control ask for this.
TEST(ToolTest, IgnoredSignalsStayIgnored) {
  const auto run = [] {
    std::signal(SIGHUP, SIG_IGN);
    std::exit(exit_code({"--name", "x"}, [] {
      std::raise(SIGHUP);
      check_interrupt();
    }));
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "^$");
}

TEST(ProgressTest, Numbers) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(22549), "22,549");
  EXPECT_EQ(format_count(1000000), "1,000,000");
  EXPECT_EQ(format_duration(0.2), "0 s");
  EXPECT_EQ(format_duration(59.6), "1 min 00 s");
  EXPECT_EQ(format_duration(200), "3 min 20 s");
  EXPECT_EQ(format_duration(3720), "1 h 02 min");
}

TEST(ProgressTest, WorkThatGoesOnSaysItsOwnRate) {
  EXPECT_EQ(progress_text(300, 0, 1000, "photos", 15), "300 of 1,000 photos, 20 a second, 35 s left");
  EXPECT_EQ(progress_text(300, 200, 1000, "photos", 10), "300 of 1,000 photos, 10 a second, 1 min 10 s left");
  EXPECT_EQ(progress_text(200, 200, 1000, "photos", 10), "200 of 1,000 photos, 0 a second");
  EXPECT_EQ(progress_text(1000, 200, 1000, "photos", 10), "1,000 of 1,000 photos, 80 a second");
}

// Where stderr is no terminal, a short run says nothing.
TEST(ProgressTest, IsQuietInAFile) {
  testing::internal::CaptureStderr();
  {
    Progress progress("Reading photos", 10, "photos");
    for (std::size_t i = 0; i <= 10; ++i) progress.show(i);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace catdog
