#include "support/decoder_child.h"

#include <malloc.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#include "support/decoder_limits.h"
#include "support/decoder_wire.h"
#include "support/platform_decoders.h"

namespace catdog {
namespace {

constexpr int kSocket = STDIN_FILENO;
bool g_can_start_decoders = false;

Error needed_more(Format format, const std::string& memory) {
  return {Problem::kNoMemory, "expected a picture that is decoded in " + memory + " of memory, found one (" +
                                  format_name(format) + ") that needed more than " + memory};
}

Result<Preprocessed> decode_one(Decode decode, Bytes file, Format format, int size, const std::string& memory) {
  try {
    errno = 0;
    auto photo = decode(file, format, size);
    // C libraries that get no memory often say no more than that the picture is damaged.
    const bool no_memory = !photo && (photo.error().problem == Problem::kNoMemory || errno == ENOMEM);
    return no_memory ? needed_more(format, memory) : std::move(photo);
  } catch (const std::bad_alloc&) {
    return needed_more(format, memory);
  } catch (const std::exception& failure) {
    return unsound(format, failure.what());
  }
}

bool answer(const Result<Preprocessed>& photo) {
  DecodeReply reply;
  std::string text = photo ? photo->warning : photo.error().message;
  if (text.size() > DecodeReply::kMostText) text.resize(DecodeReply::kMostText);
  reply.text_bytes = static_cast<std::uint32_t>(text.size());
  if (photo) {
    reply.width = photo->width;
    reply.height = photo->height;
    reply.pixel_bytes = photo->picture.row_bytes() * photo->picture.height;
  } else {
    reply.problem = static_cast<std::int32_t>(photo.error().problem);
  }
  return send_all(kSocket, &reply, sizeof reply, kNoDeadline) == Transfer::kDone &&
         send_all(kSocket, text.data(), text.size(), kNoDeadline) == Transfer::kDone &&
         (!photo || send_all(kSocket, photo->picture.pixels.get(), reply.pixel_bytes, kNoDeadline) == Transfer::kDone);
}

// Ends this process as soon as its parent is gone, whatever a decoder is busy with. (PR_SET_PDEATHSIG would also end it
// when only the thread that started it ends.)
void end_with_parent() {
  std::thread([] {
    pollfd parent{kSocket, POLLRDHUP, 0};
    while (::poll(&parent, 1, -1) < 0 && errno == EINTR) {
    }
    ::_exit(0);
  }).detach();
}

[[noreturn]] void serve(Decode decode) {
  // Ctrl-C reaches all processes of the terminal; the parent decides when its children end.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  end_with_parent();
  prepare_platform_decoders();
  const std::string memory = limit_decoder();
  if (send_all(kSocket, &kDecoderReady, 1, kNoDeadline) != Transfer::kDone) ::_exit(0);
  DecodeRequest request;
  while (receive_all(kSocket, &request, sizeof request, kNoDeadline) == Transfer::kDone) {
    limit_cpu_seconds(kDecoderSeconds);
    std::vector<std::uint8_t> file(request.file_bytes);
    if (receive_all(kSocket, file.data(), file.size(), kNoDeadline) != Transfer::kDone) break;
    const auto format = static_cast<Format>(request.format);
    if (!answer(decode_one(decode, {file.data(), file.size()}, format, request.size, memory))) break;
    file = {};
    malloc_trim(0);
  }
  ::_exit(0);
}

bool is_socket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

}  // namespace

void become_decoder_if_asked(int argc, char** argv, Decode decode) {
  if (argc == 2 && std::strcmp(argv[1], kBecomeDecoder) == 0 && is_socket(kSocket)) serve(decode);
  g_can_start_decoders = true;
}

bool can_start_decoders() { return g_can_start_decoders; }

}  // namespace catdog
