// libFuzzer: any bytes as the replies of an MLflow server, through all that a run asks of it. Under AddressSanitizer
// and UndefinedBehaviorSanitizer. Nothing but the exceptions that store.h names may come out, and every call ends.
//
// An input is a list of replies: each in a line, a byte for the status and the body.
#include <cstdlib>
#include <fstream>

#include "catdog/text.h"
#include "tracking/rest_store.h"

namespace {

namespace fs = std::filesystem;
using namespace catdog::tracking;

class Replies : public Transport {
 public:
  Replies(const char* data, std::size_t size) : data_(data, size) {}
  HttpReply send(const HttpRequest&) override {
    constexpr long kStatus[] = {200, 200, 200, 200, 400, 404, 401, 503};
    // Far more than a run of this size may ask: 200 pages of each of two metrics, models and versions, each tried
    // again.
    if (++requests_ > 20'000) std::abort();
    if (at_ >= data_.size()) at_ = 0;  // from the start: no input is too short for endless loops
    if (data_.empty()) return {};
    HttpReply reply{kStatus[data_[at_] & 7], "", 0.0};  // 0: tried again at once
    const std::size_t end = std::min(data_.find('\n', at_ + 1), data_.size());
    if (end > at_) reply.body = data_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return reply;
  }

 private:
  std::string data_;
  std::size_t at_ = 0;
  int requests_ = 0;
};

// The model that is logged, in the folder that run_fuzzer.cmake names as TMPDIR.
fs::path bundle() {
  static const fs::path folder = [] {
    const fs::path made = fs::temp_directory_path() / "bundle";
    fs::create_directories(made);
    std::ofstream(made / "model.onnx") << "onnx";
    std::ofstream(made / "model.json") << R"({"labels": ["a", "b"], "input": {"name": "photo", "size": 1},
      "output": {"name": "probabilities"}})";
    return made;
  }();
  return folder;
}

// Whether it worked. Messages are for terminals: short, and without control characters.
template <class Call>
void attempt(Call call) {
  try {
    call();
  } catch (const Rejected& rejected) {
    const std::string what = rejected.what();
    if (what.empty() || what.size() > 4000 || catdog::visible(what) != what) std::abort();
  } catch (const Unreachable&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int kRetries = ::setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2", 1);
  if (kRetries != 0) std::abort();
  const Destination destination = destination_of("http://me:password@tracking.example");
  Backoff backoff;
  RestStore store(
      destination, backoff, [](const std::string&, double) {},
      std::make_unique<Replies>(reinterpret_cast<const char*>(data), size));
  RunPlace place{"1", "run", "mlflow-artifacts:/1/run"};
  RunDescription run;
  run.id = random_id();
  run.experiment = "Default";
  attempt([&] { place = store.open_run(run, false); });
  attempt([&] { place = store.open_run(run, true); });
  attempt([&] { store.log_batch(place, {{{"a", 1, 2, 3, ""}, {"b", 1, 2, 3, ""}}, {}, {}}, true); });
  attempt([&] { store.log_dataset(place, {"data", "digest", "training", "source", ""}); });
  std::string model = "m-1";
  attempt([&] { model = store.log_model(place, {"event", "model", bundle(), 1}, true); });
  attempt([&] { store.register_model(place, "registered", model, {"accuracy", 0.9, "set", true}, true); });
  attempt([&] { store.set_status(place, RunStatus::kFinished, 1); });
  return 0;
}
