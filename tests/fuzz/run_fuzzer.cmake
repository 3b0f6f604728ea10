# Builds the fuzzer NAME and fuzzes for a while, beginning with SEED or with what MAKE_SEEDS writes. What it finds new
# stays for the next run; bytes that break the core are kept in FOLDER as NAME-crash-…, NAME-timeout-… or NAME-oom-….
set(seeds ${FOLDER}/${NAME}-seeds)
set(found ${FOLDER}/${NAME}-found)
set(build ${FOLDER}/build)
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${build} -G Ninja -DCMAKE_CXX_COMPILER=${CLANG} -DCMAKE_BUILD_TYPE=RelWithDebInfo
    -DCATDOG_BUILD_TESTS=ON -DCATDOG_SANITIZE=fuzzer-no-link,address,undefined
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} --target ${NAME} COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE_RECURSE ${seeds})
file(MAKE_DIRECTORY ${found})
if(MAKE_SEEDS)
  execute_process(COMMAND ${MAKE_SEEDS} ${seeds} COMMAND_ERROR_IS_FATAL ANY)
else()
  file(COPY ${SEED} DESTINATION ${seeds})
endif()
# Small files find more in the same time; gigantic promises must not become memory. The largest pictures take seconds
# under sanitizers, and far more on a busy machine: only what hangs is to fail for the time it takes.
execute_process(
  COMMAND ${build}/tests/fuzz/${NAME} -max_total_time=${SECONDS} -max_len=4096 -rss_limit_mb=3000 -timeout=200
    -print_final_stats=1 -artifact_prefix=${FOLDER}/${NAME}- ${found} ${seeds}
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "The core failed; the bytes that did it are kept in ${FOLDER}")
endif()
