// What a decoder process may do, and how much of it.
#pragma once

#include <cstddef>
#include <string>

namespace catdog {

inline constexpr int kDecoderSeconds = 20;                           // for one photo
inline constexpr std::size_t kDecoderMemory = std::size_t{1} << 30;  // bytes beyond what it holds when it starts

// From now on this process opens and writes no files, starts no programs, and gets no more than kDecoderMemory; where
// libseccomp was there at build time, the system also refuses it every call that decoding does not need (other
// processes, the network, files of any kind). Gives the memory that it may really have in words ("1 GiB").
std::string limit_decoder();

// CPU seconds from now on, of all threads together; then the process gets SIGXCPU.
void limit_cpu_seconds(int seconds);

}  // namespace catdog
