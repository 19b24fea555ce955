# Compiler and linker flags that hold for all of our own code.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Wconversion -Wsign-conversion
  -Wimplicit-fallthrough -Woverloaded-virtual -Wformat=2 -Werror)
# Designated initialisers leave the rest to the members' own defaults: that is what they are for here.
add_compile_options(-Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wduplicated-cond -Wlogical-op)
endif()

add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT PORTICO_SANITIZE)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
else()
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

if(PORTICO_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # With the sanitizers' own code between, GCC 12 takes moved variants for uninitialised.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=address,undefined)
endif()
if(PORTICO_FUZZ)
  # libstdc++ 12 uses std::get_temporary_buffer in its own stable_sort, and clang 19 blames the caller.
  add_compile_options(-Wno-deprecated-declarations)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(portico_ccache ccache)
if(portico_ccache)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${portico_ccache})
  set(CMAKE_C_COMPILER_LAUNCHER ${portico_ccache})
endif()
find_program(portico_mold mold)
if(portico_mold AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()
