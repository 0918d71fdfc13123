# Helpers that every room's CMakeLists.txt uses: one target per folder, linked exactly to the rooms
# below it. scripts/check-layers fails CI when an include crosses a wall these links do not open.
include_guard()

# ccache where there is one, unless the caller chose a launcher.
find_program(BERTH_CCACHE ccache)
mark_as_advanced(BERTH_CCACHE)
if(BERTH_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${BERTH_CCACHE})
endif()

# Several files of a target are compiled as one (BERTH_UNITY), which halves the time of a build from
# nothing. Names in their unnamed namespaces must then differ, or the file stands in APART: it is
# compiled alone.
option(BERTH_UNITY "Compile several files at once" OFF)
set(CMAKE_UNITY_BUILD ${BERTH_UNITY})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

# berth_library(<room> SOURCES a.cpp b.cpp [APART b.cpp] [USES core catalog] [LINKS fmt::fmt])
function(berth_library room)
  cmake_parse_arguments(ARG "" "" "SOURCES;APART;USES;LINKS" ${ARGN})
  set_source_files_properties(${ARG_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  add_library(berth_${room} STATIC ${ARG_SOURCES})
  add_library(berth::${room} ALIAS berth_${room})
  target_include_directories(berth_${room} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(berth_${room} PUBLIC cxx_std_20)
  target_link_libraries(berth_${room} PRIVATE berth_warnings ${ARG_LINKS})
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(berth_${room} PUBLIC berth::${used})
  endforeach()
endfunction()

# berth_test(<name> SOURCES a_test.cpp [APART a_test.cpp] [USES core] [LINKS ...] [LABELS slow])  -> runs
# in ctest, one entry per case; `make check` leaves out the label "slow".
function(berth_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;APART;USES;LINKS;LABELS" ${ARGN})
  set_source_files_properties(${ARG_APART} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_features(${name} PRIVATE cxx_std_20)
  # What a test checks is fast; its own assertions need not be, and compile in two thirds of the time.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  target_link_libraries(${name} PRIVATE berth_warnings GTest::gmock_main GTest::gtest ${ARG_LINKS})
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(${name} PRIVATE berth::${used})
  endforeach()
  target_compile_definitions(${name} PRIVATE
    BERTH_SOURCE_DIR="${PROJECT_SOURCE_DIR}" BERTH_SHARED_DIR="${PROJECT_SOURCE_DIR}/../shared")
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 300 LABELS "${ARG_LABELS}")
endfunction()

# berth_bench(<name> SOURCES a_bench.cpp [USES core]): built by the target `benches` alone.
function(berth_bench name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LINKS" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  if(NOT TARGET benches)
    add_custom_target(benches)
  endif()
  add_dependencies(benches ${name})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE berth_warnings benchmark::benchmark_main ${ARG_LINKS})
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(${name} PRIVATE berth::${used})
  endforeach()
endfunction()

# berth_embed(<target> <function> FILES a.yaml ...): compiles the files into <target>; the header
# "berth/embedded/<function>.h" declares  std::span<const berth::EmbeddedFile> berth::<function>().
function(berth_embed target function)
  cmake_parse_arguments(ARG "" "" "FILES" ${ARGN})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(paths)
  foreach(file IN LISTS ARG_FILES)
    get_filename_component(path ${file} ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
    list(APPEND paths ${path})
  endforeach()
  list(JOIN paths "|" joined)
  add_custom_command(
    OUTPUT ${dir}/${function}.cpp ${dir}/berth/embedded/${function}.h
    COMMAND ${CMAKE_COMMAND} -DFUNCTION=${function} -DDIR=${dir} "-DFILES=${joined}"
            -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${paths} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  # Sources that a tool reads without compiling (clang-tidy) need the headers: target `generated`.
  add_custom_target(${target}_${function} DEPENDS ${dir}/${function}.cpp)
  if(NOT TARGET generated)
    add_custom_target(generated)
  endif()
  add_dependencies(generated ${target}_${function})
  add_dependencies(${target} ${target}_${function})
  target_sources(${target} PRIVATE ${dir}/${function}.cpp ${dir}/berth/embedded/${function}.h)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${dir}>)
endfunction()

# berth_embed_page(<target> <function>): builds the page of web/ with Node and compiles its files into
# <target>, named as the page asks for them. Without Node, or without web/, there are none.
function(berth_embed_page target function)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(page ${CMAKE_CURRENT_BINARY_DIR}/page)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/web/src/* ${PROJECT_SOURCE_DIR}/web/index.html ${PROJECT_SOURCE_DIR}/web/*.json
    ${PROJECT_SOURCE_DIR}/web/vite.config.ts)
  list(FILTER sources EXCLUDE REGEX "/(node_modules|dist)/")
  set(build ${PROJECT_SOURCE_DIR}/scripts/build-page ${page})
  if(NOT sources)
    set(build ${CMAKE_COMMAND} -E make_directory ${page})
  endif()
  add_custom_command(
    OUTPUT ${dir}/${function}.cpp ${dir}/berth/embedded/${function}.h
    COMMAND ${build}
    COMMAND ${CMAKE_COMMAND} -DFUNCTION=${function} -DDIR=${dir} -DROOT=${page}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${sources} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake ${PROJECT_SOURCE_DIR}/scripts/build-page
            ${PROJECT_SOURCE_DIR}/scripts/in-web
    VERBATIM)
  add_custom_target(${target}_${function} DEPENDS ${dir}/${function}.cpp)
  add_dependencies(generated ${target}_${function})
  add_dependencies(${target} ${target}_${function})
  target_sources(${target} PRIVATE ${dir}/${function}.cpp ${dir}/berth/embedded/${function}.h)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${dir}>)
endfunction()
