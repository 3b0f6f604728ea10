#include "support/tool.h"

#include <cstdio>

#include "support/interrupt.h"

namespace catdog {

int run_tool(CLI::App& app, int argc, char** argv, const std::function<void()>& run) {
  const auto say = [&](const char* text) { std::fprintf(stderr, "%s: %s\n", app.get_name().c_str(), text); };
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted);
  } catch (const CLI::ParseError& wrong) {
    say(wrong.what());
    std::fprintf(stderr, "Try '%s --help'.\n", app.get_name().c_str());
    return kWrongUsage;
  }
  watch_for_interrupt();
  try {
    run();
    return kFine;
  } catch (const UsageError& wrong) {
    say(wrong.what());
    return kWrongUsage;
  } catch (const std::exception& failure) {
    say(failure.what());
    return kFailed;
  }
}

}  // namespace catdog
