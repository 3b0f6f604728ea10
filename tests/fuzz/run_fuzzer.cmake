# Builds the fuzzer TARGET and fuzzes for a while, beginning with the SEEDS. What it finds new stays for the next run; bytes
# that break the code are kept in FOLDER as crash-…, timeout-… or oom-….
set(found ${FOLDER}/found)
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja -DCMAKE_CXX_COMPILER=${CLANG} -DCMAKE_BUILD_TYPE=RelWithDebInfo
    -DCATDOG_BUILD_TESTS=ON -DCATDOG_SANITIZE=fuzzer-no-link,address,undefined
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target ${TARGET} COMMAND_ERROR_IS_FATAL ANY)
file(MAKE_DIRECTORY ${found})
if(NOT SEEDS)
  set(SEEDS ${FOLDER}/seeds)
  file(REMOVE_RECURSE ${SEEDS})
  if(MAKE_SEEDS)
    execute_process(COMMAND ${MAKE_SEEDS} ${SEEDS} COMMAND_ERROR_IS_FATAL ANY)
  else()
    file(COPY ${SEED} DESTINATION ${SEEDS})
  endif()
endif()
if(NOT MOST_BYTES)
  set(MOST_BYTES 4096)
endif()
set(ENV{TMPDIR} ${FOLDER})
# Small files find more in the same time; gigantic promises must not become memory. The largest pictures take seconds
# under sanitizers, and far more on a busy machine: only what hangs is to fail for the time it takes.
execute_process(
  COMMAND ${BUILD}/tests/fuzz/${TARGET} -max_total_time=${SECONDS} -max_len=${MOST_BYTES} -rss_limit_mb=3000 -timeout=200
    -print_final_stats=1 -artifact_prefix=${FOLDER}/ ${found} ${SEEDS}/${PART}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "${TARGET} failed; the bytes that did it are kept in ${FOLDER}")
endif()
