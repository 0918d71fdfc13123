# Finds HiGHS and its C interface: target highs::highs, HiGHS_VERSION, HiGHS_LOCAL.
#
# Looks into .deps/highs (where scripts/setup unpacks it), CMAKE_PREFIX_PATH and the system. The
# package's own CMake files are not used: those of the unpacked wheel ask for BLAS development files.
# Only the C interface is for use: the wheel is built with the old C++ ABI (std::string differs).
set(highs_prefix ${PROJECT_SOURCE_DIR}/.deps/highs)
foreach(cached HiGHS_INCLUDE_DIR HiGHS_LIBRARY)
  if(${cached} AND NOT EXISTS "${${cached}}")
    unset(${cached} CACHE)  # scripts/setup has replaced it
  endif()
endforeach()
find_path(HiGHS_INCLUDE_DIR interfaces/highs_c_api.h HINTS ${highs_prefix}/include PATH_SUFFIXES highs)
find_library(HiGHS_LIBRARY highs HINTS ${highs_prefix}/lib)
mark_as_advanced(HiGHS_INCLUDE_DIR HiGHS_LIBRARY)

if(HiGHS_INCLUDE_DIR)
  set(highs_version_parts)
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS ${HiGHS_INCLUDE_DIR}/HConfig.h line REGEX "HIGHS_VERSION_${part} ")
    string(REGEX MATCH "[0-9]+" number "${line}")
    list(APPEND highs_version_parts "${number}")
  endforeach()
  list(JOIN highs_version_parts "." HiGHS_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(HiGHS
  REQUIRED_VARS HiGHS_LIBRARY HiGHS_INCLUDE_DIR VERSION_VAR HiGHS_VERSION
  REASON_FAILURE_MESSAGE "run scripts/setup, which installs it")

if(HiGHS_FOUND AND NOT TARGET highs::highs)
  add_library(highs::highs UNKNOWN IMPORTED)
  set_target_properties(highs::highs PROPERTIES
    IMPORTED_LOCATION ${HiGHS_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${HiGHS_INCLUDE_DIR})
  # Ours alone, so that `make install` has to take it along.
  string(FIND "${HiGHS_LIBRARY}" "${highs_prefix}/" at)
  if(at EQUAL 0)
    set(HiGHS_LOCAL TRUE)
  endif()
endif()
