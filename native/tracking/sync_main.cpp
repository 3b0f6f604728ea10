// catdog-sync: sends what an MLflow server has not got yet.
#include <stdexcept>
#include <string>

#include "support/say.h"
#include "support/tool.h"
#include "tracking/run.h"

int main(int argc, char** argv) {
  using namespace catdog;
  std::string folder, uri;
  CLI::App app{"Sends to MLflow what a training could not send, because the server was away, say.", "catdog-sync"};
  app.add_option("run", folder, "Folder of the training")->required();
  app.add_option("--tracking-uri", uri, "Where the server is now, should its address have changed");
  app.footer("Example:\n  catdog-sync runs/first");
  return run_tool(app, argc, argv, [&] {
    const auto unsent = tracking::sync(folder, uri);
    if (unsent.records > 0) throw std::runtime_error(unsent.text);
    say(unsent.text);
  });
}
