// What runners of cases share: the files of a folder, a folder to work in, and the count.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "base/file.h"
#include "json/tree.h"
#include "yaml/reader.h"

namespace portico::cases {

// A temporary folder, removed at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "portico-cases-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Report {
 public:
  // `differs`: what is wrong with the case, or nothing.
  void add(const std::string& where, const std::string& differs) {
    if (differs.empty()) {
      ++passed_;
      return;
    }
    ++failed_;
    std::cout << "FAILED " << where << ": " << differs << '\n';
  }

  int exit_code() const {
    std::cout << passed_ << " passed, " << failed_ << " failed\n";
    return failed_ == 0 && passed_ != 0 ? 0 : 1;
  }

 private:
  int passed_ = 0;
  int failed_ = 0;
};

// "file.yaml:3:5 name of the case".
inline std::string where(const json::Documents& documents, const json::Node& test) {
  return to_string(documents.place(test)) + " " + std::string(test.text_of("name"));
}

// Reads every *.yaml of a folder, in order, and calls run(documents, root, report). Gives the program's exit code.
template <class Run>
int run_folder(const char* folder, const Run& run) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  Report report;
  for (const auto& path : files) {
    json::Documents documents;
    auto& document = documents.add(path.filename().string(), "file:" + path.string());
    const auto text = read_file(path.string());
    if (!text) {
      report.add(path.string(), to_string(text.error()));
    } else if (const auto read = yaml::read_yaml(*text, document); !read) {
      report.add(path.string(), to_string(read.error()));
    } else {
      run(documents, *document.root, report);
    }
  }
  return report.exit_code();
}

}  // namespace portico::cases
