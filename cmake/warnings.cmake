# Warnings for our own code; errors when BERTH_WERROR is on (CI).
include_guard()
option(BERTH_WERROR "Treat warnings as errors" OFF)
add_library(berth_warnings INTERFACE)
target_compile_options(berth_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wdouble-promotion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns falsely about std::string's own operator+ at -O2 (GCC bug 105651, mended in 13).
  target_compile_options(berth_warnings INTERFACE -Wno-restrict)
endif()
if(BERTH_WERROR)
  target_compile_options(berth_warnings INTERFACE -Werror)
endif()
