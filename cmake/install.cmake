# The program: build/<preset>/berth, and what `make install` copies.
include_guard()
if(NOT TARGET berth)
  return()
endif()
include(GNUInstallDirs)
set_target_properties(berth PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}
  INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/berth")
install(TARGETS berth RUNTIME_DEPENDENCY_SET berth_dependencies
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# A HiGHS that scripts/setup unpacked into .deps is known to no other program: take it along if the
# program links to it. Everything else is the system's.
if(HiGHS_LOCAL)
  get_filename_component(highs_dir ${HiGHS_LIBRARY} DIRECTORY)
  install(RUNTIME_DEPENDENCY_SET berth_dependencies
    PRE_INCLUDE_REGEXES "^libhighs" PRE_EXCLUDE_REGEXES ".*"
    DIRECTORIES ${highs_dir}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/berth)
endif()
