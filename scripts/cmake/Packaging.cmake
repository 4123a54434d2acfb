# cmake --install and CPack: the program, its plugins, playbooks and migrations.
include(GNUInstallDirs)
install(TARGETS overture RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY playbooks DESTINATION ${CMAKE_INSTALL_DATADIR}/overture PATTERN "tests" EXCLUDE)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

# The SDK for plugins of others: headers, a CMake package and pkg-config.
include(CMakePackageConfigHelpers)
foreach(part abi cpp testing)
  install(DIRECTORY plugins/sdk/${part}/overture DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()
set(sdk_package ${CMAKE_INSTALL_LIBDIR}/cmake/Overture)
configure_package_config_file(scripts/cmake/OvertureConfig.cmake.in ${CMAKE_BINARY_DIR}/sdk/OvertureConfig.cmake
  INSTALL_DESTINATION ${sdk_package} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sdk/OvertureConfigVersion.cmake COMPATIBILITY SameMajorVersion)
file(RELATIVE_PATH sdk_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(scripts/cmake/overture-sdk.pc.in ${CMAKE_BINARY_DIR}/sdk/overture-sdk.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/sdk/OvertureConfig.cmake ${CMAKE_BINARY_DIR}/sdk/OvertureConfigVersion.cmake
              scripts/cmake/PluginLibrary.cmake scripts/cmake/plugin.map DESTINATION ${sdk_package})
install(FILES ${CMAKE_BINARY_DIR}/sdk/overture-sdk.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_PACKAGE_NAME overture)
set(CPACK_PACKAGE_CONTACT "The Overture authors <hello@overture.example>")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "postgresql-15, tzdata")
set(CPACK_DEBIAN_PACKAGE_SECTION net)
include(CPack)
