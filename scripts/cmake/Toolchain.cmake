# Language level, warnings, sanitizers and the libraries every room may ask for.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

option(OVERTURE_TESTS "Build the tests" ON)
option(OVERTURE_COVERAGE "Instrument core/ for line coverage" OFF)
option(OVERTURE_UNITY "Compile the files of a room together, and the tests' headers first: for builds made once" OFF)
set(OVERTURE_THREADS "" CACHE PATH "Build folder of the preset tsan, whose programs are tests here too")
set(OVERTURE_SANITIZE "" CACHE STRING "Comma-separated sanitizers: address,undefined or thread")

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-Werror)  # who only wants to run it may have a compiler that finds more
endif()
if(OVERTURE_SANITIZE)
  # -Wmaybe-uninitialized misfires on std::variant and std::optional under instrumentation (GCC 12).
  add_compile_options(-fsanitize=${OVERTURE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1 -O1
                      -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${OVERTURE_SANITIZE})
  include(CheckLinkerFlag)
  check_linker_flag(CXX -fuse-ld=lld OVERTURE_LLD)
  if(OVERTURE_LLD)
    add_link_options(-fuse-ld=lld)  # a hundred programs are linked; this takes a quarter of the time
  endif()
endif()
if(OVERTURE_COVERAGE)
  add_link_options(--coverage)  # core/ alone is instrumented; see core/CMakeLists.txt
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # GCC 12 reports std::string's operator+ as an overlapping copy (GCC bug 105651).
  add_compile_options(-Wno-maybe-uninitialized -Wno-restrict)
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(PostgreSQL REQUIRED)
add_library(PostgreSQL::client ALIAS PostgreSQL::PostgreSQL)  # the name Poco's own config asks for
find_package(Poco REQUIRED COMPONENTS Foundation Net NetSSL Crypto Data DataPostgreSQL Util)
find_package(nlohmann_json REQUIRED)
find_package(date REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4-c++)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)

# The whole program's allocator, also for its plugins; sanitizers bring their own.
function(overture_allocator program)
  if(NOT OVERTURE_SANITIZE)
    target_link_libraries(${program} PRIVATE -Wl,--no-as-needed PkgConfig::JEMALLOC)
  endif()
endfunction()
