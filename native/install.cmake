# What `cmake --install` puts where. Components: tools, training (catdog-train, catdog-sync), development (catdog::core and
# catdog::tracking for other projects). The tools find their model from where they are (native/model/shipped_model.h):
# hence bin and share, whatever else the system calls them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(CATDOG_ZSH_COMPLETIONS_DIR share/zsh/site-functions CACHE STRING "Where completions for Zsh are installed")

# Manual pages and completions are written from what the tools say.
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_FOUND)
  message(STATUS "No Python 3: manual pages and completions are not built")
endif()

# catdog_install_tools(COMPONENT TOOL…): programs with their documents.
function(catdog_install_tools component)
  install(TARGETS ${ARGN} RUNTIME DESTINATION bin COMPONENT ${component})
  if(NOT Python3_FOUND OR CATDOG_SANITIZE OR CMAKE_CROSSCOMPILING)
    return()
  endif()
  set(folder ${PROJECT_BINARY_DIR}/documents/${component})
  list(TRANSFORM ARGN REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE programs)
  add_custom_command(OUTPUT ${folder}/written
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${folder}
    COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/scripts/describe-tools --out ${folder} ${programs}
    COMMAND ${CMAKE_COMMAND} -E touch ${folder}/written
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/scripts/describe-tools ${PROJECT_SOURCE_DIR}/scripts/tool_help.py
    COMMENT "Writing manual pages and completions of ${component}" VERBATIM)
  add_custom_target(catdog_documents_${component} ALL DEPENDS ${folder}/written)
  install(DIRECTORY ${folder}/man/ DESTINATION share/man/man1 COMPONENT ${component})
  foreach(tool IN LISTS ARGN)
    install(FILES ${folder}/completions/${tool} DESTINATION share/bash-completion/completions COMPONENT ${component})
    install(FILES ${folder}/completions/_${tool} DESTINATION ${CATDOG_ZSH_COMPLETIONS_DIR} COMPONENT ${component})
    install(FILES ${folder}/completions/${tool}.fish DESTINATION share/fish/vendor_completions.d COMPONENT ${component})
  endforeach()
endfunction()

catdog_install_tools(tools catdog-calibrate catdog-classify catdog-evaluate catdog-features)
install(FILES LICENSE THIRD_PARTY.md DESTINATION share/doc/catdog COMPONENT tools)
install(DIRECTORY web/public/model/ DESTINATION share/catdog/model COMPONENT tools FILES_MATCHING PATTERN "model.*")
# The page, where scripts/build-web has built it.
install(DIRECTORY web/dist/ DESTINATION share/catdog/page COMPONENT tools OPTIONAL)
foreach(package @noble/hashes @tanstack/virtual-core idb libheif-js)
  string(REPLACE "/" "-" name ${package})
  string(REPLACE "@" "" name ${name})
  install(FILES web/node_modules/${package}/LICENSE DESTINATION share/doc/catdog/licences RENAME ${name}
    COMPONENT tools OPTIONAL)
endforeach()

set(training_tools)
if(TARGET catdog-sync)
  list(APPEND training_tools catdog-sync)
endif()
if(TARGET catdog-train)
  set_target_properties(catdog-train PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)  # a LibTorch of one's own
  list(APPEND training_tools catdog-train)
endif()
if(training_tools)
  catdog_install_tools(training ${training_tools})
  install(FILES LICENSE THIRD_PARTY.md DESTINATION share/doc/catdog-train COMPONENT training)
endif()

# catdog_install_library(SET EXPORT_NAME… ): the libraries catdog_NAME, as catdog::NAME, in catdogSETTargets.cmake.
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/catdog)
function(catdog_install_libraries set includes)
  foreach(name IN LISTS ARGN)
    set_target_properties(catdog_${name} PROPERTIES EXPORT_NAME ${name})
    install(TARGETS catdog_${name} EXPORT catdog_${set} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
      INCLUDES DESTINATION ${includes})
  endforeach()
  install(EXPORT catdog_${set} FILE catdog-${set}.cmake NAMESPACE catdog:: DESTINATION ${package_folder}
    COMPONENT development)
endfunction()

catdog_install_libraries(core include core)
install(DIRECTORY shared/include/catdog DESTINATION include COMPONENT development)
if(TARGET catdog_tracking)  # its headers name each other tracking/….h, in a folder of their own
  catdog_install_libraries(tracking include/catdog/native files tracking)
  install(DIRECTORY native/tracking DESTINATION include/catdog/native COMPONENT development FILES_MATCHING PATTERN "*.h")
endif()
configure_package_config_file(shared/catdogConfig.cmake.in catdogConfig.cmake INSTALL_DESTINATION ${package_folder}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(catdogConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/catdogConfig.cmake ${PROJECT_BINARY_DIR}/catdogConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT development)
