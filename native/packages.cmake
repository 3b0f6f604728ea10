# The Debian packages catdog and catdog-train, by cpack; scripts/package builds them.
option(CATDOG_PACKAGES "Prepare Debian packages" OFF)
set(CATDOG_MAINTAINER "the catdog authors <maintainers@catdog.example>" CACHE STRING "Name and address of who packages")
if(NOT CATDOG_PACKAGES)
  return()
endif()

# What Debian wants to know of a package: whose it is, and what has changed.
set(documents ${PROJECT_BINARY_DIR}/documents)
file(READ LICENSE licence)
file(READ THIRD_PARTY.md others)
file(WRITE ${documents}/copyright "${licence}
The page holds libraries of others; their licences are in /usr/share/doc/catdog/licences, and those by the name of
Apache-2.0 and LGPL-3 in /usr/share/common-licenses.

${others}")
file(STRINGS CHANGELOG.md released REGEX "^## \\[${PROJECT_VERSION}\\] - [-0-9]+$")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS CHANGELOG.md LICENSE THIRD_PARTY.md)
if(NOT released)
  message(FATAL_ERROR "CHANGELOG.md: expected a heading such as '## [${PROJECT_VERSION}] - 2026-11-28', found none")
endif()
string(REGEX REPLACE ".* - " "" released "${released}")
execute_process(COMMAND date -u -R -d ${released} OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
foreach(package catdog catdog-train)
  file(WRITE ${documents}/${package}.changelog "${package} (${PROJECT_VERSION}) unstable; urgency=medium

  * Release ${PROJECT_VERSION}: see the project's CHANGELOG.md.

 -- ${CATDOG_MAINTAINER}  ${date}
")
  execute_process(COMMAND gzip -9nc ${documents}/${package}.changelog OUTPUT_FILE ${documents}/${package}.changelog.gz
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()
foreach(part tools.catdog training.catdog-train)
  string(REPLACE "." ";" part ${part})
  list(GET part 0 component)
  list(GET part 1 package)
  install(FILES ${documents}/copyright DESTINATION share/doc/${package} COMPONENT ${component})
  install(FILES ${documents}/${package}.changelog.gz DESTINATION share/doc/${package} RENAME changelog.gz
    COMPONENT ${component})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "${CATDOG_MAINTAINER}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL tools)
if(TARGET catdog-train)
  list(APPEND CPACK_COMPONENTS_ALL training)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # each package has its own
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME catdog)
set(CPACK_DEBIAN_TOOLS_DESCRIPTION "tell cats from dogs in folders of photos
Classifies photos with a neural network on this machine, without uploading
them, and writes the predictions as CSV. This package contains catdog-classify
(photos to predictions), catdog-features (photos to data for training),
catdog-evaluate (metrics of networks), catdog-calibrate, and a trained network.

Where /usr/share/catdog/page exists, that folder is the same for web browsers:
any static web server can serve it.")

set(CPACK_DEBIAN_TRAINING_PACKAGE_NAME catdog-train)
set(CPACK_DEBIAN_TRAINING_PACKAGE_DEPENDS "catdog (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_TRAINING_PACKAGE_RECOMMENDS libopenblas0-pthread)  # the quickest of what LibTorch can multiply with
set(CPACK_DEBIAN_TRAINING_DESCRIPTION "train neural networks for catdog on photos of your own
Trains convolutional networks with LibTorch, from scratch or from pretrained
weights, tracks trainings with MLflow, and writes networks that catdog-classify
and the page use. catdog-sync sends what an MLflow server has not got yet.")
include(CPack)
