#include "support/tool.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "support/decoder_child.h"
#include "support/interrupt.h"
#include "support/platform_decoders.h"
#include "support/say.h"
#include "support/tool_description.h"

namespace catdog {
namespace {

// A file that is opened where standard input, output or error is closed would become it, and get what is said there.
// /dev/null takes the place, open the wrong way round: who reads or writes there is told that it fails.
void fill_standard_descriptors() {
  for (int wanted = STDIN_FILENO; wanted <= STDERR_FILENO; ++wanted) {
    if (::fcntl(wanted, F_GETFD) >= 0) continue;
    // The lowest number that is free, hence this one.
    if (::open("/dev/null", wanted == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

// "catdog-features 1.0.0", also for "catdog-features merge".
std::string version_text(const CLI::App& app) {
  const std::string& name = app.get_name();
  return name.substr(0, name.find(' ')) + " " CATDOG_VERSION;
}

}  // namespace

int run_tool(CLI::App& app, int argc, char** argv, const std::function<void()>& run) {
  fill_standard_descriptors();
  become_decoder_if_asked(argc, argv, decode_by_platform);
  app.set_version_flag("--version", version_text(app), "Print the version and exit");
  app.add_flag_callback("--describe",
                        [&] { throw CLI::CallForVersion(tool_description(app, CATDOG_VERSION), kSuccess); })
      ->group("");  // not for people: scripts/describe-tools
  const auto complain = [&](const std::string& text) { say(app.get_name() + ": " + text); };
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version, --describe
    return app.exit(wanted);
  } catch (const CLI::ParseError& wrong) {
    complain(wrong.what());
    say("Try '" + app.get_name() + " --help'.");
    return kWrongUsage;
  }
  watch_for_interrupt();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that becomes too large is an error of its writing, and its reason is told
  int code = kSuccess;
  try {
    run();
  } catch (const UsageError& wrong) {
    complain(wrong.what());
    code = kWrongUsage;
  } catch (const std::exception& failure) {
    complain(reason_of(failure));
    code = kFailed;
  }
  // Not by way of exit handlers: where memory is short, OpenBLAS waits there for a thread that it could not equip.
  std::fflush(nullptr);
  std::cout.flush();
  std::_Exit(code);
}

}  // namespace catdog
