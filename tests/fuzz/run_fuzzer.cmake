# Builds FUZZER and fuzzes for a while, beginning with the test pictures in SEEDS. What it finds new stays for the next
# run; bytes that break the core are kept in FOLDER as crash-…, timeout-… or oom-….
set(seeds ${FOLDER}/${FUZZER}-seeds)
set(found ${FOLDER}/${FUZZER}-found)
set(build ${FOLDER}/build)
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${build} -G Ninja -DCMAKE_CXX_COMPILER=${CLANG} -DCMAKE_BUILD_TYPE=RelWithDebInfo
    -DCATDOG_BUILD_TESTS=ON -DCATDOG_SANITIZE=fuzzer-no-link,address,undefined
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} --target ${FUZZER} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${seeds})
file(MAKE_DIRECTORY ${found})
execute_process(COMMAND ${MAKE_PICTURES} ${seeds} COMMAND_ERROR_IS_FATAL ANY)
# Small files find more in the same time; gigantic promises must not become memory. The largest pictures take seconds
# under sanitizers, and far more on a busy machine: only what hangs is to fail for the time it takes.
execute_process(
  COMMAND ${build}/tests/fuzz/${FUZZER} -max_total_time=${SECONDS} -max_len=${MOST_BYTES} -rss_limit_mb=3000 -timeout=200
    -print_final_stats=1 -artifact_prefix=${FOLDER}/ ${found} ${seeds}/${SEEDS}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "The core failed; the bytes that did it are kept in ${FOLDER}")
endif()
