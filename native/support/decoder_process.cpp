#include "support/decoder_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <vector>

#include "catdog/photo/limits.h"
#include "support/decoder_child.h"
#include "support/decoder_limits.h"
#include "support/platform_decoders.h"

namespace catdog {
namespace {

constexpr std::chrono::seconds kStartTime(20);

[[noreturn]] void not_started(const std::string& found) {
  throw NotStarted("expected to start a process that decodes the picture, found " + found);
}

// What the child starts with: the socket as standard input, nothing else that the parent has open.
class SpawnSettings {
 public:
  explicit SpawnSettings(int socket) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

// Ours, but for libraries that would start threads of their own when they are loaded.
std::vector<char*> environment(std::vector<std::string>& own) {
  own = {"OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"};
  std::vector<char*> all;
  for (std::string& one : own) all.push_back(one.data());
  for (char** one = environ; *one; ++one) {
    const std::string text = *one;
    const bool replaced = text.rfind("OPENBLAS_NUM_THREADS=", 0) == 0 || text.rfind("OMP_NUM_THREADS=", 0) == 0;
    if (!replaced) all.push_back(*one);
  }
  all.push_back(nullptr);
  return all;
}

std::string in_words(std::chrono::milliseconds time) {
  return time.count() % 1000 == 0 ? std::to_string(time.count() / 1000) + " s" : std::to_string(time.count()) + " ms";
}

Error took_longer(Format format, std::chrono::milliseconds time) {
  return {Problem::kTooLarge, "expected a picture that is decoded in " + in_words(time) + ", found one (" +
                                  format_name(format) + ") that took longer than " + in_words(time)};
}

}  // namespace

DecoderProcess::DecoderProcess() {
  if (!can_start_decoders()) throw std::logic_error("expected become_decoder_if_asked() in main(), found none");
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) not_started(std::strerror(errno));
  socket_ = Descriptor(ends[0]);
  const Descriptor childs(ends[1]);
  const SpawnSettings settings(childs.get());
  std::vector<std::string> own;
  std::string name = "catdog-decoder", task = kBecomeDecoder;
  char* arguments[] = {name.data(), task.data(), nullptr};
  // Not fork(): other threads may hold any lock just now. This program and no other: there is nothing to be found, or
  // to be of another version.
  if (const int failed = ::posix_spawn(&child_.id, "/proc/self/exe", &settings.files, &settings.attributes, arguments,
                                       environment(own).data())) {
    child_.id = -1;
    not_started(std::strerror(failed));
  }
  std::uint8_t word = 0;
  const auto heard = receive_all(socket_.get(), &word, 1, std::chrono::steady_clock::now() + kStartTime);
  if (heard != Transfer::kDone || word != kDecoderReady) {
    not_started(heard == Transfer::kLate ? "that it took longer than " + in_words(kStartTime) : "that it ended");
  }
}

int DecoderProcess::Child::end() {
  int status = 0;
  if (id < 0) return status;
  ::kill(id, SIGKILL);  // nothing where it has ended already
  while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
  }
  id = -1;
  return status;
}

bool DecoderProcess::is_idle() const {
  pollfd heard{socket_.get(), POLLIN | POLLRDHUP, 0};
  return ::poll(&heard, 1, 0) == 0;
}

Result<Preprocessed> DecoderProcess::decode(Bytes file, Format format, int size, std::chrono::milliseconds time) {
  const Deadline deadline = std::chrono::steady_clock::now() + time;
  Result<Preprocessed> photo = unsound(format, "no answer of the decoder");
  sound_ = false;  // until the last byte of the answer is here
  const Transfer ended = exchange(file, format, size, deadline, photo);
  sound_ = ended == Transfer::kDone && (photo || photo.error().problem != Problem::kNoMemory);
  if (ended == Transfer::kDone) return photo;
  return ended == Transfer::kLate ? took_longer(format, time) : why_it_ended(format);
}

Transfer DecoderProcess::exchange(Bytes file, Format format, int size, Deadline deadline, Result<Preprocessed>& photo) {
  const DecodeRequest request{static_cast<std::int32_t>(format), size, file.size};
  if (const auto sent = send_all(socket_.get(), &request, sizeof request, deadline); sent != Transfer::kDone) {
    return sent;
  }
  if (const auto sent = send_all(socket_.get(), file.data, file.size, deadline); sent != Transfer::kDone) return sent;

  // The child may be in a stranger's hands: no number is believed.
  DecodeReply reply;
  if (const auto got = receive_all(socket_.get(), &reply, sizeof reply, deadline); got != Transfer::kDone) return got;
  const bool fine = reply.problem == DecodeReply::kNoProblem;
  const auto side = static_cast<std::uint64_t>(size);
  const bool known = fine || (reply.problem >= 0 && reply.problem <= static_cast<std::int32_t>(Problem::kNoMemory));
  if (!known || reply.text_bytes > DecodeReply::kMostText || reply.pixel_bytes != (fine ? 3 * side * side : 0)) {
    return Transfer::kClosed;
  }
  std::string text(reply.text_bytes, '\0');
  if (const auto got = receive_all(socket_.get(), text.data(), text.size(), deadline); got != Transfer::kDone) {
    return got;
  }
  if (!fine) {
    photo = Error{static_cast<Problem>(reply.problem), std::move(text)};
    return Transfer::kDone;
  }
  if (!check_size(static_cast<std::uint32_t>(reply.width), static_cast<std::uint32_t>(reply.height), kMaxWholePixels)) {
    return Transfer::kClosed;
  }
  Image picture = Image::of_size(size, size);
  if (!picture.pixels) {
    photo = Error{Problem::kNoMemory, "expected memory for the picture, found none"};
    return Transfer::kDone;
  }
  const auto got = receive_all(socket_.get(), picture.pixels.get(), reply.pixel_bytes, deadline);
  if (got == Transfer::kDone)
    photo = Preprocessed{std::move(picture), reply.width, reply.height, format, std::move(text)};
  return got;
}

// The socket is closed, or said what no decoder says.
Error DecoderProcess::why_it_ended(Format format) {
  const int status = child_.end();
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    return took_longer(format, std::chrono::seconds(kDecoderSeconds));
  const std::string how = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                              : "exit code " + std::to_string(WEXITSTATUS(status));
  return unsound(format, "one on which the decoder crashed (" + how + ")");
}

}  // namespace catdog
