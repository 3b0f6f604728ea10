#include "support/decoder_limits.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#ifdef CATDOG_HAS_SECCOMP
#include <sched.h>
#include <seccomp.h>

#include <cerrno>
#endif

namespace catdog {
namespace {

// Sanitizers reserve terabytes of addresses, and read /proc when they report.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Never above what the user's own limit allows. Gives the new limit.
rlim_t limit(__rlimit_resource_t what, rlim_t most) {
  rlimit found{};
  if (::getrlimit(what, &found) != 0) return most;
  found.rlim_cur = std::min({most, found.rlim_cur, found.rlim_max});
  ::setrlimit(what, &found);
  return found.rlim_cur;
}

// Bytes of addresses in use now.
std::size_t address_space() {
  unsigned long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%lu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::string in_words(std::size_t bytes) {
  const bool whole = bytes % (std::size_t{1} << 30) == 0;
  return whole ? std::to_string(bytes >> 30) + " GiB" : std::to_string(bytes >> 20) + " MiB";
}

#ifdef CATDOG_HAS_SECCOMP
// Memory, threads, clocks, and the socket that is open already. Anything else fails with EPERM, which libraries take as
// well as any other failure; a filter that kills would depend on what each version of the C library happens to call.
void filter_calls() {
  constexpr int kAllowed[] = {SCMP_SYS(read),
                              SCMP_SYS(write),
                              SCMP_SYS(recvfrom),
                              SCMP_SYS(sendto),
                              SCMP_SYS(recv),
                              SCMP_SYS(send),
                              SCMP_SYS(poll),
                              SCMP_SYS(ppoll),
                              SCMP_SYS(close),
                              SCMP_SYS(fstat),
                              SCMP_SYS(lseek),
                              SCMP_SYS(mmap),
                              SCMP_SYS(mmap2),
                              SCMP_SYS(munmap),
                              SCMP_SYS(mremap),
                              SCMP_SYS(mprotect),
                              SCMP_SYS(madvise),
                              SCMP_SYS(brk),
                              SCMP_SYS(futex),
                              SCMP_SYS(futex_time64),
                              SCMP_SYS(set_robust_list),
                              SCMP_SYS(rseq),
                              SCMP_SYS(set_tid_address),
                              SCMP_SYS(exit),
                              SCMP_SYS(exit_group),
                              SCMP_SYS(rt_sigaction),
                              SCMP_SYS(rt_sigprocmask),
                              SCMP_SYS(rt_sigreturn),
                              SCMP_SYS(sigaltstack),
                              SCMP_SYS(tgkill),
                              SCMP_SYS(gettid),
                              SCMP_SYS(getpid),
                              SCMP_SYS(sched_yield),
                              SCMP_SYS(sched_getaffinity),
                              SCMP_SYS(getrandom),
                              SCMP_SYS(clock_gettime),
                              SCMP_SYS(clock_gettime64),
                              SCMP_SYS(clock_nanosleep),
                              SCMP_SYS(nanosleep),
                              SCMP_SYS(gettimeofday),
                              SCMP_SYS(sysinfo),
                              SCMP_SYS(getrlimit),
                              SCMP_SYS(setrlimit),
                              SCMP_SYS(getrusage),
                              SCMP_SYS(restart_syscall)};
  const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (!filter) return;
  for (const int call : kAllowed) seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
  // Threads, but no processes. clone3's flags lie in memory, where no filter sees them: the C library then takes clone.
  seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  // Its own limits only.
  seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0));
  seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);  // threads that libraries started included
  seccomp_load(filter);                                // where the kernel has none of it, the limits above remain
  seccomp_release(filter);
}
#endif

}  // namespace

std::string limit_decoder() {
  mallopt(M_ARENA_MAX, 1);  // each further one reserves 64 MiB of addresses
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  std::size_t memory = kDecoderMemory;
  if (!kSanitized) {
    const std::size_t start = address_space();
    memory = std::max<std::size_t>(limit(RLIMIT_AS, start + kDecoderMemory), start) - start;
    limit(RLIMIT_NOFILE, 1);  // what is open stays open; poll() wants the one that it waits for to be allowed
    // RLIMIT_NPROC counts the threads of all of the user's programs, which are none of ours; the filter forbids
    // processes, and each thread's stack takes its part of the memory.
#ifdef CATDOG_HAS_SECCOMP
    filter_calls();
#endif
  }
  return in_words(memory);
}

void limit_cpu_seconds(int seconds) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  rlimit found{};
  if (::getrlimit(RLIMIT_CPU, &found) != 0) return;
  const auto spent = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1);  // rounded up
  found.rlim_cur = std::min(spent + static_cast<rlim_t>(seconds), found.rlim_max);
  ::setrlimit(RLIMIT_CPU, &found);
}

}  // namespace catdog
