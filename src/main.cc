#include "cli/command.h"

int main(int argc, char** argv) { return portico::cli::run(argc, argv); }
