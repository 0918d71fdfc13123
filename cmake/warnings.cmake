# Warnings for our own code; errors when BERTH_WERROR is on (CI).
include_guard()
option(BERTH_WERROR "Treat warnings as errors" OFF)
add_library(berth_warnings INTERFACE)
target_compile_options(berth_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Wcast-qual -Woverloaded-virtual -Wdouble-promotion -Wnull-dereference)
if(BERTH_WERROR)
  target_compile_options(berth_warnings INTERFACE -Werror)
endif()
