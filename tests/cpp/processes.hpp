// Other processes: children that do something and say how it went. Windows has
// no fork(): there are those of other_program.hpp.
#pragma once
#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "test_helpers.hpp"

namespace clustcr_test {

#ifndef _WIN32
class Child {
 public:
  // `body` returns the child's exit status; 99 stands for an exception.
  template <class Body>
  explicit Child(Body&& body) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("can't fork");
    if (pid_ > 0) return;
    int status = 99;
    try {
      status = body();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "in a child: %s\n", e.what());
    }
    ::_exit(status);
  }
  ~Child() {
    if (pid_ > 0) wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool is_running() {
    int status = 0;
    if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == 0) return true;
    if (pid_ > 0) status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    pid_ = 0;
    return false;
  }
  int wait() {
    int status = 0;
    if (pid_ > 0 && ::waitpid(pid_, &status, 0) == pid_)
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    pid_ = 0;
    return status_;
  }

 private:
  pid_t pid_;
  int status_ = -1;
};

template <class Body>
int in_child(Body&& body) {
  return Child(body).wait();
}
#endif

inline void wait_for_file(const std::string& path) {
  for (int i = 0; i < 3000 && !file_is_there(path); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

}  // namespace clustcr_test
