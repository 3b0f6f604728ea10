// One decoder process, as its parent sees it.
#pragma once

#include <sys/types.h>

#include <stdexcept>

#include "catdog/photo/preprocess.h"
#include "support/decoder_wire.h"
#include "support/part_file.h"

namespace catdog {

struct NotStarted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class DecoderProcess {
 public:
  // Starts it and waits until it is ready; throws NotStarted where that fails, Interrupted as receive_all().
  DecoderProcess();

  // Whether it lives, and waits for a photo.
  bool is_idle() const;

  Result<Preprocessed> decode(Bytes file, Format format, int size, std::chrono::milliseconds time);

  // False once it has crashed, was late, was left in the middle of a photo or ran out of memory: it is to be replaced.
  bool is_sound() const { return sound_; }

 private:
  Transfer exchange(Bytes file, Format format, int size, Deadline deadline, Result<Preprocessed>& photo);
  Error why_it_ended(Format format);

  // The child alone; the destructor of DecoderProcess itself would not run where its constructor throws.
  struct Child {
    pid_t id = -1;
    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { end(); }
    int end();  // kills it; gives its status as waitpid() does
  };

  Child child_;
  Descriptor socket_;
  bool sound_ = true;
};

}  // namespace catdog
